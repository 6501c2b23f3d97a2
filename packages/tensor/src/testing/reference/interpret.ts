// Evaluates scalar expressions by the table of primitives.
import type { KernelScalar } from '../../backend/kernels.ts'
import type { ComputeType } from '../../dtype.ts'
import { postOrder } from '../../expr/expr.ts'
import type { Expr } from '../../expr/expr.ts'
import { primitives } from '../../expr/primitives.ts'
import type { ScalarPrimitive } from '../../expr/primitives.ts'
import { toCompute } from './values.ts'
import type { Value } from './values.ts'

/** Computes the roots from the values of the inputs, which are already of the compute type. */
export type Evaluate = (inputs: readonly Value[]) => Value[]

type Result = Value | boolean
type Primitive = {
  readonly float?: (...args: number[]) => Result
  readonly int?: (...args: bigint[]) => Result
}

/** Prepares the roots for evaluation in a compute type; truth values come out as 0 or 1. */
export function interpreter(
  roots: readonly Expr[],
  params: readonly KernelScalar[],
  compute: ComputeType,
): Evaluate {
  const nodes = postOrder(roots)
  const scalars = params.map((value) => toCompute(value, compute))
  return (inputs) => {
    const results = new Map<Expr, Result>()
    for (const node of nodes) {
      const result = evaluate(
        node,
        node.args.map((arg) => results.get(arg)!),
        inputs,
        scalars,
        compute,
      )
      results.set(node, result)
    }
    return roots.map((root) => {
      const result = results.get(root)!
      return typeof result === 'boolean' ? toCompute(Number(result), compute) : result
    })
  }
}

function evaluate(
  node: Expr,
  args: readonly Result[],
  inputs: readonly Value[],
  scalars: readonly Value[],
  compute: ComputeType,
): Result {
  switch (node.op) {
    case 'const':
      return toCompute(node.value, compute)
    case 'input':
      return inputs[Number(node.value)]
    case 'param':
      return scalars[Number(node.value)]
    case 'and':
      return Boolean(args[0]) && Boolean(args[1])
    case 'or':
      return Boolean(args[0]) || Boolean(args[1])
    case 'not':
      return !args[0]
    case 'select':
      return args[0] ? args[1] : args[2]
    case 'shiftLeft':
    case 'shiftRight':
      return shift(node.op, args as readonly bigint[], compute)
    default:
      return primitive(node.op, args as readonly Value[], compute)
  }
}

// Each step is rounded to the compute type, as the arithmetic of that type does.
function primitive(name: ScalarPrimitive, args: readonly Value[], compute: ComputeType): Result {
  const { float, int }: Primitive = primitives[name] as Primitive
  const integers = compute === 'i32' || compute === 'i64'
  if (integers ? int === undefined : float === undefined)
    throw new Error(`${name} has no meaning in ${compute}`)
  const result = integers ? int!(...(args as bigint[])) : float!(...(args as number[]))
  return typeof result === 'boolean' ? result : toCompute(result, compute)
}

// The count is taken modulo the width, as machines do; unbounded bigint shifts would not end.
function shift(name: 'shiftLeft' | 'shiftRight', [x, y]: readonly bigint[], compute: ComputeType): Value {
  const count = BigInt.asUintN(compute === 'i64' ? 6 : 5, y)
  return toCompute(name === 'shiftLeft' ? x << count : x >> count, compute)
}
