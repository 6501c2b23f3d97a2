// Normalisation of dense rows by their mean and variance, and its gradient: layerNorm, groupNorm, instanceNorm.
import type { AffineIndex, FusedKernels, Operand } from '@tt/tensor'
import type { Runtime } from '../device/runtime.ts'
import { decodeWord, encodeWord, storeKind, wordType } from '../wgsl/storage-format.ts'
import { isDense } from './iteration.ts'
import { bindRows, runRows } from './rows.ts'

/** The fused normalisation kernels of the backend. */
export function createNormalize(
  runtime: Runtime,
): Pick<FusedKernels, 'normalizeRows' | 'normalizeRowsBackward'> {
  const takes = (operands: readonly (Operand | null)[]): boolean =>
    operands.every((x) => x === null || (isDense(x) && wordType(x.dtypeInfo) === 'f32'))
  const load = (place: string, { dtypeInfo }: Operand): string => decodeWord(place, dtypeInfo, 'f32')
  const store = (place: string, value: string, { dtypeInfo }: Operand): string =>
    `${place} = ${encodeWord(value, 'f32', dtypeInfo)};`
  const affineNumbers = ({ rows, step, span }: AffineIndex): number[] => [rows, step, span]
  const given = (operands: readonly (Operand | null)[]): Operand[] => operands.filter((x) => x !== null)

  return {
    normalizeRows(input, weight, bias, { eps, affine }, [out, mean, invstd, variance]) {
      if (!takes([input, weight, bias, out, mean, invstd, variance])) return false
      const [rows, size] = input.shape
      const bits = new Uint32Array(Float32Array.of(eps).buffer)[0]
      const numbers = [...affineNumbers(affine), bits]
      const own = { reads: given([weight, bias]), writes: [mean, invstd, variance], numbers }
      const all = { rows, size, inputs: [input], out, ...own }
      const bindings = bindRows(runtime, all)
      if (bindings.blocks.length > runtime.device.limits.maxStorageBuffersPerShaderStage) return false
      const key = `normalizeRows:${[weight !== null, bias !== null, storeKind(out.dtypeInfo)].join()}`
      runRows(runtime, key, all, bindings, ({ words, reads, writes, each, fold }) => {
        const [affineRows, step, span, epsilon] = words
        const [first, second] = reads
        const w = weight === null ? '' : ` * ${load(first('place'), weight)}`
        const b = bias === null ? '' : ` + ${load((weight === null ? first : second)('place'), bias)}`
        const place = w + b === '' ? '' : `let place = (r % ${affineRows}) * ${step} + j / ${span};`
        const [mu, inverse, spread] = writes
        return `
  var average = 0f;
  ${each('average += x0;')}
  ${fold('average', 'sum')}
  average /= f32(length);
  var squares = 0f;
  ${each('let d = x0 - average; squares += d * d;')}
  ${fold('squares', 'sum')}
  squares /= f32(length);
  let scale = 1f / tt_sqrt(squares + bitcast<f32>(${epsilon}));
  ${each(place, `(x0 - average) * scale${w}${b}`)}
  if (lane == 0u) {
    ${store(mu('r'), 'average', mean)}
    ${store(inverse('r'), 'scale', invstd)}
    ${store(spread('r'), 'squares', variance)}
  }`
      })
      return true
    },

    // invstd · (g w − mean(g w) − x̂ · mean(g w x̂))
    normalizeRowsBackward(gradient, input, mean, invstd, weight, affine, out) {
      if (!takes([gradient, input, mean, invstd, weight, out])) return false
      const [rows, size] = input.shape
      const own = { reads: given([mean, invstd, weight]), numbers: affineNumbers(affine) }
      const all = { rows, size, inputs: [gradient, input], out, ...own }
      const key = `normalizeRowsBackward:${weight !== null}:${storeKind(out.dtypeInfo)}`
      runRows(runtime, key, all, bindRows(runtime, all), ({ words, reads, each, fold }) => {
        const [affineRows, step, span] = words
        const [mu, inverse, weights] = reads
        const at = `(r % ${affineRows}) * ${step} + j / ${span}`
        const w = weight === null ? '' : ` * ${load(weights(at), weight)}`
        const values = `let gw = x0${w}; let normal = (x1 - average) * scale;`
        return `
  let average = ${load(mu('r'), mean)};
  let scale = ${load(inverse('r'), invstd)};
  var through_mean = 0f;
  var through_scale = 0f;
  ${each(`${values} through_mean += gw; through_scale += gw * normal;`)}
  ${fold('through_mean', 'sum')}
  ${fold('through_scale', 'sum')}
  through_mean /= f32(length);
  through_scale /= f32(length);
  ${each(values, '(gw - through_mean - normal * through_scale) * scale')}`
      })
      return true
    },
  }
}
