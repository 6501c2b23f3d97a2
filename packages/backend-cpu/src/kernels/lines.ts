// Kernels along one dim: sort, topk, kthvalue, scan, softmax. The dim is brought to the end and the operands made dense.
import { dtypes } from '@tt/tensor'
import type { CoreKernels, FusedKernels, Operand } from '@tt/tensor'
import type { AssemblyFloat, AssemblyKernels } from '../assembly/index.ts'
import { runRanges } from '../threads/split.ts'
import type { Threads } from '../threads/threads.ts'
import { count } from './iteration.ts'
import { Temporaries, addressOf, nameOf } from './temporaries.ts'

type Lines = Pick<CoreKernels, 'sort' | 'scan'>
type FusedLines = Pick<FusedKernels, 'softmax' | 'softmaxBackward' | 'topk' | 'kthvalue'>
type ScanDType = 'float32' | 'float64' | 'int32' | 'int64'

/** The sort and scan kernels of the backend. */
export function createLines(
  assembly: AssemblyKernels,
  threads: Threads,
  temporaries: () => Temporaries,
): Lines {
  return {
    sort(input, dim, descending, values, indices) {
      if (count(input.shape) === 0) return
      temporaries().run((t) => {
        const [x, v, i] = [input, values, indices].map((operand) => Temporaries.lastDim(oneDim(operand), dim))
        topk(assembly, threads, t, x, x.shape[x.shape.length - 1], descending, v, i)
      })
    },

    scan(mode, input, dim, output, indices) {
      if (count(input.shape) === 0) return
      temporaries().run((t) => {
        const [x, y] = [oneDim(input), oneDim(output)]
        const n = x.shape[dim]
        const inner = count(x.shape.slice(dim + 1))
        const outer = count(x.shape.slice(0, dim))
        const wide = scanDType(output)
        const from = widened(t, x, wide)
        const to = output.dtypeInfo === wide ? t.result(y) : t.empty(y.shape, wide)
        const name = wide.name as ScanDType
        if (mode === 'sum' || mode === 'prod') {
          assembly[mode === 'sum' ? 'cumsum' : 'cumprod'][name](
            outer,
            n,
            inner,
            addressOf(from),
            addressOf(to),
          )
        } else {
          const at = indices === null ? t.empty(x.shape, dtypes.int64) : t.result(oneDim(indices))
          assembly[mode === 'max' ? 'cummax' : 'cummin'][name](
            outer,
            n,
            inner,
            addressOf(from),
            addressOf(to),
            addressOf(at),
          )
        }
        if (output.dtypeInfo !== wide) t.copy(to, y)
      })
    },
  }
}

