// Normalisations by mean and variance: batchNorm, layerNorm, groupNorm, instanceNorm; and localResponseNorm.
import { biasGradient, inputGradient, inverseDeviation, moments, normalizeInto, weightGradient } from '../dispatch/normalization.ts'
import { withGradMode } from '../dispatch/hook.ts'
import { applyComposite, composite } from '../dispatch/structured.ts'
import { ArgumentError, DTypeError, ShapeError, check } from '../errors.ts'
import { formatShape, numelOf, sameShape } from '../shape/shape.ts'
import { newTensor } from '../tensor.ts'
import type { Tensor } from '../tensor.ts'
import { add, div, mul, pow, sub } from './arithmetic.ts'
import { contiguous, copy_, to } from './copy.ts'
import { rsqrt } from './math.ts'
import { pad } from './pad.ts'
import { avgPool2d, avgPool3d } from './pool.ts'
import { mean, sum } from './reduce.ts'
import { reshape, select, squeeze, unsqueeze, view } from './views.ts'

/** Attributes of a normalisation and of its gradient. */
export interface NormalizationAttrs {
  /** The input's shape in which it is normalised: its own, but for groupNorm. */
  readonly viewShape: readonly number[]
  /** Dims of that shape over which the moments are taken. */
  readonly dims: readonly number[]
  /** Shape in which weight and bias broadcast to the view. */
  readonly affineShape: readonly number[]
  readonly eps: number
  readonly hasWeight: boolean
  readonly hasBias: boolean
  /** Whether mean and variance are given (as the last two tensors) instead of taken from the input. */
  readonly fixedMoments: boolean
}

const keptShape = ({ viewShape, dims }: NormalizationAttrs): number[] => viewShape.map((size, i) => (dims.includes(i) ? 1 : size))
function unpack(tensors: readonly Tensor[], { hasWeight, hasBias, fixedMoments }: NormalizationAttrs) {
  let next = 1
  const weight = hasWeight ? tensors[next++] : null
  const bias = hasBias ? tensors[next++] : null
  const [given, variance] = fixedMoments ? tensors.slice(next) : [null, null]
  return { x: tensors[0], weight, bias, given, variance }
}
const isHalf = (x: Tensor): boolean => x.dtypeInfo.itemSize === 2
const wide = (x: Tensor): Tensor => (isHalf(x) ? to(x, { dtype: 'float32' }) : x)

const normalization = (name: string, gradName: string) => composite<NormalizationAttrs>({
  name,
  gradName,
  decompose: (tensors, attrs) => {
    const { x, weight, bias, given, variance } = unpack(tensors, attrs)
    const { viewShape, affineShape, dims, eps } = attrs
    const source = wide(reshape(x, viewShape))
    const kept = keptShape(attrs)
    const average = given === null ? mean(source, dims, { keepdim: true }) : reshape(to(given, { dtype: source.dtype, copy: true }), kept)
    const centered = sub(source, average)
    const spread = variance === null ? mean(mul(centered, centered), dims, { keepdim: true })
      : reshape(to(variance, { dtype: source.dtype, copy: true }), kept)
    const invstd = rsqrt(add(spread, eps))
    const normal = mul(centered, invstd)
    const product = weight === null ? normal : mul(normal, view(wide(weight), affineShape))
    const result = bias === null ? product : add(product, view(wide(bias), affineShape))
    return [reshape(isHalf(x) ? to(result, { dtype: x.dtype }) : result, x.shape), average, invstd, spread]
  },
  fuse: (backend, tensors, attrs) => {
    const { x, weight, bias, given, variance } = unpack(tensors, attrs)
    if (x.elementCount === 0) return null
    const source = view(contiguous(x), attrs.viewShape)
    const kept = keptShape(attrs)
    const { mean: average, variance: spread } = given === null || variance === null ? moments(backend, source, kept)
      : { mean: reshape(to(given, { dtype: wide(x).dtype, copy: true }), kept), variance: reshape(to(variance, { dtype: wide(x).dtype, copy: true }), kept) }
    const invstd = inverseDeviation(backend, spread, attrs.eps)
    const affine = (y: Tensor | null): Tensor | null => (y === null ? null : reshape(y, attrs.affineShape))
    const out = newTensor(backend, x.dtypeInfo, attrs.viewShape, name)
    normalizeInto(backend, source, average, invstd, affine(weight), affine(bias), out)
    return [sameShape(x.shape, out.shape) ? out : reshape(out, x.shape), average, invstd, spread]
  },
})
/** batchNorm: tensors input, weight?, bias?, mean?, variance?; outputs result, mean, 1/√(var + eps), var. */
export const batchNormOp = normalization('batchNorm', 'NativeBatchNormBackward0')
/** layerNorm: as batchNorm. */
export const layerNormOp = normalization('layerNorm', 'NativeLayerNormBackward0')
/** groupNorm: as batchNorm. */
export const groupNormOp = normalization('groupNorm', 'NativeGroupNormBackward0')

