// softmax and logSoftmax over the last dim, and their gradients.
import type { FusedKernels, Operand } from '@tt/tensor'
import type { Runtime } from '../device/runtime.ts'
import { storeKind, wordType } from '../wgsl/storage-format.ts'
import { count, isDense } from './iteration.ts'
import { bindRows, runRows } from './rows.ts'
import type { RowCode } from './rows.ts'

/** The fused softmax kernels of the backend. */
export function createSoftmax(runtime: Runtime): Pick<FusedKernels, 'softmax' | 'softmaxBackward'> {
  const run = (
    name: string,
    inputs: readonly Operand[],
    out: Operand,
    body: (code: RowCode) => string,
  ): boolean => {
    if (![...inputs, out].every((x) => isDense(x) && wordType(x.dtypeInfo) === 'f32')) return false
    const size = out.shape.at(-1)!
    const all = { rows: count(out.shape) / size, size, inputs, out }
    runRows(runtime, `${name}:${storeKind(out.dtypeInfo)}`, all, bindRows(runtime, all), body)
    return true
  }

  return {
    softmax: (input, log, out) =>
      run(
        log ? 'logSoftmax' : 'softmax',
        [input],
        out,
        ({ each, fold }) => `
  var most = -tt_inf();
  ${each('most = tt_max(most, x0);')}
  ${fold('most', 'max')}
  var total = 0f;
  ${each('total += tt_exp(x0 - most);')}
  ${fold('total', 'sum')}
  ${log ? 'let shift = tt_log(total);' : ''}
  ${each('', log ? 'x0 - most - shift' : 'tt_exp(x0 - most) / total')}`,
      ),

    // softmax: y (g − Σ g y); logSoftmax: g − e^y Σ g
    softmaxBackward: (gradient, result, log, out) =>
      run(
        log ? 'logSoftmaxBackward' : 'softmaxBackward',
        [gradient, result],
        out,
        ({ each, fold }) => `
  var total = 0f;
  ${each(`total += ${log ? 'x0' : 'x0 * x1'};`)}
  ${fold('total', 'sum')}
  ${each('', log ? 'x0 - tt_exp(x1) * total' : 'x1 * (x0 - total)')}`,
      ),
  }
}
