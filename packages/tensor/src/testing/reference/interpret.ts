// Evaluates scalar expressions by the meaning of their primitives.
import type { KernelScalar } from '../../backend/kernels.ts'
import type { ComputeType } from '../../dtype.ts'
import { postOrder } from '../../expr/expr.ts'
import type { Expr } from '../../expr/expr.ts'
import { meaningOf } from '../../expr/meaning.ts'
import type { ScalarResult } from '../../expr/meaning.ts'
import { toCompute } from '../../host/element-value.ts'
import type { ElementValue } from '../../host/element-value.ts'

/** Computes the roots from the values of the inputs, which are already of the compute type. */
export type Evaluate = (inputs: readonly ElementValue[]) => ElementValue[]
type Step = (inputs: readonly ElementValue[], results: readonly ScalarResult[]) => ScalarResult

/** Prepares the roots for evaluation in a compute type; truth values come out as 0 or 1. */
export function interpreter(
  roots: readonly Expr[],
  params: readonly KernelScalar[],
  compute: ComputeType,
): Evaluate {
  const nodes = postOrder(roots)
  const places = new Map(nodes.map((node, i) => [node, i]))
  const steps = nodes.map((node) => stepOf(node, places, params, compute))
  const ends = roots.map((root) => places.get(root)!)
  return (inputs) => {
    const results: ScalarResult[] = []
    for (const step of steps) results.push(step(inputs, results))
    return ends.map((end) => {
      const result = results[end]
      return typeof result === 'boolean' ? toCompute(Number(result), compute) : result
    })
  }
}

function stepOf(
  node: Expr,
  places: ReadonlyMap<Expr, number>,
  params: readonly KernelScalar[],
  compute: ComputeType,
): Step {
  if (node.op === 'input') return (inputs) => inputs[Number(node.value)]
  if (node.op === 'const' || node.op === 'param') {
    const value = toCompute(node.op === 'const' ? node.value : params[Number(node.value)], compute)
    return () => value
  }
  const meaning = meaningOf(node.op, compute)
  const args = node.args.map((arg) => places.get(arg)!)
  return (_inputs, results) => meaning(...args.map((place) => results[place]))
}