/** normalizationBackward: tensors gradient, input, mean, invstd, weight?; outputs the gradients by input, weight, bias. */
export const normalizationBackwardOp = composite<NormalizationAttrs>({
  name: 'normalizationBackward',
  decompose: ([gradient, input, given, inverse, weight], attrs) => {
    const { viewShape, affineShape, dims, eps, fixedMoments } = attrs
    const [g, x] = [gradient, input].map((y) => wide(reshape(y, viewShape)))
    const average = fixedMoments ? given : mean(x, dims, { keepdim: true })
    const centered = sub(x, average)
    const invstd = fixedMoments ? inverse : rsqrt(add(mean(mul(centered, centered), dims, { keepdim: true }), eps))
    const normal = mul(centered, invstd)
    const gw = attrs.hasWeight ? mul(g, view(wide(weight), affineShape)) : g
    const byInput = fixedMoments ? mul(gw, invstd) : mul(invstd, sub(sub(gw, mean(gw, dims, { keepdim: true })),
      mul(normal, mean(mul(gw, normal), dims, { keepdim: true }))))
    const others = affineDims(attrs)
    const back = (y: Tensor, shape: readonly number[]): Tensor => reshape(isHalf(input) ? to(y, { dtype: input.dtype }) : y, shape)
    return [back(byInput, input.shape), ...[mul(g, normal), g].map((y) => back(others.length === 0 ? mul(y, 1) : sum(y, others), [-1]))]
  },
  fuse: (backend, [gradient, input, average, invstd, weight], attrs) => {
    if (input.elementCount === 0) return null
    const { viewShape, affineShape } = attrs
    const [g, x] = [gradient, input].map((y) => view(contiguous(y), viewShape))
    const w = attrs.hasWeight ? reshape(weight, affineShape) : null
    const byInput = inputGradient(backend, g, x, average, invstd, w, !attrs.fixedMoments, newTensor(backend, input.dtypeInfo, viewShape))
    const spread = viewShape.map((_, i) => affineShape[i - viewShape.length + affineShape.length] ?? 1)
    const byWeight = weightGradient(backend, viewShape, [g, x, average, invstd], 1, newTensor(backend, input.dtypeInfo, spread))
    const byBias = biasGradient(backend, viewShape, [g], 1, newTensor(backend, input.dtypeInfo, spread))
    return [reshape(byInput, input.shape), reshape(byWeight, [-1]), reshape(byBias, [-1])]
  },
})
// The dims of the view over which weight and bias repeat.
const affineDims = ({ viewShape, affineShape }: NormalizationAttrs): number[] =>
  viewShape.map((_, i) => i).filter((i) => (affineShape[i - viewShape.length + affineShape.length] ?? 1) === 1)
/**
 * Gradients of a normalisation by input, weight and bias (the last two with one dim; the caller shapes them).
 * `average` and `invstd` are its outputs 1 and 2.
 */
export const normalizationBackward = (
  gradient: Tensor, input: Tensor, average: Tensor, invstd: Tensor, weight: Tensor | null, attrs: NormalizationAttrs,
): readonly Tensor[] => applyComposite(normalizationBackwardOp,
  weight === null ? [gradient, input, average, invstd] : [gradient, input, average, invstd, weight], attrs)

function normalized(
  op: typeof batchNormOp, input: Tensor, weight: Tensor | null, bias: Tensor | null, moments: readonly [Tensor, Tensor] | null,
  attrs: Pick<NormalizationAttrs, 'viewShape' | 'dims' | 'affineShape' | 'eps'>,
): readonly Tensor[] {
  check(input.dtypeInfo.category === 'float', () => new DTypeError(op.name, `the input must be floating-point, got ${input.dtype}. Cast it first`))
  const tensors = [input, ...[weight, bias, ...(moments ?? [])].filter((x) => x !== null)]
  return applyComposite(op, tensors, { ...attrs, hasWeight: weight !== null, hasBias: bias !== null, fixedMoments: moments !== null })
}

function checkChannels(op: string, parts: Readonly<Record<string, Tensor | null>>, count: number): void {
  for (const [name, part] of Object.entries(parts)) {
    check(part === null || (part.ndim === 1 && part.shape[0] === count), () => new ShapeError(op,
      `${name} must have ${count} elements, one per channel, got ${formatShape(part!.shape)}`))
  }
}
const perChannel = (input: Tensor): number[] => input.shape.map((size, i) => (i === 1 ? size : 1))

