// Reverse mode on scalar expressions: from an expression to those of its gradients.
import { postOrder } from '@tt/tensor'
import type { Expr } from '@tt/tensor'
import { scalarDerivatives } from './scalar.ts'
import type { NonDifferentiable, ScalarRule } from './scalar.ts'

const rules: Readonly<Record<string, ScalarRule | NonDifferentiable>> = scalarDerivatives

/**
 * The gradients of `root` by the tensor inputs, times the cotangent `g`; inputs without one are missing.
 *
 * `select(c, a, b)` gives `select(c, a′, b′)` of the whole gradients of its branches, not gradients of a cotangent that
 * is 0 on one side: 0 times an infinite factor of the branch not taken would be NaN.
 */
export function differentiate(root: Expr, g: Expr): Map<Expr, Expr> {
  const order = postOrder([root])
  const active = new Set<Expr>()
  for (const node of order) {
    if (node.op === 'input' || (node.kind === 'value' && node.args.some((arg) => active.has(arg))))
      active.add(node)
  }
  const gradients = new Map<Expr, Expr>()
  const cotangents = new Map<Expr, Expr>([[root, g]])
  const accumulate = (target: Map<Expr, Expr>, node: Expr, value: Expr): void => {
    const sum = target.get(node)
    target.set(node, sum === undefined ? value : sum.add(value))
  }
  for (const node of order.reverse()) {
    const cotangent = cotangents.get(node)
    if (cotangent === undefined || !active.has(node)) continue
    if (node.op === 'input') {
      accumulate(gradients, node, cotangent)
    } else if (node.op === 'select') {
      const [condition, a, b] = node.args
      const [ofA, ofB] = [differentiate(a, cotangent), differentiate(b, cotangent)]
      for (const leaf of new Set([...ofA.keys(), ...ofB.keys()])) {
        accumulate(gradients, leaf, condition.select(ofA.get(leaf) ?? 0, ofB.get(leaf) ?? 0))
      }
    } else {
      contributions(node, cotangent).forEach((value, i) => {
        if (value !== null && active.has(node.args[i])) accumulate(cotangents, node.args[i], value)
      })
    }
  }
  return gradients
}

function contributions(node: Expr, cotangent: Expr): readonly (Expr | null)[] {
  const rule = rules[node.op]
  return typeof rule === 'function' ? rule(cotangent, ...node.args, node) : []
}
