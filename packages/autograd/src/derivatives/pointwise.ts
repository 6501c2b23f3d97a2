// From an elementwise op to its gradients: for each input an elementwise op of its own, made once, run by dispatch.
// So gradients of gradients need nothing more.
import {
  ComplexExpr,
  NotImplementedError,
  PointwiseRecord,
  constant,
  input,
  param,
  postOrder,
  substitute,
} from '@tt/tensor'
import type { Expr, PointwiseVariant } from '@tt/tensor'
import { complexDerivatives } from './complex.ts'
import type { ComplexRule } from './complex.ts'
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
  const slots = slotsOf(variant)
  const name = override?.name?.(variant) ?? nodeName(record.name, record.gradName)
  try {
    const expressions = gradientsOf(variant, override, slots)
    return {
      inputs: expressions.map((parts, i) =>
        parts instanceof Error ? missing : inputGradient(variant, slots, parts, i),
      ),
      slotsFor: [],
      name,
      error: expressions.find((parts) => parts instanceof Error) ?? null,
    }
  } catch (error) {
    if (!(error instanceof NotImplementedError)) throw error
    return { inputs: Array.from({ length: tensorCount }, () => missing), slotsFor: [], name, error } // thrown when it is asked for
  }
}

/** An expression, or the real and the imaginary part of one. */
type Parts = readonly Expr[]

/** What gradients are made of: the tensors, then the result, then g; each one input or, if it is complex, two. */
interface Slots {
  readonly tensors: readonly Parts[]
  readonly result: Parts
  readonly g: Parts
}

function slotsOf({ tensorCount, pairs, outputs }: PointwiseVariant): Slots {
  let next = 0
  const take = (pair: boolean): Parts => (pair ? [input(next++), input(next++)] : [input(next++)])
  const tensors = Array.from({ length: tensorCount }, (_, i) => take((pairs & (1 << i)) !== 0))
  const complex = outputs.length === 2
  const g = take(complex)
  return { tensors, g, result: take(complex) }
}

function gradientsOf(
  variant: PointwiseVariant,
  override: ElementwiseRule | undefined,
  slots: Slots,
): readonly (Parts | NotImplementedError)[] {
  if (variant.category === 'complex') {
    const rule = complexDerivatives[variant.record.name]
    return rule === undefined ? derived(variant, slots) : statedComplex(variant, rule, slots)
  }
  return override?.gradients === undefined
    ? derived(variant, slots)
    : stated(variant, override.gradients, slots)
}

/** PyTorch's name of an op's node: `MulBackward0`. */
export const nodeName = (name: string, gradName: string | undefined): string =>
  gradName ?? `${name[0].toUpperCase()}${name.slice(1)}Backward0`

// By the chain rule. The result is used in place of its expression if that saves fewer tensors, or it alone.
function derived(variant: PointwiseVariant, { tensors, g, result }: Slots): Parts[] {
  const { outputs } = variant
  const gradients = outputs.map((expr, k) => differentiate(expr, g[k]))
  const sumOf = (leaf: Expr): Expr => {
    const terms = gradients.map((of) => of.get(leaf)).filter((term) => term !== undefined)
    return terms.length === 0 ? constant(0) : terms.reduce((sum, term) => sum.add(term))
  }
  return tensors.map((parts) => {
    const plain = parts.map(sumOf)
    const reusing = plain.map((expr) =>
      substitute(expr, (node) => (node.op === 'input' ? undefined : result[outputs.indexOf(node)])),
    )
    const [few, many] = [inputsOf(reusing), inputsOf(plain)]
    const alone =
      few.every((leaf) => g.includes(leaf) || result.includes(leaf)) &&
      few.some((leaf) => result.includes(leaf))
    return few.length < many.length || (alone && few.length === many.length) ? reusing : plain
  })
}

function stated(
  variant: PointwiseVariant,
  rule: NonNullable<ElementwiseRule['gradients']>,
  { g, result }: Slots,
): (Parts | NotImplementedError)[] {
  const { args, options } = variant
  return ofTensors(
    variant,
    rule(
      g[0],
      result[0],
      args.map(({ re }) => re),
      options as Readonly<Record<string, Expr>>,
    ),
  ).map((expr) => (expr instanceof Error ? expr : [expr ?? constant(0)]))
}

