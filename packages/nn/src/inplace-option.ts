// Activations with PyTorch's option `inplace`: the op, or its in-place form, by one wrapper.
import * as ops from '@tt/autograd'
import type { OutOption, Tensor } from '@tt/autograd'

/** The option of functions that may change their input. */
export interface InplaceOption {
  /** Change the input and return it; default false. */
  inplace?: boolean
}
type Activation<O> = (input: Tensor, options?: O) => Tensor
type WithInplace<F> = F extends (input: Tensor, options?: infer O) => Tensor
  ? Activation<Omit<O, keyof OutOption> & InplaceOption> // PyTorch's have no out
  : never

/** A function that takes `inplace` beside the options of `fn`. */
function inplaceOption<F extends Activation<never>>(
  fn: F & { readonly [ops.inPlaceForm]: unknown },
): WithInplace<F> {
  const apply = fn as Activation<object>
  const applyInPlace = fn[ops.inPlaceForm] as Activation<object>
  const call: Activation<InplaceOption> = (input, options) => {
    if (options === undefined) return apply(input)
    const { inplace = false, ...rest } = options
    return inplace ? applyInPlace(input, rest) : apply(input, rest)
  }
  return call as WithInplace<F>
}

/**
 * `max(0, x) + min(0, α(e^(x/α) − 1))`.
 *
 * @example
 * celu(tensor([-1, 2]), { inplace: true }).tolist() // => [-0.632121, 2]
 * @see torch.nn.functional.celu
 */
export const celu = inplaceOption(ops.celu)
/**
 * x where positive, `alpha · (eˣ − 1)` elsewhere.
 *
 * @example
 * elu(tensor([-1, 2]), { inplace: true }).tolist() // => [-0.632121, 2]
 * @see torch.nn.functional.elu
 */
export const elu = inplaceOption(ops.elu)
/**
 * `relu6(x + 3) / 6`.
 *
 * @example
 * hardsigmoid(tensor([-1, 2]), { inplace: true }).tolist() // => [0.333333, 0.833333]
 * @see torch.nn.functional.hardsigmoid
 */
export const hardsigmoid = inplaceOption(ops.hardsigmoid)
/**
 * `x · relu6(x + 3) / 6`.
 *
 * @example
 * hardswish(tensor([-1, 2]), { inplace: true }).tolist() // => [-0.333333, 1.66667]
 * @see torch.nn.functional.hardswish
 */
export const hardswish = inplaceOption(ops.hardswish)
/**
 * `min(max(minVal, x), maxVal)`.
 *
 * @example
 * hardtanh(tensor([-1, 2]), { inplace: true }).tolist() // => [-1, 1]
 * @see torch.nn.functional.hardtanh
 */
export const hardtanh = inplaceOption(ops.hardtanh)
/**
 * x where positive, `negativeSlope · x` elsewhere.
 *
 * @example
 * leakyRelu(tensor([-1, 2]), { inplace: true }).tolist() // => [-0.01, 2]
 * @see torch.nn.functional.leaky_relu
 */
export const leakyRelu = inplaceOption(ops.leakyRelu)
/**
 * `x · tanh(softplus(x))`.
 *
 * @example
 * mish(tensor([-1, 2]), { inplace: true }).tolist() // => [-0.303401, 1.94396]
 * @see torch.nn.functional.mish
 */
export const mish = inplaceOption(ops.mish)
/**
 * `max(0, x)`.
 *
 * @example
 * relu(tensor([-1, 2]), { inplace: true }).tolist() // => [0, 2]
 * @see torch.nn.functional.relu
 */
export const relu = inplaceOption(ops.relu)
/**
 * `min(max(0, x), 6)`.
 *
 * @example
 * relu6(tensor([-1, 2]), { inplace: true }).tolist() // => [0, 2]
 * @see torch.nn.functional.relu6
 */
export const relu6 = inplaceOption(ops.relu6)
/**
 * Self-normalising elu.
 *
 * @example
 * selu(tensor([-1, 2]), { inplace: true }).tolist() // => [-1.11133, 2.1014]
 * @see torch.nn.functional.selu
 */
export const selu = inplaceOption(ops.selu)
/**
 * `x · σ(x)`.
 *
 * @example
 * silu(tensor([-1, 2]), { inplace: true }).tolist() // => [-0.268941, 1.76159]
 * @see torch.nn.functional.silu
 */
export const silu = inplaceOption(ops.silu)
/**
 * x where x > threshold, `value` elsewhere.
 *
 * @example
 * F.threshold(tensor([-1, 2]), 0, 7).tolist() // => [7, 2]
 * @see torch.nn.functional.threshold
 */
export const threshold = (
  input: Tensor,
  threshold: ops.Scalar,
  value: ops.Scalar,
  { inplace = false }: InplaceOption = {},
): Tensor => (inplace ? input.threshold_(threshold, value) : ops.threshold(input, threshold, value))
