// Recurrent layers, attention, Transformers, bags and CTC against PyTorch: initialisation, text, outputs, gradients.
import '@tt/backend-cpu'
import { describe, expect, test } from '@jest/globals'
import { Tensor, grad, manualSeed, ones, randn, tensor } from '@tt/autograd'
import * as nn from '@tt/nn'
import { expectClose, isRecorded, readFixture, tensorOf } from './golden.ts'
import type { Recorded, Tolerance } from './golden.ts'

/** A tensor, or several. */
type Tree<T> = T | null | readonly Tree<T>[]
interface Step {
  mode: 'train' | 'eval'
  forward_seed: number
  inputs: Tree<Recorded>[]
  options: Record<string, unknown>
  outputs: Tree<Recorded>
  cotangents: Tree<Recorded>
  input_grads: (Recorded | null)[]
  param_grads: Record<string, Recorded | null>
}
interface Case {
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
  packed: boolean
  log_softmax: boolean
  steps: Step[]
  tolerance: Tolerance
}
type AnyModule = nn.Module & { call(...inputs: unknown[]): Tree<Tensor> }

const { packPaddedSequence, padPackedSequence, PackedSequence } = nn.utils.rnn
const leavesOf = <T>(tree: Tree<T>): (T | null)[] =>
  Array.isArray(tree) ? tree.flatMap((part) => leavesOf<T>(part as Tree<T>)) : [tree as T | null]
const decoded = (value: unknown): unknown =>
  isRecorded(value)
    ? value.rg
      ? tensorOf(value).requiresGrad_()
      : tensorOf(value)
    : Array.isArray(value)
      ? value.map(decoded)
      : value
const decodedOptions = (options: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(options).map(([key, value]) => [key, decoded(value)]))

function build(item: Case): AnyModule {
  manualSeed(item.seed)
  const Class = (nn as unknown as Record<string, new (...args: unknown[]) => AnyModule>)[item.class]
  const module = new Class(...item.args, ...(Object.keys(item.options).length > 0 ? [item.options] : []))
  return item.dtype === 'float64' ? module.double() : module
}

function run(
  module: AnyModule,
  item: Case,
  inputs: unknown[],
  options: Record<string, unknown>,
): Tree<Tensor> {
  if (item.packed) {
    const [x, lengths] = inputs as [Tensor, Tensor]
    const [output, state] = module.call(
      packPaddedSequence(x, lengths, { enforceSorted: false }),
    ) as unknown as [InstanceType<typeof PackedSequence>, Tree<Tensor>]
    return [padPackedSequence(output), state]
  }
  const given = item.log_softmax ? [(inputs[0] as Tensor).logSoftmax(-1), ...inputs.slice(1)] : inputs
  return module.call(...given, ...(Object.keys(options).length > 0 ? [options] : []))
}

const cases = readFixture<Case[]>('sequences')
describe.each(cases.map((item) => [item.name, item] as const))('%s', (_name, item) => {
  test('text, names and initial values', () => {
    const module = build(item)
    expect(String(module)).toBe(item.repr)
    expect(module.namedParameters().map(([name]) => name)).toEqual(item.parameter_names)
    const state = module.stateDict()
    expect(Object.keys(state)).toEqual(item.state_dict_keys)
    for (const [key, value] of Object.entries(item.state_dict))
      expectClose(key, state[key], value, { atol: 3e-6, rtol: 2e-6 })
  })

  test('outputs and gradients', () => {
    const module = build(item)
    for (const step of item.steps) {
      module.train(step.mode === 'train')
      module.zeroGrad()
      const inputs = step.inputs.map(decoded)
      manualSeed(step.forward_seed)
      const outputs = leavesOf<Tensor>(run(module, item, inputs, decodedOptions(step.options)))
      leavesOf<Recorded>(step.outputs).forEach((expected, i) =>
        expectClose(`output ${i}`, outputs[i], expected, item.tolerance),
      )
      const weighted = leavesOf<Recorded>(step.cotangents).flatMap((cotangent, i) =>
        cotangent === null ? [] : [outputs[i]!.mul(tensorOf(cotangent)).sum()],
      )
      weighted.reduce((a, b) => a.add(b)).backward()
      const leaves = leavesOf<Tensor>(inputs as Tree<Tensor>).filter(
        (x) => x instanceof Tensor && x.requiresGrad,
      )
      leaves.forEach((leaf, i) =>
        expectClose(`gradient of input ${i}`, leaf!.grad, step.input_grads[i], item.tolerance),
      )
      for (const [name, parameter] of module.namedParameters())
        expectClose(`gradient of ${name}`, parameter.grad, step.param_grads[name] ?? null, item.tolerance)
    }
  })
})

test('masks by name and by position are the same', () => {
  manualSeed(0)
  const layer = new nn.TransformerEncoderLayer(8, 2, { dimFeedforward: 8, dropout: 0 })
  const x = randn([3, 2, 8])
  const srcMask = nn.Transformer.generateSquareSubsequentMask(3)
  const srcKeyPaddingMask = tensor([
    [false, false, true],
    [false, false, false],
  ])
  const named = layer.call(x, { srcMask, srcKeyPaddingMask })
  expect(layer.call(x, srcMask, srcKeyPaddingMask).tolist()).toEqual(named.tolist())
  const stack = new nn.TransformerEncoder(layer, 1)
  expect(stack.call(x, srcMask, srcKeyPaddingMask).tolist()).toEqual(named.tolist())
  expect(stack.layers.at(0)).not.toBe(layer)
})

