// softmax and logSoftmax over the last dim, and their gradients.
import type { FusedKernels, Operand } from '@tt/tensor'
import type { Runtime } from '../device/runtime.ts'
import { decodeWord, encodeWord, storeKind, wordType } from '../wgsl/storage-format.ts'
import { count, isDense } from './iteration.ts'
import { Bindings } from './program.ts'
import { runRows } from './rows.ts'
import type { RowCode } from './rows.ts'

/** The fused softmax kernels of the backend. */
export function createSoftmax(runtime: Runtime): Pick<FusedKernels, 'softmax' | 'softmaxBackward'> {
  const run = (
    name: string,
    operands: readonly Operand[],
    body: (load: (k: number) => string, store: (value: string) => string, code: RowCode) => string,
  ): boolean => {
    const out = operands.at(-1)!
    if (!operands.every((operand) => isDense(operand) && wordType(operand.dtypeInfo) === 'f32')) return false
    const last = operands.length - 1
    const bindings = new Bindings(runtime)
    operands.forEach((operand, k) => bindings.add(operand, k === last ? 'write' : 'read'))
    const size = out.shape.at(-1)!
    const numbers = operands.map(({ offset }) => offset)
    runRows(
      runtime,
      `${name}:${storeKind(out.dtypeInfo)}`,
      bindings,
      { rows: count(out.shape) / size, size, numbers },
      (code) => {
        const place = (k: number): string => `b${bindings.slots[k]}[${code.words[k]} + start + j]`
        return body(
          (k) => decodeWord(place(k), operands[k].dtypeInfo, 'f32'),
          (value) => `${place(last)} = ${encodeWord(value, 'f32', out.dtypeInfo)};`,
          code,
        )
      },
    )
    return true
  }

  return {
    softmax: (input, log, out) =>
      run(
        log ? 'logSoftmax' : 'softmax',
        [input, out],
        (load, store, { each, fold }) => `
  var most = -tt_inf();
  ${each(`most = tt_max(most, ${load(0)});`)}
  ${fold('most', 'max')}
  var total = 0f;
  ${each(`total += tt_exp(${load(0)} - most);`)}
  ${fold('total', 'sum')}
  ${log ? 'let shift = tt_log(total);' : ''}
  ${each(store(log ? `${load(0)} - most - shift` : `tt_exp(${load(0)} - most) / total`))}`,
      ),

    // softmax: y (g − Σ g y); logSoftmax: g − e^y Σ g
    softmaxBackward: (gradient, result, log, out) =>
      run(
        log ? 'logSoftmaxBackward' : 'softmaxBackward',
        [gradient, result, out],
        (load, store, { each, fold }) => `
  var total = 0f;
  ${each(`total += ${log ? load(0) : `${load(0)} * ${load(1)}`};`)}
  ${fold('total', 'sum')}
  ${each(store(log ? `${load(0)} - tt_exp(${load(1)}) * total` : `${load(1)} * (${load(0)} - total)`))}`,
      ),
  }
}
