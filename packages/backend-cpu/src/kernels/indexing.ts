// gather, scatter and advanced indexing by the AssemblyScript kernels.
import { IndexError, dtypes } from '@tt/tensor'
import type { CoreKernels, Operand } from '@tt/tensor'
import { reduceOps } from '../assembly/index.ts'
import type { AssemblyKernels } from '../assembly/index.ts'
import { count } from './iteration.ts'
import { addressOf, computeDtype, nameOf } from './temporaries.ts'
import type { Temporaries } from './temporaries.ts'

type Indexing = Pick<CoreKernels, 'gather' | 'scatter' | 'indexGet' | 'indexPut'>
type ItemSize = 1 | 2 | 4 | 8

/** The indexing kernels of the backend. */
export function createIndexing(assembly: AssemblyKernels, temporaries: () => Temporaries): Indexing {
  // A kernel answers the address of the first bad index.
  const refuse = (t: Temporaries, op: string, address: number, dim: number, size: number): void => {
    if (address === 0) return
    const value = t.runtime.heap.i64[(address >>> 0) / 8]
    throw new IndexError(op, `index ${value} is out of bounds for dim ${dim} with size ${size}`)
  }
  const at = (operand: Operand): number => addressOf(operand)

  return {
    gather(input, dim, index, out) {
      if (count(index.shape) === 0) return
      temporaries().run((t) => {
        const ix = int64(t, index)
        const rank = index.shape.length
        const bad = assembly.gather[input.dtypeInfo.itemSize as ItemSize](
          rank,
          t.words(index.shape),
          dim,
          size(input, dim),
          at(input),
          t.words(strides(input, rank)),
          at(ix),
          t.words(strides(ix, rank)),
          at(out),
          t.words(strides(out, rank)),
          t.bytes(4 * rank),
        )
        refuse(t, 'gather', bad, dim, size(input, dim))
      })
    },

    scatter(target, dim, index, source, mode) {
      if (count(index.shape) === 0) return
      temporaries().run((t) => {
        const ix = int64(t, index)
        const rank = index.shape.length
        const moved = mode === 'set'
        const native = moved || computeDtype(target.dtypeInfo).itemSize === target.dtypeInfo.itemSize
        const self = native ? target : t.inPlace(target)
        const from = native ? source : t.native(source)
        const args: Parameters<AssemblyKernels['scatter'][1]> = [
          rank,
          t.words(index.shape),
          dim,
          size(target, dim),
          at(self),
          t.words(strides(self, rank)),
          at(ix),
          t.words(strides(ix, rank)),
          at(from),
          t.words(strides(from, rank)),
          t.bytes(4 * rank),
        ]
        const bad =
          mode === 'set'
            ? assembly.scatter[target.dtypeInfo.itemSize as ItemSize](...args)
            : target.dtypeInfo === dtypes.bool
              ? boolScatter(args, mode)
              : assembly.scatterReduce[nameOf(target.dtypeInfo)](reduceOps[mode], ...args)
        refuse(t, 'scatter', bad, dim, size(target, dim))
      })
    },

    indexGet(input, indices, where, out) {
      if (count(out.shape) === 0) return
      temporaries().run((t) =>
        advanced(
          t,
          'index',
          assembly.indexGet[input.dtypeInfo.itemSize as ItemSize],
          input,
          indices,
          where,
          out,
        ),
      )
    },

    indexPut(target, indices, where, source, accumulate) {
      if (count(source.shape) === 0) return
      temporaries().run((t) => {
        if (!accumulate) {
          advanced(
            t,
            'indexPut',
            assembly.indexPut[target.dtypeInfo.itemSize as ItemSize],
            target,
            indices,
            where,
            source,
          )
          return
        }
        if (target.dtypeInfo === dtypes.bool) {
          // the sum of truth values is true where one of them is
          const counts = t.cast(target, dtypes.int32)
          advanced(
            t,
            'indexPut',
            assembly.indexPutAdd.int32,
            counts,
            indices,
            where,
            t.cast(source, dtypes.int32),
          )
          t.copy(counts, target)
          return
        }
        const native = computeDtype(target.dtypeInfo) === target.dtypeInfo
        const self = native ? target : t.inPlace(target)
        const from = native ? source : t.native(source)
        advanced(t, 'indexPut', assembly.indexPutAdd[nameOf(target.dtypeInfo)], self, indices, where, from)
      })
    },
  }

  // Truth values: a sum is "or", which is the maximum; a product "and", the minimum.
  function boolScatter(
    args: Parameters<AssemblyKernels['scatter'][1]>,
    mode: 'sum' | 'prod' | 'amax' | 'amin',
  ): number {
    const combine = mode === 'sum' || mode === 'amax' ? reduceOps.amax : reduceOps.amin
    return assembly.scatterReduce.uint8(combine, ...args)
  }

  function advanced(
    t: Temporaries,
    op: string,
    kernel: AssemblyKernels['indexPut'][1],
    self: Operand,
    indices: readonly (Operand | null)[],
    where: number,
    other: Operand,
  ): void {
    const given = indices.flatMap((index, dim) => (index === null ? [] : [{ dim, index: int64(t, index) }]))
    const span = given[0].index.shape.length
    const rank = other.shape.length
    const keptDims = self.shape.map((_, d) => d).filter((d) => indices[d] === null)
    const selfStrides = Array.from({ length: rank }, (_, d) => {
      if (d >= where && d < where + span) return 0
      return self.strides[keptDims[d < where ? d : d - span]]
    })
    const indexStrides = given.flatMap(({ index }) =>
      Array.from({ length: rank }, (_, d) => {
        const own = d - where
        return own >= 0 && own < span && index.shape[own] !== 1 ? index.strides[own] : 0
      }),
    )
    const scratch = t.bytes(8 + 4 * rank)
    const bad = kernel(
      rank,
      t.words(other.shape),
      at(self),
      t.words(selfStrides),
      given.length,
      t.words(given.map(({ index }) => at(index) | 0)),
      t.words(indexStrides),
      t.words(given.map(({ dim }) => self.shape[dim])),
      t.words(given.map(({ dim }) => self.strides[dim])),
      at(other),
      t.words(other.strides),
      scratch,
    )
    if (bad !== 0) {
      const { dim } = given[t.runtime.heap.i32[(scratch >>> 0) / 4]]
      refuse(t, op, bad, dim, self.shape[dim])
    }
  }
}

// 0-dim operands are those of one dim of size 1.
const size = (operand: Operand, dim: number): number => operand.shape[dim] ?? 1
const strides = (operand: Operand, rank: number): number[] =>
  Array.from({ length: rank }, (_, d) => operand.strides[d] ?? 0)

const int64 = (t: Temporaries, index: Operand): Operand => {
  if (index.dtypeInfo === dtypes.int64) return index
  return t.cast(index, dtypes.int64)
}