/** Options of batchNorm. */
export interface BatchNormOptions {
  /** Normalise by the moments of the batch and update the running ones; default false. */
  training?: boolean
  /** Share of the batch in the update of the running moments; default 0.1. */
  momentum?: number
  eps?: number
}
/**
 * Normalises each channel: `(x − mean) / √(var + eps) · weight + bias`, over all dims but 1.
 *
 * @param input [N, C, ...]
 * @param runningMean [C], updated in place when training, or null
 * @param runningVar [C], or null
 * @param weight [C], or null
 * @param bias [C], or null
 * @throws ShapeError if a channel has a single value when training
 * @see torch.nn.functional.batch_norm
 */
export function batchNorm(
  input: Tensor, runningMean: Tensor | null, runningVar: Tensor | null, weight: Tensor | null = null, bias: Tensor | null = null,
  { training = false, momentum = 0.1, eps = 1e-5 }: BatchNormOptions = {},
): Tensor {
  const op = 'batchNorm'
  if (input.elementCount === 0 && input.ndim > 0) return emptyBatch(input, weight, bias)
  check(input.ndim >= 2, () => new ShapeError(op, `the input must have at least 2 dims, [N, C, ...], got ${formatShape(input.shape)}`))
  checkChannels(op, { runningMean, runningVar, weight, bias }, input.shape[1])
  const count = input.shape[1] === 0 ? 0 : input.elementCount / input.shape[1]
  check(!training || count !== 1, () => new ShapeError(op,
    `each channel must have more than 1 value when training, got input ${formatShape(input.shape)}. Use a larger batch or training: false`))
  check(training || (runningMean !== null && runningVar !== null), () => new ArgumentError(op,
    'runningMean and runningVar must be given when not training, got null. Set training: true'))
  const attrs = { viewShape: input.shape, dims: input.shape.map((_, i) => i).filter((i) => i !== 1), affineShape: perChannel(input), eps }
  if (!training) return normalized(batchNormOp, input, weight, bias, [runningMean!, runningVar!], attrs)[0]
  const [result, average, , variance] = normalized(batchNormOp, input, weight, bias, null, attrs)
  if (count > 0) updateRunning(runningMean, runningVar, average, variance, momentum, count)
  return result
}

/** Nothing to normalise: a copy, connected to weight and bias as in PyTorch. */
function emptyBatch(input: Tensor, weight: Tensor | null, bias: Tensor | null): Tensor {
  const scaled = mul(input, weight === null || weight.elementCount === 0 ? 1 : select(weight, 0, 0))
  return bias === null || bias.elementCount === 0 ? scaled : add(scaled, select(bias, 0, 0))
}

/** `running ← (1 − momentum) · running + momentum · moment`, the variance unbiased. */
function updateRunning(runningMean: Tensor | null, runningVar: Tensor | null, average: Tensor, variance: Tensor, momentum: number, count: number): void {
  withGradMode(false, () => {
    const blend = (running: Tensor | null, fresh: Tensor, scale: number): void => {
      if (running === null) return
      copy_(running, add(mul(running, 1 - momentum), mul(reshape(fresh.detach(), running.shape), momentum * scale)))
    }
    blend(runningMean, average, 1)
    blend(runningVar, variance, count / (count - 1))
  })
}

/**
 * Normalises over the last dims: `(x − mean) / √(var + eps) · weight + bias`.
 *
 * @param input [..., ...normalizedShape]
 * @param normalizedShape sizes of the last dims
 * @param weight of normalizedShape, or null
 * @param bias of normalizedShape, or null
 * @see torch.nn.functional.layer_norm
 */
export function layerNorm(
  input: Tensor, normalizedShape: readonly number[], weight: Tensor | null = null, bias: Tensor | null = null, { eps = 1e-5 }: { eps?: number } = {},
): Tensor {
  const lead = input.ndim - normalizedShape.length
  check(normalizedShape.length > 0 && lead >= 0 && sameShape(input.shape.slice(lead), normalizedShape), () => new ShapeError('layerNorm',
    `the last dims of the input must be normalizedShape ${formatShape(normalizedShape)}, got ${formatShape(input.shape)}`))
  for (const [name, part] of Object.entries({ weight, bias })) {
    check(part === null || sameShape(part.shape, normalizedShape), () => new ShapeError('layerNorm',
      `${name} must have the shape ${formatShape(normalizedShape)}, got ${formatShape(part!.shape)}`))
  }
  const dims = normalizedShape.map((_, i) => lead + i)
  const affineShape = [...input.shape.slice(0, lead).map(() => 1), ...normalizedShape]
  return normalized(layerNormOp, input, weight, bias, null, { viewShape: input.shape, dims, affineShape, eps })[0]
}

/**
 * Normalises each of `numGroups` groups of channels of each sample.
 *
 * @param input [N, C, ...], C divisible by numGroups
 * @param weight [C], or null
 * @param bias [C], or null
 * @see torch.nn.functional.group_norm
 */
