// Derivatives of functions: jacobian, hessian, and their products with vectors.
import { isGradEnabled, stack, withGradMode, zerosLike } from '@tt/tensor'
import type { Tensor } from '@tt/tensor'
import {
  checkDependence,
  filled,
  fresh,
  gradients,
  listOf,
  readOptions,
  released,
  scalarOf,
  unlist,
  vectorFor,
} from './functional-arguments.ts'
import type { Alike, FunctionalOptions, Tensors } from './functional-arguments.ts'

export type { Alike, FunctionalOptions, Tensors } from './functional-arguments.ts'

/** By outputs, then by inputs; a single one takes no list. */
export type Jacobian<O extends Tensors, I extends Tensors> = O extends Tensor ? Alike<I> : Alike<I>[]

/**
 * The Jacobian of `func` at `inputs`: for each output and input a tensor of shape [...output.shape, ...input.shape].
 *
 * @param func of as many tensors as there are inputs; gives one tensor or a list
 * @throws AutogradError in strict mode, if an output does not depend on an input
 * @throws NotImplementedError for `vectorize`, and `strategy: 'forward-mode'`
 * @example
 * functional.jacobian((x) => x.square(), tensor([1, 2])).tolist() // => [[2, 0], [0, 4]]
 * const [[dx, dy]] = functional.jacobian((x, y) => [x.mul(y)], [tensor([1]), tensor([2])])
 * ;[dx.item(), dy.item()] // => [2, 1]
 * @see torch.autograd.functional.jacobian
 */
export function jacobian<I extends Tensors, O extends Tensors>(
  func: (...inputs: Tensor[]) => O,
  inputs: I,
  options: FunctionalOptions = {},
): Jacobian<O, I> {
  const op = 'jacobian'
  const { createGraph, strict } = readOptions(op, options)
  return withGradMode(true, () => {
    const xs = fresh(listOf(op, 'inputs', inputs), createGraph, true)
    const answer = func(...xs)
    const outputs = listOf(op, 'the outputs of the function', answer)
    checkDependence(op, 'output', outputs, strict)
    const blocks = outputs.map((output) => {
      const elements = output.reshape([-1])
      const rows = Array.from({ length: output.numel() }, (_, i) =>
        filled(op, 'each output', gradients([elements.select(0, i)], xs, [null], createGraph, true), xs, {
          strict,
          createGraph,
        }),
      )
      const byInput = xs.map((x, i) => {
        const shape = [...output.shape, ...x.shape]
        return rows.length === 0 ? x.newZeros(shape) : stack(rows.map((row) => row[i])).reshape(shape)
      })
      return unlist(inputs, released(byInput, createGraph))
    })
    return (Array.isArray(answer) ? blocks : blocks[0]) as Jacobian<O, I>
  })
}

/**
 * The Hessian of a scalar function at `inputs`: for each pair of inputs a tensor of shape [...a.shape, ...b.shape].
 *
 * @param func gives one tensor of one element
 * @throws AutogradError if it does not; in strict mode, if the gradient does not depend on an input
 * @throws NotImplementedError for `vectorize`, and `outerJacobianStrategy: 'forward-mode'`
 * @example
 * functional.hessian((x) => x.pow(3).sum(), tensor([1, 2])).tolist() // => [[6, 0], [0, 12]]
 * @see torch.autograd.functional.hessian
 */
export function hessian<I extends Tensors>(
  func: (...inputs: Tensor[]) => Tensor,
  inputs: I,
  options: FunctionalOptions = {},
): Jacobian<Alike<I>, I> {
  const { createGraph, strict } = readOptions('hessian', options)
  const gradient = (...xs: Tensor[]): Tensor[] => {
    const rows = jacobian((...ys) => scalarOf('hessian', func(...ys)).reshape([]), xs, {
      createGraph: true,
      strict,
    })
    checkDependence('hessian', 'the gradient by input', rows, strict)
    return rows
  }
  const rows = jacobian(gradient, listOf('hessian', 'inputs', inputs), { createGraph, strict })
  const blocks = rows.map((row) => unlist(inputs, row))
  return (Array.isArray(inputs) ? blocks : blocks[0]) as Jacobian<Alike<I>, I>
}

/**
 * `func(inputs)` and `vᵀ J`, with J its Jacobian.
 *
 * @param v of the shapes of the outputs; null for 1 where the output has one element
 * @returns the outputs, and the product in the shapes of the inputs
 * @throws AutogradError if `v` does not fit; in strict mode, if an output does not depend on an input
 * @example
 * const [y, product] = functional.vjp((x) => x.square(), tensor([1, 2]), tensor([10, 1]))
 * ;[y.tolist(), product.tolist()] // => [[1, 4], [20, 4]]
 * @see torch.autograd.functional.vjp
 */
export function vjp<I extends Tensors, O extends Tensors>(
  func: (...inputs: Tensor[]) => O,
  inputs: I,
  v: Tensors | null = null,
  options: FunctionalOptions = {},
): [O, Alike<I>] {
  const op = 'vjp'
  const read = readOptions(op, options)
  const { createGraph } = read
  const { xs, answer, outputs } = evaluate(op, func, inputs, read)
  const vector = vectorFor(op, v, outputs, 'the outputs', createGraph)
  const product = whereGradWas(createGraph, () =>
    filled(op, 'the outputs', gradients(outputs, xs, vector, createGraph), xs, read),
  )
  return results(answer, outputs, inputs, product, createGraph)
}

