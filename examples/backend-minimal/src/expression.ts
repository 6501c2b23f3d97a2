// Elementwise kernels and reductions come as expressions. This turns some of them into one function.
import { meaningOf, postOrder, toCompute } from '@tt/tensor'
import type { ComputeType, ElementValue, Expr, KernelScalar, ScalarResult } from '@tt/tensor'

/** The values of `roots` (truth values as 0 and 1), as a function of the values of the inputs. */
export function compile(
  roots: readonly Expr[],
  params: readonly KernelScalar[],
  compute: ComputeType,
): (inputs: readonly ElementValue[]) => ElementValue[] {
  const nodes = postOrder(roots) // arguments come before their users, and what is shared comes once
  const places = new Map(nodes.map((node, place) => [node, place]))
  const results: ScalarResult[] = []
  const steps = nodes.map(({ op, args, value }): ((inputs: readonly ElementValue[]) => ScalarResult) => {
    if (op === 'input') return (inputs) => toCompute(inputs[Number(value)], compute)
    if (op === 'const' || op === 'param') {
      const literal = toCompute(op === 'const' ? value : params[Number(value)], compute)
      return () => literal
    }
    const meaning = meaningOf(op, compute)
    const from = args.map((arg) => places.get(arg)!)
    return () => meaning(...from.map((place) => results[place]))
  })
  return (inputs) => {
    steps.forEach((step, place) => (results[place] = step(inputs)))
    return roots.map((root) => {
      const result = results[places.get(root)!]
      return typeof result === 'boolean' ? toCompute(Number(result), compute) : result
    })
  }
}
