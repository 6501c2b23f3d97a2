// Normalisation of dense rows by their mean and variance, and its gradient: layerNorm, groupNorm, instanceNorm.
import type { AffineIndex, FusedKernels, Operand } from '@tt/tensor'
import type { Runtime } from '../device/runtime.ts'
import { decodeWord, encodeWord, storeKind, wordType } from '../wgsl/storage-format.ts'
import { isDense } from './iteration.ts'
import { Bindings } from './program.ts'
import { runRows } from './rows.ts'

/** The fused normalisation kernels of the backend. */
export function createNormalize(
  runtime: Runtime,
): Pick<FusedKernels, 'normalizeRows' | 'normalizeRowsBackward'> {
  const takes = (operands: readonly (Operand | null)[]): boolean =>
    operands.every((x) => x === null || (isDense(x) && wordType(x.dtypeInfo) === 'f32'))
  const bind = (inputs: readonly (Operand | null)[], outputs: readonly Operand[]): Bindings => {
    const bindings = new Bindings(runtime)
    for (const operand of inputs) if (operand !== null) bindings.add(operand, 'read')
    for (const operand of outputs) bindings.add(operand, 'write')
    return bindings
  }
  const load = (buffer: string, at: string, { dtypeInfo }: Operand): string =>
    decodeWord(`${buffer}[${at}]`, dtypeInfo, 'f32')
  const store = (buffer: string, at: string, value: string, { dtypeInfo }: Operand): string =>
    `${buffer}[${at}] = ${encodeWord(value, 'f32', dtypeInfo)};`
  const offsets = (operands: readonly (Operand | null)[]): number[] => operands.map((x) => x?.offset ?? 0)
  const affineNumbers = ({ rows, step, span }: AffineIndex): number[] => [rows, step, span]

  return {
    normalizeRows(input, weight, bias, { eps, affine }, [out, mean, invstd, variance]) {
      const operands = [input, weight, bias, out, mean, invstd, variance]
      if (!takes(operands)) return false
      const bindings = bind([input, weight, bias], [out, mean, invstd, variance])
      if (bindings.blocks.length > runtime.device.limits.maxStorageBuffersPerShaderStage) return false
      const [rows, size] = input.shape
      const bits = new Uint32Array(Float32Array.of(eps).buffer)[0]
      const key = [weight !== null, bias !== null, storeKind(out.dtypeInfo)].join()
      const numbers = [...affineNumbers(affine), bits, ...offsets(operands)]
      runRows(runtime, `normalizeRows:${key}`, bindings, { rows, size, numbers }, ({ words, each, fold }) => {
        const [
          affineRows,
          step,
          span,
          epsilon,
          inputAt,
          weightAt,
          biasAt,
          outAt,
          meanAt,
          invstdAt,
          varianceAt,
        ] = words
        const buffers = bindings.slots.map((slot) => `b${slot}`)
        const x = load(buffers.shift()!, `${inputAt} + start + j`, input)
        const at = `(r % ${affineRows}) * ${step} + j / ${span}`
        const w = weight === null ? '' : ` * ${load(buffers.shift()!, `${weightAt} + ${at}`, weight)}`
        const b = bias === null ? '' : ` + ${load(buffers.shift()!, `${biasAt} + ${at}`, bias)}`
        const [result, mu, inverse, spread] = buffers
        return `
  var average = 0f;
  ${each(`average += ${x};`)}
  ${fold('average', 'sum')}
  average /= f32(length);
  var squares = 0f;
  ${each(`let d = ${x} - average; squares += d * d;`)}
  ${fold('squares', 'sum')}
  squares /= f32(length);
  let scale = 1f / tt_sqrt(squares + bitcast<f32>(${epsilon}));
  ${each(store(result, `${outAt} + start + j`, `(${x} - average) * scale${w}${b}`, out))}
  if (lane == 0u) {
    ${store(mu, `${meanAt} + r`, 'average', mean)}
    ${store(inverse, `${invstdAt} + r`, 'scale', invstd)}
    ${store(spread, `${varianceAt} + r`, 'squares', variance)}
  }`
      })
      return true
    },

    // invstd · (g w − mean(g w) − x̂ · mean(g w x̂))
    normalizeRowsBackward(gradient, input, mean, invstd, weight, affine, out) {
      const operands = [gradient, input, mean, invstd, weight, out]
      if (!takes(operands)) return false
      const bindings = bind([gradient, input, mean, invstd, weight], [out])
      const [rows, size] = input.shape
      const key = `${weight !== null}:${storeKind(out.dtypeInfo)}`
      const numbers = [...affineNumbers(affine), ...offsets(operands)]
      runRows(
        runtime,
        `normalizeRowsBackward:${key}`,
        bindings,
        { rows, size, numbers },
        ({ words, each, fold }) => {
          const [affineRows, step, span, gradientAt, inputAt, meanAt, invstdAt, weightAt, outAt] = words
          const [g, x, mu, inverse, ...rest] = bindings.slots.map((slot) => `b${slot}`)
          const at = `${weightAt} + (r % ${affineRows}) * ${step} + j / ${span}`
          const w = weight === null ? '' : ` * ${load(rest[0], at, weight)}`
          const values = `let gw = ${load(g, `${gradientAt} + start + j`, gradient)}${w};
    let normal = (${load(x, `${inputAt} + start + j`, input)} - average) * scale;`
          const result = '(gw - through_mean - normal * through_scale) * scale'
          return `
  let average = ${load(mu, `${meanAt} + r`, mean)};
  let scale = ${load(inverse, `${invstdAt} + r`, invstd)};
  var through_mean = 0f;
  var through_scale = 0f;
  ${each(`${values} through_mean += gw; through_scale += gw * normal;`)}
  ${fold('through_mean', 'sum')}
  ${fold('through_scale', 'sum')}
  through_mean /= f32(length);
  through_scale /= f32(length);
  ${each(`${values} ${store(rest.at(-1)!, `${outAt} + start + j`, result, out)}`)}`
        },
      )
      return true
    },
  }
}