export function groupNorm(
  input: Tensor, numGroups: number, weight: Tensor | null = null, bias: Tensor | null = null, { eps = 1e-5 }: { eps?: number } = {},
): Tensor {
  const op = 'groupNorm'
  check(input.ndim >= 2, () => new ShapeError(op, `the input must have at least 2 dims, [N, C, ...], got ${formatShape(input.shape)}`))
  const [batch, channels] = input.shape
  check(Number.isInteger(numGroups) && numGroups > 0 && channels % numGroups === 0, () => new ShapeError(op,
    `the number of channels must be divisible by numGroups (${numGroups}), got input ${formatShape(input.shape)}`))
  checkChannels(op, { weight, bias }, channels)
  const spatial = numelOf(input.shape.slice(2))
  check(input.elementCount === 0 || channels / numGroups * spatial * batch > 1, () => new ShapeError(op,
    `a group must have more than 1 value, got input ${formatShape(input.shape)} in ${numGroups} groups`))
  const viewShape = [batch, numGroups, channels / numGroups, spatial]
  return normalized(groupNormOp, input, weight, bias, null, { viewShape, dims: [2, 3], affineShape: [1, numGroups, channels / numGroups, 1], eps })[0]
}

/** Options of instanceNorm. */
export interface InstanceNormOptions {
  /** Normalise by the moments of each sample; default true. */
  useInputStats?: boolean
  momentum?: number
  eps?: number
}
/**
 * Normalises each channel of each sample over the spatial dims.
 *
 * @param input [N, C, ...spatial]
 * @see torch.nn.functional.instance_norm
 */
export function instanceNorm(
  input: Tensor, runningMean: Tensor | null = null, runningVar: Tensor | null = null, weight: Tensor | null = null, bias: Tensor | null = null,
  { useInputStats = true, momentum = 0.1, eps = 1e-5 }: InstanceNormOptions = {},
): Tensor {
  const op = 'instanceNorm'
  check(input.ndim >= 2, () => new ShapeError(op, `the input must have at least 2 dims, [N, C, ...], got ${formatShape(input.shape)}`))
  checkChannels(op, { runningMean, runningVar, weight, bias }, input.shape[1])
  const count = numelOf(input.shape.slice(2))
  check(!useInputStats || count !== 1, () => new ShapeError(op,
    `there must be more than 1 spatial element when training, got input ${formatShape(input.shape)}`))
  check(useInputStats || (runningMean !== null && runningVar !== null), () => new ArgumentError(op,
    'runningMean and runningVar must be given when useInputStats is false, got null'))
  const spatial = input.shape.map((_, i) => i).slice(2)
  const attrs = { viewShape: input.shape, affineShape: perChannel(input), eps }
  if (!useInputStats) {
    return normalized(batchNormOp, input, weight, bias, [runningMean!, runningVar!], { ...attrs, dims: [0, ...spatial] })[0]
  }
  const [result, average, , variance] = normalized(batchNormOp, input, weight, bias, null, { ...attrs, dims: spatial })
  if (input.elementCount > 0 && (runningMean !== null || runningVar !== null)) {
    withGradMode(false, () => updateRunning(runningMean, runningVar, mean(average, 0), mean(variance, 0), momentum, count))
  }
  return result
}

/** `x / (k + α/n Σ x²)^β` over n neighbouring channels. @see torch.nn.functional.local_response_norm */
export function localResponseNorm(
  input: Tensor, size: number, { alpha = 1e-4, beta = 0.75, k = 1 }: { alpha?: number; beta?: number; k?: number } = {},
): Tensor {
  check(input.ndim >= 3, () => new ShapeError('localResponseNorm', `the input must have at least 3 dims, [N, C, ...], got ${formatShape(input.shape)}`))
  check(Number.isInteger(size) && size > 0, () => new ArgumentError('localResponseNorm', `size must be a positive integer, got ${size}`))
  if (input.elementCount === 0) return input
  const squares = unsqueeze(mul(input, input), 1)
  const sides = [Math.floor(size / 2), Math.floor((size - 1) / 2)]
  let sums: Tensor
  if (input.ndim === 3) sums = squeeze(avgPool2d(pad(squares, [0, 0, ...sides]), [size, 1], { stride: 1 }), 1)
  else {
    const [batch, channels, rows] = input.shape
    const flat = reshape(squares, [batch, 1, channels, rows, -1])
    sums = reshape(squeeze(avgPool3d(pad(flat, [0, 0, 0, 0, ...sides]), [size, 1, 1], { stride: 1 }), 1), input.shape)
  }
  return div(input, pow(add(mul(sums, alpha), k), beta))
}