test('a stack draws nothing for the copies of its layer', () => {
  manualSeed(3)
  const layer = new nn.TransformerDecoderLayer(4, 2, { dimFeedforward: 4 })
  const next = randn([2]).tolist()
  manualSeed(3)
  const again = new nn.TransformerDecoder(new nn.TransformerDecoderLayer(4, 2, { dimFeedforward: 4 }), 3)
  expect(randn([2]).tolist()).toEqual(next)
  expect(again.layers.at(2).stateDict()['linear1.weight'].tolist()).toEqual(layer.linear1.weight.tolist())
  expect(again.parameters().length).toBe(3 * layer.parameters().length)
})

test('packing and padding', () => {
  const { packSequence, padSequence, unpackSequence, unpadSequence } = nn.utils.rnn
  const sequences = [[1], [2, 3, 4], [5, 6]].map((list) => tensor(list))
  const packed = packSequence(sequences, { enforceSorted: false })
  expect(packed.data.tolist()).toEqual([2, 5, 1, 3, 6, 4])
  expect(packed.batchSizes).toEqual([3, 2, 1])
  expect(unpackSequence(packed).map((x) => x.tolist())).toEqual([[1], [2, 3, 4], [5, 6]])
  const padded = padSequence(sequences, { paddingValue: -1, batchFirst: true })
  expect(padded.tolist()).toEqual([
    [1, -1, -1],
    [2, 3, 4],
    [5, 6, -1],
  ])
  expect(unpadSequence(padded, [1, 3, 2], { batchFirst: true }).map((x) => x.tolist())).toEqual([
    [1],
    [2, 3, 4],
    [5, 6],
  ])
  expect(
    padPackedSequence(packed, { batchFirst: true, totalLength: 4, paddingValue: 9 })[0].select(0, 2).tolist(),
  ).toEqual([5, 6, 9, 9])
  expect(() => packSequence(sequences)).toThrow('packPaddedSequence: lengths must be decreasing')
  expect(() => padPackedSequence(packed, { totalLength: 2 })).toThrow(
    'totalLength must be at least the longest length 3',
  )
})

test('dropout between the layers of a recurrent network acts when training', () => {
  manualSeed(0)
  const net = new nn.GRU(3, 4, { numLayers: 2, dropout: 0.9 })
  const x = randn([4, 2, 3])
  const [still] = net.eval().call(x)
  expect(net.call(x)[0].tolist()).toEqual(still.tolist())
  expect(net.train().call(x)[0].tolist()).not.toEqual(still.tolist())
})

test('what does not fit', () => {
  expect(() => new nn.LSTM(3, 4).call(ones([2, 5]))).toThrow(
    'LSTM: the input must be [L, 3] or [L, N, 3], got [2, 5]',
  )
  expect(() => new nn.GRU(3, 4).call(ones([2, 1, 3]), ones([1, 2, 4]))).toThrow(
    'GRU: the initial state must be [1, 1, 4]',
  )
  expect(() => new nn.RNN(3, 0)).toThrow('RNN: inputSize, hiddenSize and numLayers must be positive integers')
  expect(() => new nn.LSTMCell(3, 4).call(ones([2, 4]))).toThrow('LSTMCell: the input must be [N, 3]')
  expect(() => new nn.MultiheadAttention(8, 3)).toThrow(
    'MultiheadAttention: embedDim must be divisible by numHeads',
  )
  const attention = new nn.MultiheadAttention(8, 2)
  expect(() => attention.call(ones([3, 1, 8]), ones([3, 1, 6]), ones([3, 1, 8]))).toThrow(
    'MultiheadAttention: query, key and value must be',
  )
  expect(() => attention.call(ones([3, 1, 8]), ones([3, 1, 8]), ones([3, 1, 8]), null, ones([2, 2]))).toThrow(
    'attnMask must be [3, 3] or [2, 3, 3]',
  )
})

test('the option inplace', () => {
  const F = nn.functional
  const x = tensor([-2, 3])
  expect(F.relu(x).tolist()).toEqual([0, 3])
  expect(F.leakyRelu(x, { negativeSlope: 0.5 }).tolist()).toEqual([-1, 3])
  expect(F.leakyRelu(x, { negativeSlope: 0.5, inplace: true })).toBe(x)
  expect(F.threshold(x, 0, 7, { inplace: true })).toBe(x)
  expect(x.tolist()).toEqual([7, 3])
})

test('gradients of resizing reach the module before it', () => {
  manualSeed(0)
  const net = new nn.Sequential(new nn.Conv2d(1, 2, 3), new nn.Upsample({ scaleFactor: 2, mode: 'bilinear' }))
  const gradients = grad(
    [
      net
        .call(randn([1, 1, 5, 5]))
        .square()
        .sum(),
    ],
    net.parameters(),
  )
  expect(gradients.map((g) => g!.shape)).toEqual([[2, 1, 3, 3], [2]])
})
