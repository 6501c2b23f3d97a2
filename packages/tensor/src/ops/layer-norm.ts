// layerNorm, groupNorm and localResponseNorm.
import { ArgumentError, ShapeError, check } from '../errors.ts'
import { formatShape, numelOf, sameShape } from '../shape/shape.ts'
import type { Tensor } from '../tensor.ts'
import { add, div, mul, pow } from './arithmetic.ts'
import { avgPool2d, avgPool3d } from './avg-pool.ts'
import { groupNormOp, layerNormOp } from './normalization.ts'
import { checkChannels, normalized } from './normalized.ts'
import { pad } from './pad.ts'
import { reshape, squeeze, unsqueeze } from './views.ts'

/**
 * Normalises over the last dims: `(x − mean) / √(var + eps) · weight + bias`.
 *
 * @param input [..., ...normalizedShape]
 * @param normalizedShape sizes of the last dims
 * @param weight of normalizedShape, or null
 * @param bias of normalizedShape, or null
 * @example
 * layerNorm(tensor([[1, 3], [10, 30]]), [2]).tolist() // => [[-0.999995, 0.999995], [-1, 1]]
 * @see torch.nn.functional.layer_norm
 */
export function layerNorm(
  input: Tensor,
  normalizedShape: readonly number[],
  weight: Tensor | null = null,
  bias: Tensor | null = null,
  { eps = 1e-5 }: { eps?: number } = {},
): Tensor {
  return overLastDims('layerNorm', input, normalizedShape, weight, bias, eps)[0]
}

/**
 * layerNorm with the moments that it used: PyTorch's own function below layer_norm.
 *
 * @returns [result, mean, 1 / √(var + eps)], the moments with size 1 in the normalised dims
 * @example
 * nativeLayerNorm(tensor([[1, 3]]), [2], null, null, 0)[1].tolist() // => [[2]]
 * @see torch.native_layer_norm
 */
export function nativeLayerNorm(
  input: Tensor,
  normalizedShape: readonly number[],
  weight: Tensor | null,
  bias: Tensor | null,
  eps: number,
): readonly [Tensor, Tensor, Tensor] {
  const [result, mean, invstd] = overLastDims('nativeLayerNorm', input, normalizedShape, weight, bias, eps)
  const moment = (x: Tensor): Tensor => (x.dtype === input.dtype ? x : x.to({ dtype: input.dtype }))
  return [result, moment(mean), moment(invstd)]
}

/** The result, then mean, 1 / √(variance + eps), variance. */
function overLastDims(
  op: string,
  input: Tensor,
  normalizedShape: readonly number[],
  weight: Tensor | null,
  bias: Tensor | null,
  eps: number,
): readonly Tensor[] {
  const lead = input.ndim - normalizedShape.length
  check(
    normalizedShape.length > 0 && lead >= 0 && sameShape(input.shape.slice(lead), normalizedShape),
    () =>
      new ShapeError(
        op,
        `the last dims of the input must be normalizedShape ${formatShape(normalizedShape)}, got ${formatShape(input.shape)}`,
      ),
  )
  for (const [name, part] of Object.entries({ weight, bias })) {
    check(
      part === null || sameShape(part.shape, normalizedShape),
      () =>
        new ShapeError(
          op,
          `${name} must have the shape ${formatShape(normalizedShape)}, got ${formatShape(part!.shape)}`,
        ),
    )
  }
  const dims = normalizedShape.map((_, i) => lead + i)
  const affineShape = [...input.shape.slice(0, lead).map(() => 1), ...normalizedShape]
  return normalized(layerNormOp, input, weight, bias, null, {
    viewShape: input.shape,
    dims,
    affineShape,
    eps,
  })
}

/**
 * Normalises each of `numGroups` groups of channels of each sample.
 *
 * @param input [N, C, ...], C divisible by numGroups
 * @param weight [C], or null
 * @param bias [C], or null
 * @example
 * groupNorm(tensor([[1, 3, 10, 30]]), 2).tolist() // => [[-0.999995, 0.999995, -1, 1]]
 * @see torch.nn.functional.group_norm
 */
export function groupNorm(
  input: Tensor,
  numGroups: number,
  weight: Tensor | null = null,
  bias: Tensor | null = null,
  { eps = 1e-5 }: { eps?: number } = {},
): Tensor {
  const op = 'groupNorm'
  check(
    input.ndim >= 2,
    () =>
      new ShapeError(op, `the input must have at least 2 dims, [N, C, ...], got ${formatShape(input.shape)}`),
  )
  const [batch, channels] = input.shape
  check(
    Number.isInteger(numGroups) && numGroups > 0 && channels % numGroups === 0,
    () =>
      new ShapeError(
        op,
        `the number of channels must be divisible by numGroups (${numGroups}), got input ${formatShape(input.shape)}`,
      ),
  )
  checkChannels(op, { weight, bias }, channels)
  const spatial = numelOf(input.shape.slice(2))
  check(
    input.elementCount === 0 || (channels / numGroups) * spatial * batch > 1,
    () =>
      new ShapeError(
        op,
        `a group must have more than 1 value, got input ${formatShape(input.shape)} in ${numGroups} groups`,
      ),
  )
  const viewShape = [batch, numGroups, channels / numGroups, spatial]
  return normalized(groupNormOp, input, weight, bias, null, {
    viewShape,
    dims: [2, 3],
    affineShape: [1, numGroups, channels / numGroups, 1],
    eps,
  })[0]
}

/**
 * `x / (k + α/n Σ x²)^β` over n neighbouring channels.
 *
 * @example
 * localResponseNorm(tensor([[[1], [2]]]), 2, { alpha: 1 }).tolist() // => [[[0.737788], [0.78159]]]
 * @see torch.nn.functional.local_response_norm
 */
export function localResponseNorm(
  input: Tensor,
  size: number,
  { alpha = 1e-4, beta = 0.75, k = 1 }: { alpha?: number; beta?: number; k?: number } = {},
): Tensor {
  check(
    input.ndim >= 3,
    () =>
      new ShapeError(
        'localResponseNorm',
        `the input must have at least 3 dims, [N, C, ...], got ${formatShape(input.shape)}`,
      ),
  )
  check(
    Number.isInteger(size) && size > 0,
    () => new ArgumentError('localResponseNorm', `size must be a positive integer, got ${size}`),
  )
  if (input.elementCount === 0) return input
  const squares = unsqueeze(mul(input, input), 1)
  const sides = [Math.floor(size / 2), Math.floor((size - 1) / 2)]
  let sums: Tensor
  if (input.ndim === 3) sums = squeeze(avgPool2d(pad(squares, [0, 0, ...sides]), [size, 1], { stride: 1 }), 1)
  else {
    const [batch, channels, rows] = input.shape
    const flat = reshape(squares, [batch, 1, channels, rows, -1])
    sums = reshape(
      squeeze(avgPool3d(pad(flat, [0, 0, 0, 0, ...sides]), [size, 1, 1], { stride: 1 }), 1),
      input.shape,
    )
  }
  return div(input, pow(add(mul(sums, alpha), k), beta))
}
