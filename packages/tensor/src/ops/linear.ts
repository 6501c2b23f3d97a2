// Affine maps: linear with its fused bias, and bilinear.
import { checkFactors, leading, runMatmul, unsafeView, windowOf } from '../dispatch/matmul.ts'
import { apply, structured } from '../dispatch/structured.ts'
import { ShapeError, check } from '../errors.ts'
import { formatShape, sameShape } from '../shape/shape.ts'
import type { Tensor } from '../tensor.ts'
import { add, mul } from './arithmetic.ts'
import { bmm, matmul } from './matmul.ts'
import { sum } from './reduce.ts'
import { expand, reshape, t } from './views.ts'

/** linear: input [M, K], weight [N, K], bias [N] or []; one kernel. */
export const linearOp = structured<null>({
  name: 'linear',
  gradName: 'AddmmBackward0',
  complex: 'whole',
  infer: ([input, weight]) => [{ shape: [input.shape[0], weight.shape[0]], dtype: input.dtypeInfo }],
  run: (backend, [input, weight, bias], _attrs, [out]) => {
    const [[m, k], n] = [input.shape, weight.shape[0]]
    const [step] = bias.shape.length === 0 || bias.shape[0] === 1 ? [0] : bias.strides
    runMatmul(
      backend,
      windowOf(input, [1, m, k], [0, ...input.strides]),
      windowOf(weight, [1, k, n], [0, weight.strides[1], weight.strides[0]]),
      windowOf(bias, [1, m, n], [0, 0, step]),
      out,
      [1, m, n],
      [0, ...out.strides],
    )
  },
})

/**
 * `y = x Aᵀ + b`.
 *
 * @param input [..., inFeatures]
 * @param weight [outFeatures, inFeatures], or [inFeatures]
 * @param bias [outFeatures], or null
 * @returns [..., outFeatures]
 * @throws ShapeError if the sizes do not fit
 * @example
 * linear(ones([2, 3]), ones([4, 3])).shape // => [2, 4]
 * @see torch.nn.functional.linear
 */
export function linear(input: Tensor, weight: Tensor, bias: Tensor | null = null): Tensor {
  checkFactors('linear', bias === null ? [input, weight] : [input, weight, bias])
  check(
    input.ndim > 0 && (weight.ndim === 1 || weight.ndim === 2),
    () =>
      new ShapeError(
        'linear',
        `the input must have at least 1 dim and the weight 1 or 2, got ${formatShape(input.shape)} and ${formatShape(weight.shape)}`,
      ),
  )
  const inFeatures = weight.shape[weight.ndim - 1]
  check(
    input.shape[input.ndim - 1] === inFeatures,
    () =>
      new ShapeError(
        'linear',
        `the last dim of the input must have inFeatures (${inFeatures}) elements, got input ${formatShape(input.shape)} ` +
          `and weight ${formatShape(weight.shape)}`,
      ),
  )
  if (weight.ndim === 1) {
    check(
      bias === null || bias.ndim === 0,
      () =>
        new ShapeError(
          'linear',
          `the bias of a weight of 1 dim must have no dim, got ${formatShape(bias!.shape)}`,
        ),
    )
    const product = matmul(input, weight)
    return bias === null ? product : add(product, bias)
  }
  if (bias === null) return matmul(input, t(weight))
  const outFeatures = weight.shape[0]
  check(
    bias.ndim === 0 || (bias.ndim === 1 && (bias.shape[0] === outFeatures || bias.shape[0] === 1)),
    () =>
      new ShapeError(
        'linear',
        `the bias must have outFeatures (${outFeatures}) elements, got ${formatShape(bias.shape)}`,
      ),
  )
  if (input.ndim === 2) return apply(linearOp, [input, weight, bias], null)
  const rows = reshape(input, [leading(input.shape, 1), inFeatures])
  return unsafeView(apply(linearOp, [rows, weight, bias], null), [...input.shape.slice(0, -1), outFeatures])
}

/**
 * `y = x₁ᵀ A x₂ + b`.
 *
 * @param input1 [..., in1Features]
 * @param input2 [..., in2Features], with the same leading dims
 * @param weight [outFeatures, in1Features, in2Features]
 * @param bias [outFeatures], or null
 * @example
 * bilinear(tensor([1, 2]), tensor([3, 4]), ones([1, 2, 2])).tolist() // => [21]
 * @see torch.nn.functional.bilinear
 */
export function bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | null = null): Tensor {
  checkFactors('bilinear', bias === null ? [input1, input2, weight] : [input1, input2, weight, bias])
  const shapes = () =>
    `${formatShape(input1.shape)}, ${formatShape(input2.shape)} and ${formatShape(weight.shape)}`
  check(
    weight.ndim === 3 && input1.ndim === input2.ndim && input1.ndim > 0,
    () =>
      new ShapeError(
        'bilinear',
        `the weight must have 3 dims and the inputs as many as each other, got ${shapes()}`,
      ),
  )
  const lead = input1.shape.slice(0, -1)
  const [outFeatures, in1, in2] = weight.shape
  check(
    sameShape(lead, input2.shape.slice(0, -1)) && input1.shape.at(-1) === in1 && input2.shape.at(-1) === in2,
    () =>
      new ShapeError(
        'bilinear',
        `the leading dims of the inputs must be equal and their last ones those of the weight, got ${shapes()}`,
      ),
  )
  check(
    bias === null || (bias.ndim === 1 && bias.shape[0] === outFeatures),
    () =>
      new ShapeError(
        'bilinear',
        `the bias must have outFeatures (${outFeatures}) elements, got ${formatShape(bias!.shape)}`,
      ),
  )
  const rows = leading(input1.shape, 1)
  const x = expand(reshape(input1, [1, rows, in1]), [outFeatures, rows, in1])
  const y = sum(mul(bmm(x, weight), reshape(input2, [1, rows, in2])), -1, { dtype: weight.dtype }) // [O, rows]
  const result = reshape(t(y), [...lead, outFeatures])
  return bias === null ? result : add(result, bias)
}