function statedComplex(variant: PointwiseVariant, rule: ComplexRule, { tensors, g, result }: Slots): Parts[] {
  const gradients = ofTensors(variant, rule(complexOf(g), complexOf(result), variant.args))
  return gradients.map(({ re, im }, i) => (tensors[i].length === 2 ? [re, im] : [re]))
}
const ofTensors = <T>({ scalarMask }: PointwiseVariant, gradients: readonly T[]): readonly T[] =>
  gradients.filter((_, i) => (scalarMask & (1 << i)) === 0)
const complexOf = ([re, im = constant(0)]: Parts): ComplexExpr => new ComplexExpr(re, im)

const inputsOf = (roots: Parts): Expr[] => postOrder(roots).filter((node) => node.op === 'input')
const isZero = (expr: Expr): boolean => expr.op === 'const' && expr.value === 0

function inputGradient(variant: PointwiseVariant, all: Slots, parts: Parts, position: number): InputGradient {
  const { tensorCount } = variant
  const { g } = all
  const simple = { record: null, slots: [], params: [], factor: -1 } as const
  if (parts.every(isZero)) return { kind: 'zero', ...simple }
  // Real parts of g, and a g that is real, are fitted by the engine.
  if (parts.every((expr, k) => (k < g.length ? expr === g[k] : isZero(expr))))
    return { kind: 'pass', ...simple }
  const nodes = postOrder(parts)
  const slots = [...all.tensors, all.result].flatMap((slot, i) =>
    slot.some((leaf) => nodes.includes(leaf)) ? [i] : [],
  )
  const params = nodes.filter((node) => node.op === 'param').map((node) => Number(node.value))
  const leaves: Parts[] = [
    g,
    ...slots.map((slot) => (slot === tensorCount ? all.result : all.tensors[slot])),
    ...params.map((i) => [param(i)]),
  ]
  const record = new PointwiseRecord(
    `${variant.name}Backward${position}`,
    leaves.length,
    (args) => withLeaves(parts[0], leaves, (i) => [args[i]]),
    {
      gradName: rootName(parts[0]),
      unpromoted: leaves.map((_, i) => i).slice(1),
      ...(variant.category === 'complex' && {
        result: 'complex' as const,
        complex: (args: readonly ComplexExpr[]) => {
          const [re, im] = parts.map((expr) => withLeaves(expr, leaves, (i) => [args[i].re, args[i].im]))
          return im === undefined ? re : new ComplexExpr(re, im)
        },
      }),
    },
  )
  return { kind: 'kernel', record, slots, params, factor: factorOf(parts, g) }
}

// The expression with each part of a leaf replaced.
function withLeaves(root: Expr, leaves: readonly Parts[], partsOf: (leaf: number) => Parts): Expr {
  const replacements = new Map<Expr, Expr>()
  leaves.forEach((leaf, i) => leaf.forEach((node, k) => replacements.set(node, partsOf(i)[k])))
  return substitute(root, (node) => replacements.get(node))
}

// The param by which all parts of g are multiplied, or −1.
function factorOf(parts: Parts, g: Parts): number {
  const factors = parts.map((expr, k) =>
    expr.op === 'mul' && expr.args[0] === g[k] && expr.args[1].op === 'param'
      ? Number(expr.args[1].value)
      : -1,
  )
  return parts.length === g.length && factors.every((factor) => factor === factors[0]) ? factors[0] : -1
}

// Gradients of gradients show the op that the gradient ends in, as PyTorch's, whose formulas are made of ops, mostly do.
function rootName(expr: Expr): string {
  if (expr.op !== 'select') return nodeName(expr.op, undefined)
  const [, a, b] = expr.args
  const inner = a.op === 'const' ? b : b.op === 'const' ? a : null // a guard around the formula does not count
  return inner !== null && inner.args.length > 0 ? rootName(inner) : nodeName('where', undefined)
}
