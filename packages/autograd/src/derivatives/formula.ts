// The form of a derivative formula of a structured, view or composite op.
import type { Tensor } from '@tt/tensor'
import type { Gradient, Gradients, OutputMeta } from '../graph/node.ts'
import type { Window } from '../graph/as-strided.ts'

/** What is known of an input without saving it. */
export interface InputMeta extends OutputMeta, Window {}

/** What a formula may ask of the node it runs for. */
export interface Context<Attrs> {
  readonly attrs: Attrs
  /** Shapes, strides, offsets and dtypes of the inputs. */
  readonly inputs: readonly InputMeta[]
  /** Whether the gradient of input `i` is asked for. */
  needs(i: number): boolean
  /** Input `i`, which the formula says it uses. @throws AutogradError if it was changed since, or freed */
  input(i: number): Tensor
  /** Output `i`, which the formula says it uses. */
  result(i?: number): Tensor
  /** Gradients of all outputs; those of the others than the first may be null. */
  readonly gradients: readonly Gradient[]
}

/** The gradient by one input. `g` is that of the first output, or of the only one that came. */
export type InputFormula<Attrs> = (g: Tensor, context: Context<Attrs>) => Tensor | null

/** Gradients of an op, with what they use of its inputs and outputs: nothing else is saved. */
export interface Formula<Attrs> {
  /** For the gradient of each input, the inputs that it uses: `[[1], [0]]` of a product. */
  readonly uses?: readonly (readonly number[])[]
  /** The same of the outputs, where all gradients use them. */
  readonly results?: readonly number[]
  /** The outputs that carry a gradient; default: all floating-point ones. */
  readonly differentiable?: readonly number[]
  /** One formula for each input, or one for all of them. */
  readonly backward:
    | readonly (InputFormula<Attrs> | null)[]
    | ((g: Tensor, context: Context<Attrs>) => Gradients)
  /** Name of the node, where it depends on the attributes. */
  readonly name?: (attrs: Attrs, inputs: readonly InputMeta[]) => string
}

/** An op whose outputs carry no gradient. */
export interface NotDifferentiable {
  readonly notDifferentiable: string
}
/** A composite op that is differentiated through its decomposition. */
export interface Decomposed {
  readonly decomposed: true
}

/** An entry of the derivative table. */
export type Entry<Attrs> = Formula<Attrs> | NotDifferentiable | Decomposed

/**
 * States that an op carries no gradient, and why.
 *
 * @example
 * notDifferentiable('gives integers').notDifferentiable // => 'gives integers'
 */
export const notDifferentiable = (reason: string): NotDifferentiable => ({ notDifferentiable: reason })
/**
 * States that a composite op is differentiated through its decomposition.
 *
 * @example
 * 'decomposed' in decomposed // => true
 */
export const decomposed: Decomposed = { decomposed: true }

/**
 * The formula of an op of one input whose gradient needs nothing saved: views, linear reductions.
 *
 * @example
 * linear((g) => g.neg()).backward.length // => 1
 */
export const linear = <Attrs>(
  gradient: InputFormula<Attrs>,
  name?: Formula<Attrs>['name'],
): Formula<Attrs> => ({ backward: [gradient], ...(name && { name }) })
/**
 * The formula of an op of one input whose gradient uses that input.
 *
 * @example
 * ofInput((g, { input }) => g.mul(input(0))).uses // => [[0]]
 */
export const ofInput = <Attrs>(
  gradient: InputFormula<Attrs>,
  name?: Formula<Attrs>['name'],
): Formula<Attrs> => ({ uses: [[0]], backward: [gradient], ...(name && { name }) })
/**
 * The formula of an op of one input whose gradient uses its result.
 *
 * @example
 * ofResult((g, { result }) => g.mul(result())).results // => [0]
 */
export const ofResult = <Attrs>(gradient: InputFormula<Attrs>): Formula<Attrs> => ({
  results: [0],
  backward: [gradient],
})
