// Convolutions over 1, 2 and 3 spatial dims, and the transposed ones.
import type { ConvolutionGeometry } from '../backend/kernels.ts'
import { checkFactors } from '../dispatch/matmul.ts'
import { apply } from '../dispatch/structured.ts'
import { spatialSizes } from '../dispatch/window.ts'
import type { Sizes } from '../dispatch/window.ts'
import { ArgumentError, ShapeError, check } from '../errors.ts'
import { formatShape } from '../shape/shape.ts'
import type { Tensor } from '../tensor.ts'
import { convolutionInput, convolutionOp } from './convolution.ts'
import { zeros } from './creation.ts'
import { cat } from './join.ts'
import { squeeze, unsqueeze } from './views.ts'

/** Options of the convolutions. */
export interface ConvOptions {
  /** Step of the window; default 1. */
  stride?: Sizes
  /** Zeros on both sides of each spatial dim, or 'same' (result as large as the input) or 'valid' (none); default 0. */
  padding?: Sizes | 'same' | 'valid'
  /** Distance between the elements of the kernel; default 1. */
  dilation?: Sizes
  /** Number of groups that the channels are divided into; default 1. */
  groups?: number
}
/** Options of the transposed convolutions. */
export interface ConvTransposeOptions {
  stride?: Sizes
  /** Cut from both sides of each spatial dim; default 0. */
  padding?: Sizes
  /** Added to one side of each spatial dim of the result; default 0. */
  outputPadding?: Sizes
  groups?: number
  dilation?: Sizes
}

/**
 * Cross-correlation over one spatial dim.
 *
 * @param input [N, Cin, L] or [Cin, L]
 * @param weight [Cout, Cin / groups, K]
 * @param bias [Cout], or null
 * @returns [N, Cout, Lout] or [Cout, Lout]
 * @throws ShapeError if channels, groups or sizes do not fit
 * @example
 * conv1d(tensor([[[1, 2, 3, 4]]]), tensor([[[1, -1]]])).tolist() // => [[[-1, -1, -1]]]
 * @see torch.nn.functional.conv1d
 */
export const conv1d = (
  input: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  options: ConvOptions = {},
): Tensor => convolve('conv1d', 1, input, weight, bias, options)
/**
 * Cross-correlation over two spatial dims.
 *
 * @param input [N, Cin, H, W] or [Cin, H, W]
 * @param weight [Cout, Cin / groups, Kh, Kw]
 * @param bias [Cout], or null
 * @returns [N, Cout, Hout, Wout], Hout = ⌊(H + 2·padding − dilation·(Kh − 1) − 1) / stride⌋ + 1
 * @throws ShapeError if channels, groups or sizes do not fit
 * @example
 * conv2d(ones([1, 3, 8, 8]), ones([4, 3, 3, 3]), null, { padding: 1 }).shape // => [1, 4, 8, 8]
 * @see torch.nn.functional.conv2d
 */
export const conv2d = (
  input: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  options: ConvOptions = {},
): Tensor => convolve('conv2d', 2, input, weight, bias, options)
/**
 * Cross-correlation over three spatial dims.
 *
 * @example
 * conv3d(ones([1, 1, 2, 2, 2]), ones([3, 1, 2, 2, 2])).flatten().tolist() // => [8, 8, 8]
 * @see torch.nn.functional.conv3d
 */
export const conv3d = (
  input: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  options: ConvOptions = {},
): Tensor => convolve('conv3d', 3, input, weight, bias, options)

/**
 * Transposed convolution over one spatial dim: the gradient of conv1d by its input.
 *
 * @param input [N, Cin, L] or [Cin, L]
 * @param weight [Cin, Cout / groups, K]
 * @example
 * convTranspose1d(tensor([[[1, 2]]]), tensor([[[1, 10]]])).tolist() // => [[[1, 12, 20]]]
 * @see torch.nn.functional.conv_transpose1d
 */
export const convTranspose1d = (
  input: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  options: ConvTransposeOptions = {},
): Tensor => transposed('convTranspose1d', 1, input, weight, bias, options)
/**
 * Transposed convolution over two spatial dims.
 *
 * @example
 * convTranspose2d(tensor([[[[2]]]]), tensor([[[[1, 2], [3, 4]]]])).tolist() // => [[[[2, 4], [6, 8]]]]
 * @see torch.nn.functional.conv_transpose2d
 */
export const convTranspose2d = (
  input: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  options: ConvTransposeOptions = {},
): Tensor => transposed('convTranspose2d', 2, input, weight, bias, options)
/**
 * Transposed convolution over three spatial dims.
 *
 * @example
 * convTranspose3d(ones([1, 1, 1, 1, 1]), ones([1, 2, 2, 2, 2])).shape // => [1, 2, 2, 2, 2]
 * @see torch.nn.functional.conv_transpose3d
 */
export const convTranspose3d = (
  input: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  options: ConvTransposeOptions = {},
): Tensor => transposed('convTranspose3d', 3, input, weight, bias, options)

function checkOperands(
  op: string,
  rank: number,
  input: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  groups: number,
): void {
  checkFactors(op, bias === null ? [input, weight] : [input, weight, bias])
  check(
    Number.isInteger(groups) && groups > 0,
    () => new ArgumentError(op, `groups must be a positive integer, got ${groups}`),
  )
  check(
    weight.ndim === rank + 2,
    () => new ShapeError(op, `the weight must have ${rank + 2} dims, got ${formatShape(weight.shape)}`),
  )
  check(
    input.ndim === rank + 1 || input.ndim === rank + 2,
    () =>
      new ShapeError(
        op,
        `the input must have ${rank + 1} (unbatched) or ${rank + 2} (batched) dims, got ${formatShape(input.shape)}`,
      ),
  )
  check(
    weight.shape[0] % groups === 0 && weight.shape[0] >= groups,
    () =>
      new ShapeError(
        op,
        `the first dim of the weight must be divisible by groups (${groups}), got ${formatShape(weight.shape)}`,
      ),
  )
}