/** The fused kernels over the last dim. */
export function createFusedLines(
  assembly: AssemblyKernels,
  threads: Threads,
  temporaries: () => Temporaries,
): FusedLines {
  const rowsOf = (operand: Operand): [rows: number, n: number] => {
    const n = operand.shape[operand.shape.length - 1] ?? 1
    return [n === 0 ? 0 : count(operand.shape) / n, n]
  }
  return {
    softmax(input, log, out) {
      if (input.dtypeInfo.category !== 'float' || count(input.shape) === 0) return false
      temporaries().run((t) => {
        const [x, y] = [t.dense(input), t.result(out)]
        const kernel =
          assembly[log ? 'logSoftmaxForward' : 'softmaxForward'][nameOf(x.dtypeInfo) as AssemblyFloat]
        const [rows, n] = rowsOf(input)
        const bytes = n * x.dtypeInfo.itemSize
        runRanges(threads, kernel, rows, count(input.shape) * (log ? 0.0006 : 0.0008), (start, end) => [
          end - start,
          n,
          addressOf(x) + start * bytes,
          addressOf(y) + start * bytes,
        ])
      })
      return true
    },
    softmaxBackward(gradient, result, log, out) {
      if (result.dtypeInfo.category !== 'float' || count(result.shape) === 0) return false
      temporaries().run((t) => {
        const [dy, y, dx] = [t.dense(gradient), t.dense(result), t.result(out)]
        const kernel =
          assembly[log ? 'logSoftmaxBackward' : 'softmaxBackward'][nameOf(y.dtypeInfo) as AssemblyFloat]
        const [rows, n] = rowsOf(result)
        const bytes = n * y.dtypeInfo.itemSize
        runRanges(threads, kernel, rows, count(result.shape) * (log ? 0.0006 : 0.0003), (start, end) => [
          end - start,
          n,
          addressOf(y) + start * bytes,
          addressOf(dy) + start * bytes,
          addressOf(dx) + start * bytes,
        ])
      })
      return true
    },
    topk(input, k, largest, _sorted, values, indices) {
      if (count(input.shape) === 0 || k === 0) return false
      temporaries().run((t) =>
        topk(assembly, threads, t, oneDim(input), k, largest, oneDim(values), oneDim(indices)),
      )
      return true
    },
    kthvalue(input, places, values, indices) {
      const [rows, n] = rowsOf(input)
      if (n < leastSelected || rows === 0) return false
      temporaries().run((t) => {
        const [x, at, v, i] = [t.dense(input), t.dense(places), t.result(values), t.result(indices)]
        const size = x.dtypeInfo.itemSize
        const scratch = scratchOf(assembly, n, size)
        runRanges(
          threads,
          assembly.kthvalue[nameOf(x.dtypeInfo)],
          rows,
          rows * n * 0.006,
          (start, end) => [
            end - start,
            n,
            addressOf(at) + start * 8,
            addressOf(x) + start * n * size,
            addressOf(v) + start * size,
            addressOf(i) + start * 8,
            0,
          ],
          (parts) => ({ arg: 6, address: t.bytes(scratch * parts), bytes: scratch }),
        )
      })
      return true
    },
  }
}

// Selection goes over tables of digits: shorter rows are sorted sooner.
const leastSelected = 256
const scratchOf = (assembly: AssemblyKernels, n: number, size: number): number =>
  (assembly.sortScratch(n, size) + 63) & ~63

function topk(
  assembly: AssemblyKernels,
  threads: Threads,
  t: Temporaries,
  input: Operand,
  k: number,
  descending: boolean,
  values: Operand,
  indices: Operand,
): void {
  const n = input.shape[input.shape.length - 1]
  const [x, v, i] = [t.dense(input), t.result(values), t.result(indices)]
  const size = x.dtypeInfo.itemSize
  const scratch = scratchOf(assembly, n, size)
  // about 20 ns for an element that is sorted, up to 6 for one among which some are selected, less for few
  const microseconds = count(input.shape) * (4 * k * k <= n ? 0.001 : k <= n / 4 ? 0.006 : 0.02)
  runRanges(
    threads,
    assembly.topk[nameOf(x.dtypeInfo)],
    count(input.shape) / n,
    microseconds,
    (start, end) => [
      end - start,
      n,
      k,
      descending ? 1 : 0,
      addressOf(x) + start * n * size,
      addressOf(v) + start * k * size,
      addressOf(i) + start * k * 8,
      0,
    ],
    (parts) => ({ arg: 7, address: t.bytes(scratch * parts), bytes: scratch }),
  )
}

// 0-dim operands are those of one dim of size 1.
const oneDim = (operand: Operand): Operand => {
  if (operand.shape.length > 0) return operand
  const { storage, dtypeInfo, offset } = operand
  return { storage, dtypeInfo, shape: [1], strides: [1], offset }
}

function scanDType(output: Operand) {
  const { dtypeInfo } = output
  if (dtypeInfo.category === 'float') return dtypeInfo === dtypes.float64 ? dtypes.float64 : dtypes.float32
  return dtypeInfo === dtypes.int64 ? dtypes.int64 : dtypes.int32
}

const widened = (t: Temporaries, operand: Operand, dtype: Operand['dtypeInfo']): Operand =>
  operand.dtypeInfo === dtype ? t.dense(operand) : t.cast(operand, dtype)