/**
 * `func(inputs)` and `J v`, with J its Jacobian; by two backward passes, as there is no forward mode.
 *
 * @param v of the shapes of the inputs; null for 1 where the input has one element
 * @returns the outputs, and the product in their shapes
 * @throws AutogradError if `v` does not fit; in strict mode, if an output does not depend on an input
 * @example
 * const [y, product] = functional.jvp((x) => x.square().sum(), tensor([1, 2]), tensor([10, 1]))
 * ;[y.item(), product.item()] // => [5, 24]
 * @see torch.autograd.functional.jvp
 */
export function jvp<I extends Tensors, O extends Tensors>(
  func: (...inputs: Tensor[]) => O,
  inputs: I,
  v: Tensors | null = null,
  options: FunctionalOptions = {},
): [O, Alike<O>] {
  const op = 'jvp'
  const read = readOptions(op, options)
  const { createGraph, strict } = read
  const vector = vectorFor(op, v, listOf(op, 'inputs', inputs), 'the inputs', createGraph)
  const { xs, answer, outputs } = evaluate(op, func, inputs, read)
  // u ↦ uᵀJ is linear, so that its own vjp is J v, for any u
  const u = outputs.map((output) => zerosLike(output).requiresGrad_())
  const linear = withGradMode(true, () => gradients(outputs, xs, u, true))
  checkDependence(op, 'the gradient by input', linear, strict)
  const product = whereGradWas(createGraph, () =>
    filled(op, 'the gradients', gradients(linear, u, vector, createGraph), outputs, read),
  )
  return results(answer, outputs, answer, product, createGraph) as [O, Alike<O>]
}

/**
 * `func(inputs)` and `vᵀ H`, with H the Hessian of a scalar function.
 *
 * @param v of the shapes of the inputs; null for 1 where the input has one element
 * @throws AutogradError if `v` does not fit or the output has several elements; in strict mode, if the gradient is constant
 * @example
 * const [y, product] = functional.vhp((x) => x.pow(3).sum(), tensor([1, 2]), tensor([1, 1]))
 * ;[y.item(), product.tolist()] // => [9, [6, 12]]
 * @see torch.autograd.functional.vhp
 */
export function vhp<I extends Tensors>(
  func: (...inputs: Tensor[]) => Tensor,
  inputs: I,
  v: Tensors | null = null,
  options: FunctionalOptions = {},
): [Tensor, Alike<I>] {
  const op = 'vhp'
  const read = readOptions(op, options)
  const { createGraph } = read
  const { xs, answer, vector, first } = firstGradient(op, func, inputs, v, read)
  const product = whereGradWas(createGraph, () =>
    filled(op, 'the gradient', gradients(first, xs, vector, createGraph), xs, read),
  )
  return results(answer, [answer], inputs, product, createGraph)
}

/**
 * `func(inputs)` and `H v`, with H the Hessian of a scalar function. Where that is symmetric, as it is for twice
 * continuously differentiable functions, vhp gives the same faster.
 *
 * @param v of the shapes of the inputs; null for 1 where the input has one element
 * @throws AutogradError if `v` does not fit or the output has several elements; in strict mode, if the gradient is constant
 * @example
 * const [y, product] = functional.hvp((x) => x.pow(3).sum(), tensor([1, 2]), tensor([1, 1]))
 * ;[y.item(), product.tolist()] // => [9, [6, 12]]
 * @see torch.autograd.functional.hvp
 */
export function hvp<I extends Tensors>(
  func: (...inputs: Tensor[]) => Tensor,
  inputs: I,
  v: Tensors | null = null,
  options: FunctionalOptions = {},
): [Tensor, Alike<I>] {
  const op = 'hvp'
  const read = readOptions(op, options)
  const { createGraph } = read
  const { xs, answer, vector, first } = firstGradient(op, func, inputs, v, read)
  const u = xs.map((x) => zerosLike(x).requiresGrad_())
  const linear = withGradMode(true, () => gradients(first, xs, u, true))
  const product = whereGradWas(createGraph, () =>
    filled(op, 'the gradient', gradients(linear, u, vector, createGraph), xs, read),
  )
  return results(answer, [answer], inputs, product, createGraph)
}

interface Evaluated<O extends Tensors> {
  xs: Tensor[]
  answer: O
  outputs: readonly Tensor[]
}

function evaluate<O extends Tensors>(
  op: string,
  func: (...inputs: Tensor[]) => O,
  inputs: Tensors,
  { createGraph, strict }: Required<FunctionalOptions>,
): Evaluated<O> {
  const xs = withGradMode(true, () => fresh(listOf(op, 'inputs', inputs), createGraph, true))
  const answer = withGradMode(true, () => func(...xs))
  const outputs = listOf(op, 'the outputs of the function', answer)
  checkDependence(op, 'output', outputs, strict)
  return { xs, answer, outputs }
}

// The function, its gradient in the graph, and the vector, for vhp and hvp.
function firstGradient(
  op: string,
  func: (...inputs: Tensor[]) => Tensor,
  inputs: Tensors,
  v: Tensors | null,
  options: Required<FunctionalOptions>,
) {
  const vector = vectorFor(op, v, listOf(op, 'inputs', inputs), 'the inputs', options.createGraph)
  const { xs, answer } = evaluate(op, func, inputs, options)
  scalarOf(op, answer)
  const first = withGradMode(true, () => gradients([answer], xs, [null], true))
  checkDependence(op, 'the gradient by input', first, options.strict)
  return { xs, answer, vector, first }
}

const whereGradWas = <T>(createGraph: boolean, fn: () => T): T =>
  withGradMode(createGraph || isGradEnabled(), fn)

const results = <O extends Tensors, I extends Tensors>(
  answer: O,
  outputs: readonly Tensor[],
  like: I,
  product: readonly Tensor[],
  createGraph: boolean,
): [O, Alike<I>] => [
  unlist(answer, released(outputs, createGraph)) as Tensors as O,
  unlist(like, released(product, createGraph)),
]
