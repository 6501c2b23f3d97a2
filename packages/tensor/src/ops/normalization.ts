// The normalisations by mean and variance as records: one composite each, and one gradient for all of them.
import {
  biasGradient,
  inputGradient,
  inverseDeviation,
  momentDtype,
  moments,
  normalizeInto,
  weightGradient,
} from '../dispatch/normalization.ts'
import { applyComposite, composite } from '../dispatch/structured.ts'
import type { AffineIndex } from '../backend/kernels.ts'
import { numelOf, sameShape } from '../shape/shape.ts'
import { newTensor } from '../tensor.ts'
import type { Tensor } from '../tensor.ts'
import { add, mul, sub } from './arithmetic.ts'
import { contiguous, to } from './copy.ts'
import { rsqrt } from './math.ts'
import { mean, sum } from './reduce.ts'
import { detach, reshape, view } from './views.ts'

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

const keptShape = ({ viewShape, dims }: NormalizationAttrs): number[] =>
  viewShape.map((size, i) => (dims.includes(i) ? 1 : size))
function unpack(tensors: readonly Tensor[], { hasWeight, hasBias, fixedMoments }: NormalizationAttrs) {
  let next = 1
  const weight = hasWeight ? tensors[next++] : null
  const bias = hasBias ? tensors[next++] : null
  const [given, variance] = fixedMoments ? tensors.slice(next) : [null, null]
  return { x: tensors[0], weight, bias, given, variance }
}
/** The view as rows, each of which has moments of its own. */
const rowsOf = (x: Tensor, kept: readonly number[]): Tensor => view(x, [numelOf(kept), -1])
/** Where weight and bias are for a row and a column; null unless the moments are those of the last dims. */
function affineIndexOf({ viewShape, affineShape, dims }: NormalizationAttrs): AffineIndex | null {
  const lead = viewShape.length - dims.length
  if (dims.some((d) => d < lead)) return null
  const affine = [...viewShape.map(() => 1), ...affineShape].slice(-viewShape.length)
  const [outer, inner] = [affine.slice(0, lead), affine.slice(lead)]
  const rows = outer.at(-1) ?? 1
  const repeated = inner.findIndex((size) => size === 1)
  const varying = repeated < 0 ? inner.length : repeated
  if (outer.slice(0, -1).some((size) => size !== 1) || inner.slice(varying).some((size) => size !== 1))
    return null
  return { rows, step: numelOf(inner), span: numelOf(viewShape.slice(lead + varying)) }
}
const isHalf = (x: Tensor): boolean => x.dtypeInfo.itemSize === 2
const wide = (x: Tensor): Tensor => (isHalf(x) ? to(x, { dtype: 'float32' }) : x)

const normalization = (name: string, gradName: string) =>
  composite<NormalizationAttrs>({
    name,
    gradName,
    decompose: (tensors, attrs) => {
      const { x, weight, bias, given, variance } = unpack(tensors, attrs)
      const { viewShape, affineShape, dims, eps } = attrs
      const source = wide(reshape(x, viewShape))
      const kept = keptShape(attrs)
      const average =
        given === null
          ? mean(source, dims, { keepdim: true })
          : reshape(to(given, { dtype: source.dtype, copy: true }), kept)
      const centered = sub(source, average)
      const spread =
        variance === null
          ? mean(mul(centered, centered), dims, { keepdim: true })
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
      const affineIndex = given === null ? affineIndexOf(attrs) : null
      if (affineIndex !== null && backend.fused.normalizeRows !== undefined) {
        const [average, invstd, spread] = [0, 1, 2].map(() =>
          newTensor(backend, momentDtype(x.dtypeInfo), kept),
        )
        const out = newTensor(backend, x.dtypeInfo, x.shape, name)
        const outputs = [out, average, invstd, spread] as const
        const options = { eps: attrs.eps, affine: affineIndex }
        const [w, b] = [weight, bias].map((y) => (y === null ? null : contiguous(y)))
        if (backend.fused.normalizeRows(rowsOf(source, kept), w, b, options, outputs))
          return [out, average, invstd, spread]
      }
      const { mean: average, variance: spread } =
        given === null || variance === null
          ? moments(backend, source, kept)
          : {
              mean: reshape(to(given, { dtype: wide(x).dtype, copy: true }), kept),
              variance: reshape(to(variance, { dtype: wide(x).dtype, copy: true }), kept),
            }
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
    const invstd = fixedMoments
      ? inverse
      : rsqrt(add(mean(mul(centered, centered), dims, { keepdim: true }), eps))
    const normal = mul(centered, invstd)
    const gw = attrs.hasWeight ? mul(g, view(wide(weight), affineShape)) : g
    const byInput = fixedMoments
      ? mul(gw, invstd)
      : mul(
          invstd,
          sub(
            sub(gw, mean(gw, dims, { keepdim: true })),
            mul(normal, mean(mul(gw, normal), dims, { keepdim: true })),
          ),
        )
    const others = affineDims(attrs)
    const back = (y: Tensor, shape: readonly number[]): Tensor =>
      reshape(isHalf(input) ? to(y, { dtype: input.dtype }) : y, shape)
    return [
      back(byInput, input.shape),
      ...[mul(g, normal), g].map((y) => back(others.length === 0 ? mul(y, 1) : sum(y, others), [-1])),
    ]
  },
  fuse: (backend, [gradient, input, average, invstd, weight], attrs) => {
    if (input.elementCount === 0) return null
    const { viewShape, affineShape } = attrs
    const [g, x] = [gradient, input].map((y) => view(contiguous(y), viewShape))
    const w = attrs.hasWeight ? reshape(weight, affineShape) : null
    const byInput = newTensor(backend, input.dtypeInfo, viewShape)
    const affineIndex = attrs.fixedMoments ? null : affineIndexOf(attrs)
    const fused =
      affineIndex !== null &&
      backend.fused.normalizeRowsBackward?.(
        rowsOf(g, average.shape),
        rowsOf(x, average.shape),
        average,
        invstd,
        attrs.hasWeight ? contiguous(weight) : null,
        affineIndex,
        byInput,
      )
    if (!fused) inputGradient(backend, g, x, average, invstd, w, !attrs.fixedMoments, byInput)
    const spread = viewShape.map((_, i) => affineShape[i - viewShape.length + affineShape.length] ?? 1)
    const byWeight = weightGradient(
      backend,
      viewShape,
      [g, x, average, invstd],
      1,
      newTensor(backend, input.dtypeInfo, spread),
    )
    const byBias = biasGradient(backend, viewShape, [g], 1, newTensor(backend, input.dtypeInfo, spread))
    return [reshape(byInput, input.shape), reshape(byWeight, [-1]), reshape(byBias, [-1])]
  },
})
// The dims of the view over which weight and bias repeat.
const affineDims = ({ viewShape, affineShape }: NormalizationAttrs): number[] =>
  viewShape
    .map((_, i) => i)
    .filter((i) => (affineShape[i - viewShape.length + affineShape.length] ?? 1) === 1)
/**
 * Gradients of a normalisation by input, weight and bias (the last two with one dim; the caller shapes them).
 * `average` and `invstd` are its outputs 1 and 2.
 */
export const normalizationBackward = (
  gradient: Tensor,
  input: Tensor,
  average: Tensor,
  invstd: Tensor,
  weight: Tensor | null,
  attrs: NormalizationAttrs,
): readonly Tensor[] =>
  applyComposite(
    normalizationBackwardOp,
    weight === null
      ? [gradient, input, detach(average), detach(invstd)]
      : [gradient, input, detach(average), detach(invstd), weight],
    attrs,
  )
