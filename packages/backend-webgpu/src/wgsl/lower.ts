// Scalar expressions to WGSL statements. Each shared node becomes one `let`.
import { postOrder } from '@tt/tensor'
import type { ComputeType, Expr, ExprKind } from '@tt/tensor'
import { floatLiteral, intLiteral } from './literal.ts'
import { lowerings } from './primitives.ts'
import type { Lowering } from './primitives.ts'
import { scalarOf } from './storage-format.ts'

/** What inputs and params are called in the code around: values of the compute type. */
export interface Names {
  readonly input: (position: number) => string
  readonly param: (position: number) => string
}

/** Statements, and for each root the WGSL of its value. */
export interface Lowered {
  readonly statements: string[]
  readonly results: string[]
}

const shifts: ReadonlySet<string> = new Set(['shiftLeft', 'shiftRight'])
/** What a lowering depends on: equal signatures give equal code. Expressions are interned, so their numbers tell them apart. */
export function signature(roots: readonly Expr[], compute: ComputeType): string {
  const long = compute === 'i64' && postOrder(roots).some(({ op }) => shifts.has(op))
  return `${long ? 'long' : scalarOf(compute)}${roots.map(({ id }) => id).join('.')}`
}

const truthOperators: ReadonlySet<string> = new Set(['and', 'or', 'not'])
const wanted = (op: string, position: number): ExprKind =>
  truthOperators.has(op) || (op === 'select' && position === 0) ? 'bool' : 'value'

const orders: ReadonlySet<string> = new Set(['lt', 'le', 'gt', 'ge'])
/** Whether a choice is that of the larger or smaller of two: GPUs have one instruction for it, which drops NaN. */
function isExtreme({ args: [condition, ...branches] }: Expr): boolean {
  return orders.has(condition.op) && branches.every((branch) => condition.args.includes(branch))
}

/** Lowers the roots; truth values come out as 0 or 1. `prefix` keeps the names of two lowerings apart. */
export function lower(roots: readonly Expr[], compute: ComputeType, names: Names, prefix = 'v'): Lowered {
  const type = scalarOf(compute)
  const statements: string[] = []
  const code = new Map<Expr, string>()
  const as = (node: Expr, kind: ExprKind): string => {
    const text = code.get(node)!
    if (node.kind === kind) return text
    return kind === 'value'
      ? `select(${type}(0), ${type}(1), ${text})`
      : type === 'f32'
        ? `tt_ne(${text}, 0f)`
        : `(${text} != 0)`
  }
  // Here a comparison with NaN is false by its bits, so that the choice stays one.
  const ordered = (condition: Expr): string => {
    const numbers = condition.args.filter(({ op, value }) => op !== 'const' || Number.isNaN(Number(value)))
    return `(${[code.get(condition)!, ...numbers.map((x) => `!tt_isnan(${code.get(x)!})`)].join(' && ')})`
  }
  for (const node of postOrder(roots)) {
    if (node.op === 'const')
      code.set(node, type === 'f32' ? floatLiteral(node.value) : intLiteral(node.value))
    else if (node.op === 'input') code.set(node, names.input(Number(node.value)))
    else if (node.op === 'param') code.set(node, names.param(Number(node.value)))
    else {
      const lowering: Lowering = lowerings[node.op]
      const form =
        type === 'f32' ? lowering.float : compute === 'i64' ? (lowering.long ?? lowering.int) : lowering.int
      if (form === undefined) throw new Error(`backend-webgpu: ${node.op} has no meaning in ${compute}`)
      const name = `${prefix}${statements.length}`
      const args = node.args.map((arg, i) => as(arg, wanted(node.op, i)))
      if (type === 'f32' && node.op === 'select' && isExtreme(node)) args[0] = ordered(node.args[0])
      statements.push(`let ${name} = ${form(...args)};`)
      code.set(node, name)
    }
  }
  return { statements, results: roots.map((root) => as(root, 'value')) }
}
