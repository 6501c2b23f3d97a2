// Layers against PyTorch: default initialisation, names, text, outputs, gradients, running statistics.
import '@tt/backend-cpu'
import { describe, expect, test } from '@jest/globals'
import { manualSeed, randn } from '@tt/autograd'
import type { Tensor } from '@tt/autograd'
import * as nn from '@tt/nn'
import { expectClose, isRecorded, readFixture, tensorOf } from './golden.ts'
import type { Recorded, Tolerance } from './golden.ts'

interface Step {
  mode: 'train' | 'eval'
  forward_seed: number
  inputs: Recorded[]
  outputs: Recorded
  cotangents: Recorded[] | Recorded
  input_grads: (Recorded | null)[]
  param_grads: Record<string, Recorded | null>
  state_dict_changed?: Record<string, Recorded>
}

interface LayerCase {
  name: string
  class: string
  args: unknown[]
  options: Record<string, unknown>
  seed: number
  dtype: string
  repr: string
  parameter_names: string[]
  state_dict_keys: string[]
  state_dict: Record<string, Recorded>
  steps: Step[]
  tolerance: Tolerance
}

type Constructor = new (...args: unknown[]) => nn.Layer & { call(...inputs: Tensor[]): Tensor }

const cases = readFixture<LayerCase[]>('layers')

function build(item: LayerCase): InstanceType<Constructor> {
  const options = Object.fromEntries(
    Object.entries(item.options).map(([key, value]) => [key, isRecorded(value) ? tensorOf(value) : value]),
  )
  manualSeed(item.seed)
  const Class = (nn as unknown as Record<string, Constructor>)[item.class]
  const layer = new Class(...item.args, ...(Object.keys(options).length > 0 ? [options] : []))
  return item.dtype === 'float64' ? layer.double() : layer
}

describe.each(cases.map((item) => [item.name, item] as const))('%s', (_name, item) => {
  test('text, names and initial values', () => {
    const layer = build(item)
    expect(String(layer)).toBe(item.repr)
    expect(layer.namedParameters().map(([name]) => name)).toEqual(item.parameter_names)
    const state = layer.stateDict()
    expect(Object.keys(state)).toEqual(item.state_dict_keys)
    for (const [key, value] of Object.entries(item.state_dict)) {
      expectClose(key, state[key], value, { atol: 3e-6, rtol: 2e-6 })
    }
  })

  test('outputs and gradients', () => {
    const layer = build(item)
    for (const step of item.steps) {
      layer.train(step.mode === 'train').zeroGrad()
      const inputs = step.inputs.map((input) =>
        input.rg ? tensorOf(input).requiresGrad_() : tensorOf(input),
      )
      manualSeed(step.forward_seed)
      const output = layer.call(...inputs)
      expectClose('output', output, step.outputs, item.tolerance)
      const [cotangent] = [step.cotangents].flat()
      if (output.requiresGrad) output.backward(tensorOf(cotangent))
      const differentiated = inputs.filter((_, i) => step.inputs[i].rg)
      differentiated.forEach((input, i) =>
        expectClose(`gradient of input ${i}`, input.grad, step.input_grads[i], item.tolerance),
      )
      for (const [name, parameter] of layer.namedParameters()) {
        expectClose(`gradient of ${name}`, parameter.grad, step.param_grads[name] ?? null, item.tolerance)
      }
      for (const [key, value] of Object.entries(step.state_dict_changed ?? {})) {
        expectClose(`state ${key}`, layer.stateDict()[key], value, item.tolerance)
      }
    }
  })
})

test('pools that answer positions, and unpooling', () => {
  manualSeed(0)
  const x = randn([2, 3, 4, 4])
  const [values, indices] = new nn.MaxPool2d(2, { returnIndices: true }).call(x)
  expect(values.tolist()).toEqual(new nn.MaxPool2d(2).call(x).tolist())
  const back = new nn.MaxUnpool2d(2).call(values, indices)
  expect(back.shape).toEqual(x.shape)
  expect(back.sum().item()).toBeCloseTo(values.sum().item(), 4)
  const [largest] = new nn.AdaptiveMaxPool2d(1, { returnIndices: true }).call(x)
  expect(largest.tolist()).toEqual(x.amax([2, 3], { keepdim: true }).tolist())
  expect(new nn.AdaptiveAvgPool2d([2, null]).call(x).shape).toEqual([2, 3, 2, 4])
})
