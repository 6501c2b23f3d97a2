// map and reduce: whatever shared code asks for elementwise, and over some dims.
import { combinationOf, toCompute, wideType } from '@tt/tensor'
import type { CoreKernels, ElementValue } from '@tt/tensor'
import { compile } from './expression.ts'
import { Elements, pathOf, walk } from './walk.ts'

export const map: CoreKernels['map'] = (kernel, inputs, params, outputs) => {
  const { shape } = outputs[0]
  const roots = kernel.outputs.map(({ expr }) => expr)
  const evaluate = compile(roots, params, kernel.compute)
  const operands = [...inputs, ...outputs]
  const elements = operands.map((operand) => new Elements(operand))
  const paths = operands.map((operand) => pathOf(operand, shape))
  walk(shape, paths, (at) => {
    const results = evaluate(inputs.map((_, i) => elements[i].get(at[i])))
    results.forEach((value, k) => elements[inputs.length + k].set(at[inputs.length + k], value))
  })
}

export const reduce: CoreKernels['reduce'] = (kernel, shape, inputs, params, output) => {
  const { compute, finish } = kernel
  const evaluate = compile([kernel.map], params, compute)
  const end = finish && compile([finish], params, compute)
  const { identity } = combinationOf(kernel.combine, compute)
  const { combine } = combinationOf(kernel.combine, wideType(compute)) // float64 totals, rounded once
  const elements = inputs.map((operand) => new Elements(operand))
  const target = new Elements(output)
  const totals = new Map<number, ElementValue>() // by position in the output, which repeats over reduced dims
  const paths = [...inputs, output].map((operand) => pathOf(operand, shape))
  walk(shape, paths, (at) => {
    const [value] = evaluate(elements.map((source, i) => source.get(at[i])))
    const place = at[inputs.length]
    const total = totals.get(place)
    totals.set(place, total === undefined ? value : combine(total, value))
  })
  walk(output.shape, [pathOf(output, output.shape)], ([place]) => {
    const total = toCompute(totals.get(place) ?? identity, compute)
    target.set(place, end ? end([total])[0] : total)
  })
}
