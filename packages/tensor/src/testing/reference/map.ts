// Elementwise kernels and reductions.
import type { Combine, CoreKernels } from '../../backend/kernels.ts'
import type { ComputeType } from '../../dtype.ts'
import { interpreter } from './interpret.ts'
import { larger, plus, smaller, times, toCompute } from './values.ts'
import type { Value } from './values.ts'
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

/** How two values combine. */
export const combiners: Readonly<Record<Combine, (x: Value, y: Value) => Value>> = {
  sum: plus,
  prod: times,
  max: larger,
  min: smaller,
}

/** What combining nothing gives. */
export function identityOf(combine: Combine, compute: ComputeType): Value {
  const bits = compute === 'i64' ? 63n : 31n
  const floats = compute === 'f32' || compute === 'f64'
  const extreme = floats ? Infinity : 2n ** bits - 1n
  const identities = {
    sum: floats ? 0 : 0n,
    prod: floats ? 1 : 1n,
    min: extreme,
    max: floats ? -Infinity : -(2n ** bits),
  }
  return identities[combine]
}

// Totals are kept in float64 and bigint, and rounded once.
export const reduce: CoreKernels['reduce'] = (kernel, shape, inputs, params, output) => {
  const { combine, compute, finish } = kernel
  const sources = inputs.map((operand) => new Window(operand))
  const target = new Window(output)
  const [evaluate, end] = [
    interpreter([kernel.map], params, compute),
    finish && interpreter([finish], params, compute),
  ]
  const totals = new Map<string, Value>()
  const place = (index: readonly number[]) => index.map((i, dim) => (output.shape[dim] === 1 ? 0 : i))
  eachIndex(shape, (index) => {
    const key = place(index).join()
    const [value] = evaluate(sources.map((source) => toCompute(source.get(index), compute)))
    totals.set(key, totals.has(key) ? combiners[combine](totals.get(key)!, value) : value)
  })
  eachIndex(output.shape, (index) => {
    const total = totals.get(index.join()) ?? identityOf(combine, compute)
    target.set(index, end ? end([toCompute(total, compute)])[0] : toCompute(total, compute))
  })
}
