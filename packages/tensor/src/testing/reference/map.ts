// Elementwise kernels and reductions.
import type { CoreKernels } from '../../backend/kernels.ts'
import { combinationOf } from '../../expr/meaning.ts'
import { toCompute, wideType } from '../../host/element-value.ts'
import { interpreter } from './interpret.ts'
import type { ElementValue } from '../../host/element-value.ts'
import { Window, eachIndex } from './window.ts'

export const map: CoreKernels['map'] = (kernel, inputs, params, outputs) => {
  const sources = inputs.map((operand) => new Window(operand))
  const targets = outputs.map((operand) => new Window(operand))
  const evaluate = interpreter(
    kernel.outputs.map(({ expr }) => expr),
    params,
    kernel.compute,
  )
  eachIndex(outputs[0].shape, (index) => {
    const results = evaluate(sources.map((source) => toCompute(source.get(index), kernel.compute)))
    targets.forEach((target, i) => target.set(index, results[i]))
  })
}

// Totals are kept in the wide type and rounded once.
export const reduce: CoreKernels['reduce'] = (kernel, shape, inputs, params, output) => {
  const { compute, finish } = kernel
  const { combine } = combinationOf(kernel.combine, wideType(compute))
  const { identity } = combinationOf(kernel.combine, compute)
  const sources = inputs.map((operand) => new Window(operand))
  const target = new Window(output)
  const [evaluate, end] = [
    interpreter([kernel.map], params, compute),
    finish && interpreter([finish], params, compute),
  ]
  const totals = new Map<string, ElementValue>()
  const place = (index: readonly number[]) => index.map((i, dim) => (output.shape[dim] === 1 ? 0 : i))
  eachIndex(shape, (index) => {
    const key = place(index).join()
    const [value] = evaluate(sources.map((source) => toCompute(source.get(index), compute)))
    totals.set(key, totals.has(key) ? combine(totals.get(key)!, value) : value)
  })
  eachIndex(output.shape, (index) => {
    const total = toCompute(totals.get(index.join()) ?? identity, compute)
    target.set(index, end ? end([total])[0] : total)
  })
}