function checkBias(op: string, bias: Tensor | null, channels: number): void {
  check(
    bias === null || (bias.ndim === 1 && bias.shape[0] === channels),
    () =>
      new ShapeError(
        op,
        `the bias must have one dim of ${channels} elements, one per output channel, got ${formatShape(bias!.shape)}`,
      ),
  )
}

function convolve(
  op: string,
  rank: number,
  input: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  { stride = 1, padding = 0, dilation = 1, groups = 1 }: ConvOptions,
): Tensor {
  checkOperands(op, rank, input, weight, bias, groups)
  const steps = spatialSizes(op, 'stride', stride, rank, 1)
  const gaps = spatialSizes(op, 'dilation', dilation, rank, 1)
  const kernel = weight.shape.slice(2)
  const channels = input.shape[input.ndim - rank - 1]
  check(
    channels === weight.shape[1] * groups,
    () =>
      new ShapeError(
        op,
        `the input must have weight.shape[1] · groups = ${weight.shape[1] * groups} channels, got ${channels}: input ` +
          `${formatShape(input.shape)}, weight ${formatShape(weight.shape)}, groups ${groups}`,
      ),
  )
  checkBias(op, bias, weight.shape[0])
  if (typeof padding === 'string') {
    check(
      padding === 'same' || padding === 'valid',
      () => new ArgumentError(op, `padding must be numbers, 'same' or 'valid', got '${String(padding)}'`),
    )
    check(
      padding === 'valid' || steps.every((n) => n === 1),
      () => new ArgumentError(op, "padding 'same' needs a stride of 1, got " + formatShape(steps)),
    )
  }
  const total = kernel.map((k, i) => gaps[i] * (k - 1)) // what 'same' adds, in both sides together
  const pads =
    padding === 'valid'
      ? kernel.map(() => 0)
      : padding === 'same'
        ? total.map((n) => Math.floor(n / 2))
        : spatialSizes(op, 'padding', padding as Sizes, rank, 0)
  const odd = padding === 'same' ? total.map((n) => n % 2) : kernel.map(() => 0)
  kernel.forEach((k, i) => {
    const size = input.shape[input.ndim - rank + i] + 2 * pads[i] + odd[i]
    check(
      gaps[i] * (k - 1) + 1 <= size,
      () =>
        new ShapeError(
          op,
          `the kernel must not be larger than the padded input, got a reach of ${gaps[i] * (k - 1) + 1} over ${size} in spatial dim ${i}. Pad more`,
        ),
    )
  })
  const batched = input.ndim === rank + 2
  const geometry: ConvolutionGeometry = { stride: steps, padding: pads, dilation: gaps, groups }
  const source = odd.reduce(
    (x, n, i) => (n === 0 ? x : padEnd(x, i + 2)),
    batched ? input : unsqueeze(input, 0),
  )
  const result = apply(convolutionOp, bias === null ? [source, weight] : [source, weight, bias], geometry)
  return batched ? result : squeeze(result, 0)
}

/** One position of zeros after the last one of `dim`. */
const padEnd = (x: Tensor, dim: number): Tensor =>
  cat([x, zeros(x.shape.with(dim, 1), { dtype: x.dtype, device: x.device })], dim)

function transposed(
  op: string,
  rank: number,
  input: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  { stride = 1, padding = 0, outputPadding = 0, groups = 1, dilation = 1 }: ConvTransposeOptions,
): Tensor {
  checkOperands(op, rank, input, weight, bias, groups)
  const steps = spatialSizes(op, 'stride', stride, rank, 1)
  const gaps = spatialSizes(op, 'dilation', dilation, rank, 1)
  const pads = spatialSizes(op, 'padding', padding, rank, 0)
  const extra = spatialSizes(op, 'outputPadding', outputPadding, rank, 0)
  const channels = input.shape[input.ndim - rank - 1]
  check(
    channels === weight.shape[0],
    () =>
      new ShapeError(
        op,
        `the input must have weight.shape[0] = ${weight.shape[0]} channels, got ${channels}`,
      ),
  )
  const outChannels = weight.shape[1] * groups
  checkBias(op, bias, outChannels)
  extra.forEach((n, i) =>
    check(
      n < steps[i] || n < gaps[i],
      () =>
        new ShapeError(
          op,
          `outputPadding must be smaller than stride or dilation, got ${n} for stride ${steps[i]} and dilation ${gaps[i]}`,
        ),
    ),
  )
  const sizes = steps.map((step, i) => {
    const size =
      (input.shape[input.ndim - rank + i] - 1) * step -
      2 * pads[i] +
      gaps[i] * (weight.shape[i + 2] - 1) +
      extra[i] +
      1
    check(
      size > 0,
      () =>
        new ShapeError(
          op,
          `the result must not be empty, got size ${size} in spatial dim ${i}. Use less padding`,
        ),
    )
    return size
  })
  const batched = input.ndim === rank + 2
  const source = batched ? input : unsqueeze(input, 0)
  const result = convolutionInput(
    source,
    weight,
    [source.shape[0], outChannels, ...sizes],
    { stride: steps, padding: pads, dilation: gaps, groups },
    bias,
  )
  return batched ? result : squeeze(result, 0)
}
