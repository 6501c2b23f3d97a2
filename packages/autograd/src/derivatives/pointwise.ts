// From an elementwise op to its gradients: for each input an elementwise op of its own, made once, run by dispatch.
// So gradients of gradients need nothing more.
import { NotImplementedError, PointwiseRecord, input, param, postOrder, substitute } from '@tt/tensor'
import type { Expr, PointwiseVariant } from '@tt/tensor'
import { elementwiseDerivatives } from './elementwise.ts'
import type { ElementwiseRule } from './elementwise.ts'
import { differentiate } from './symbolic.ts'

/** How the gradient by one input is computed. */
export interface InputGradient {
  /**
   * 'pass': it is g; 'zero': it is 0 everywhere; 'kernel': `record` of g, some saved tensors and some params; 'missing':
   * there is none, backward throws.
   */
  readonly kind: 'pass' | 'zero' | 'kernel' | 'missing'
  readonly record: PointwiseRecord | null
  /** Slots of saved tensors that follow g: those of the inputs, then that of the result. */
  readonly slots: readonly number[]
  /** Numbers that follow: positions among the params of the op. */
  readonly params: readonly number[]
  /** A param by which g is only multiplied: where it is 1, g passes; −1 if there is none. */
  readonly factor: number
}

/** The gradients of a variant by all its tensor inputs, and which slots each set of asked-for gradients needs. */
export interface PointwiseDerivative {
  readonly inputs: readonly InputGradient[]
  /** By bit mask of the inputs that need a gradient: the slots to save, as a bit mask. */
  readonly slotsFor: number[]
  readonly name: string
  /** Why there is no derivative. */
  readonly error: Error | null
}

/** The derivative of a variant, kept on it. */
export function pointwiseDerivative(variant: PointwiseVariant): PointwiseDerivative {
  return (variant.derivative ??= derive(variant)) as PointwiseDerivative
}

/** The slots, as a bit mask, that the gradients of the inputs in `needs` (a bit mask) use. */
export function slotsToSave(derivative: PointwiseDerivative, needs: number): number {
  let slots = derivative.slotsFor[needs]
  if (slots === undefined) {
    slots = 0
    derivative.inputs.forEach((gradient, i) => {
      if (needs & (1 << i)) for (const slot of gradient.slots) slots |= 1 << slot
    })
    derivative.slotsFor[needs] = slots
  }
  return slots
}

const missing = { kind: 'missing', record: null, slots: [], params: [], factor: -1 } as const

function derive(variant: PointwiseVariant): PointwiseDerivative {
  const { record, tensorCount } = variant
  const override = elementwiseDerivatives[record.name] as ElementwiseRule | undefined
  const g = input(tensorCount)
  const result = input(tensorCount + 1)
  const name = override?.name?.(variant) ?? nodeName(record.name, record.gradName)
  try {
    const expressions =
      override?.gradients === undefined
        ? derived(variant, g, result)
        : stated(variant, override.gradients, g, result)
    return {
      inputs: expressions.map((expr, i) =>
        expr instanceof Error ? missing : inputGradient(variant, expr, i),
      ),
      slotsFor: [],
      name,
      error: expressions.find((expr) => expr instanceof Error) ?? null,
    }
  } catch (error) {
    if (!(error instanceof NotImplementedError)) throw error
    return { inputs: Array.from({ length: tensorCount }, () => missing), slotsFor: [], name, error } // thrown when it is asked for
  }
}

/** PyTorch's name of an op's node: `MulBackward0`. */
export const nodeName = (name: string, gradName: string | undefined): string =>
  gradName ?? `${name[0].toUpperCase()}${name.slice(1)}Backward0`

// By the chain rule. The result is used in place of its expression if that saves fewer tensors, or it alone.
function derived(variant: PointwiseVariant, g: Expr, result: Expr): (Expr | undefined)[] {
  const gradients = differentiate(variant.expr, g)
  return Array.from({ length: variant.tensorCount }, (_, i) => {
    const plain = gradients.get(input(i))
    if (plain === undefined) return undefined
    const reusing = substitute(plain, (node) =>
      node === variant.expr && node.op !== 'input' ? result : undefined,
    )
    const [few, many] = [inputsOf(reusing), inputsOf(plain)]
    const alone = few.length === 2 && few.includes(result)
    return few.length < many.length || (alone && few.length === many.length) ? reusing : plain
  })
}

function stated(
  variant: PointwiseVariant,
  rule: NonNullable<ElementwiseRule['gradients']>,
  g: Expr,
  result: Expr,
): (Expr | NotImplementedError | undefined)[] {
  const { record, scalarMask } = variant
  let tensors = 0
  let scalars = 0
  const isTensor = Array.from({ length: record.arity }, (_, i) => (scalarMask & (1 << i)) === 0)
  const args = isTensor.map((tensor) => (tensor ? input(tensors++) : param(scalars++)))
  const options = Object.fromEntries(record.optionNames.map((name, i) => [name, param(scalars + i)]))
  return rule(g, result, args, options)
    .filter((_, i) => isTensor[i])
    .map((expr) => expr ?? undefined)
}

const inputsOf = (expr: Expr): Expr[] => postOrder([expr]).filter((node) => node.op === 'input')

function inputGradient(variant: PointwiseVariant, expr: Expr | undefined, position: number): InputGradient {
  const { tensorCount } = variant
  const g = input(tensorCount)
  if (expr === undefined || (expr.op === 'const' && expr.value === 0))
    return { kind: 'zero', record: null, slots: [], params: [], factor: -1 }
  if (expr === g) return { kind: 'pass', record: null, slots: [], params: [], factor: -1 }
  const nodes = postOrder([expr])
  const slots = nodes
    .filter((node) => node.op === 'input' && node !== g)
    .map((node) => (Number(node.value) > tensorCount ? tensorCount : Number(node.value)))
  const params = nodes.filter((node) => node.op === 'param').map((node) => Number(node.value))
  const leaves = [
    g,
    ...slots.map((slot) => input(slot === tensorCount ? tensorCount + 1 : slot)),
    ...params.map(param),
  ]
  const record = new PointwiseRecord(
    `${variant.name}Backward${position}`,
    leaves.length,
    (args) =>
      substitute(expr, (node) =>
        node.args.length === 0 && leaves.includes(node) ? args[leaves.indexOf(node)] : undefined,
      ),
    { gradName: rootName(expr), unpromoted: leaves.map((_, i) => i).slice(1) },
  )
  const factor =
    expr.op === 'mul' && expr.args[0] === g && expr.args[1].op === 'param' ? Number(expr.args[1].value) : -1
  return { kind: 'kernel', record, slots, params, factor }
}

// Gradients of gradients show the op that the gradient ends in, as PyTorch's, whose formulas are made of ops, mostly do.
function rootName(expr: Expr): string {
  if (expr.op !== 'select') return nodeName(expr.op, undefined)
  const [, a, b] = expr.args
  const inner = a.op === 'const' ? b : b.op === 'const' ? a : null // a guard around the formula does not count
  return inner !== null && inner.args.length > 0 ? rootName(inner) : nodeName('where', undefined)
}
