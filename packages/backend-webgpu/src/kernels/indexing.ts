// gather, scatter and advanced indexing: a thread for each element of the index. A bad index moves nothing and is
// reported to the fault buffer, which the next read checks: the kernels run after the op has returned.
import type { CoreKernels, Operand } from '@tt/tensor'
import { WebGpuBuffer } from '../device/handle.ts'
import type { Runtime } from '../device/runtime.ts'
import { decodeWord, encodeWord, storeKind, wordType } from '../wgsl/storage-format.ts'
import { atomicWords } from './atomic-words.ts'
import { copyKernel } from './copy.ts'
import { faultCode } from './fault.ts'
import { count } from './iteration.ts'
import { sizeAt, strideAt } from './lines.ts'
import { Bindings, Words, address, elementHead, put, runElements, splitIndex } from './program.ts'
import { combineForms } from '../wgsl/combine.ts'

type Indexing = Pick<CoreKernels, 'gather' | 'scatter' | 'indexGet' | 'indexPut'>
type Update = 'set' | 'sum' | 'prod' | 'max' | 'min'

/** Where an index points: its own window, and the dim that it replaces. */
interface Pointer {
  readonly index: Operand
  /** Strides of the index in the iteration space. */
  readonly strides: readonly number[]
  readonly dim: number
  /** Size and stride of that dim in the indexed tensor. */
  readonly size: number
  readonly stride: number
}

/** One kernel: over `sizes`, moves between the indexed tensor and the other one. */
interface Move {
  readonly op: string
  readonly sizes: readonly number[]
  readonly indexed: Operand
  /** Strides of the indexed tensor over `sizes`, 0 where indices decide. */
  readonly indexedStrides: readonly number[]
  readonly pointers: readonly Pointer[]
  readonly wraps: boolean
  readonly other: Operand
  readonly otherStrides: readonly number[]
  /** Null reads the indexed tensor into the other one. */
  readonly update: Update | null
}

/** The indexing kernels of the backend. */
export function createIndexing(runtime: Runtime, map: CoreKernels['map']): Indexing {
  // A dense copy, where a buffer may not be bound twice.
  function copyOf(operand: Operand): Operand {
    const { dtypeInfo, shape } = operand
    const strides = shape.map((_, d) => count(shape.slice(d + 1)))
    const copy: Operand = {
      storage: { buffer: new WebGpuBuffer(count(shape) * dtypeInfo.itemSize) },
      dtypeInfo,
      shape,
      strides,
      offset: 0,
    }
    map(copyKernel(dtypeInfo), [operand], [], [copy])
    return copy
  }

  function run(move: Move): void {
    const n = count(move.sizes)
    if (n === 0) return
    const { op, indexed, other, pointers, update } = move
    const rank = move.sizes.length
    const atomic = update !== null && update !== 'set'
    const bindings = new Bindings(runtime)
    bindings.add(indexed, update === null ? 'read' : 'write').add(other, update === null ? 'write' : 'read')
    for (const { index } of pointers) bindings.add(index, 'read')
    bindings.addBlock(runtime.faultBlock, 'write')
    const dtypes = `${storeKind(indexed.dtypeInfo)},${storeKind(other.dtypeInfo)}`
    const program = runtime.program(
      `${op}:${update}:${dtypes}:${pointers.length}:${rank}:${move.wraps}:${bindings.key}`,
      () => {
        const words = new Words()
        const code = source(move, rank, bindings, words, runtime.faultCode(op))
        const elements = bindings.blocks.map((block, slot) =>
          block === runtime.faultBlock || (atomic && slot === bindings.slots[0])
            ? 'atomic<u32>'
            : bindings.elements[slot],
        )
        return { name: op, access: [...bindings.access], elements, words: words.count, code }
      },
    )
    runElements(
      runtime,
      program,
      bindings,
      n,
      (words, at) => {
        let next = put(words, at, move.sizes.toReversed())
        next = put(words, next, [indexed.offset, ...move.indexedStrides.toReversed()])
        next = put(words, next, [other.offset, ...move.otherStrides.toReversed()])
        for (const { index, strides, dim, size, stride } of pointers) {
          next = put(words, next, [index.offset, ...strides.toReversed(), dim, size, stride])
        }
      },
      program.uniformBytes / 4,
    )
  }

  // Operands that lie in the buffer of a target are copied first.
  function separate(target: Operand, operand: Operand, temporaries: Operand[]): Operand {
    if (operand.storage.buffer !== target.storage.buffer) return operand
    const copy = copyOf(operand)
    temporaries.push(copy)
    return copy
  }
  function withTemporaries(body: (temporaries: Operand[]) => void): void {
    const temporaries: Operand[] = []
    try {
      body(temporaries)
    } finally {
      for (const { storage } of temporaries) runtime.memory.free(storage.buffer as WebGpuBuffer)
    }
  }

  const alongDim = (
    op: string,
    indexed: Operand,
    dim: number,
    index: Operand,
    other: Operand,
    update: Update | null,
  ): Move => {
    const rank = index.shape.length
    const strides = (operand: Operand): number[] =>
      Array.from({ length: rank }, (_, d) => operand.strides[d] ?? 0)
    return {
      op,
      sizes: index.shape,
      indexed,
      indexedStrides: strides(indexed).map((stride, d) => (d === dim ? 0 : stride)),
      wraps: false,
      other,
      otherStrides: strides(other),
      update,
      pointers: [
        { index, strides: strides(index), dim, size: sizeAt(indexed, dim), stride: strideAt(indexed, dim) },
      ],
    }
  }

  const advanced = (
    op: string,
    indexed: Operand,
    indices: readonly (Operand | null)[],
    where: number,
    other: Operand,
    update: Update | null,
  ): Move => {
    const rank = other.shape.length
    const span = indices.find((index) => index !== null)!.shape.length
    const kept = indexed.shape.map((_, d) => d).filter((d) => (indices[d] ?? null) === null)
    const indexedStrides = other.shape.map((_, d) =>
      d >= where && d < where + span ? 0 : indexed.strides[kept[d < where ? d : d - span]],
    )
    const pointers = indices.flatMap((index, dim) =>
      index === null || index === undefined
        ? []
        : [
            {
              index,
              dim,
              size: indexed.shape[dim],
              stride: indexed.strides[dim],
              strides: Array.from({ length: rank }, (_, d) => {
                const own = d - where
                return own >= 0 && own < span && index.shape[own] !== 1 ? index.strides[own] : 0
              }),
            },
          ],
    )
    return {
      op,
      sizes: other.shape,
      indexed,
      indexedStrides,
      pointers,
      wraps: true,
      other,
      otherStrides: other.strides,
      update,
    }
  }

  return {
    gather(input, dim, index, out) {
      run(alongDim('gather', input, dim, index, out, null))
    },
    scatter(target, dim, index, source_, mode) {
      withTemporaries((temporaries) => {
        const update = mode === 'amax' ? 'max' : mode === 'amin' ? 'min' : mode
        run(
          alongDim(
            'scatter',
            target,
            dim,
            separate(target, index, temporaries),
            separate(target, source_, temporaries),
            update,
          ),
        )
      })
    },
    indexGet(input, indices, where, out) {
      run(advanced('index', input, indices, where, out, null))
    },
    indexPut(target, indices, where, source_, accumulate) {
      withTemporaries((temporaries) => {
        const own = indices.map((index) => index && separate(target, index, temporaries))
        run(
          advanced(
            'indexPut',
            target,
            own,
            where,
            separate(target, source_, temporaries),
            accumulate ? 'sum' : 'set',
          ),
        )
      })
    },
  }
}

function source(move: Move, rank: number, bindings: Bindings, words: Words, code: number): string {
  const { indexed, other, pointers, update, wraps } = move
  const { slots } = bindings
  const fault = `b${slots.at(-1)!}`
  // a buffer of atomic words is read atomically
  const atomic = update !== null && update !== 'set'
  const inWords = atomicWords(bindings.elements[slots[0]])
  const read = (slot: number, at: string): string =>
    atomic && slot === slots[0]
      ? inWords.element(`atomicLoad(&b${slot}[${inWords.place(at)}])`, at)
      : `b${slot}[${at}]`
  const head = elementHead(words.next(), words.next())
  const split = splitIndex('i', words.row(rank), 'd')
  const indexedAt = address(words.next(), split.index, words.row(rank))
  const otherAt = address(words.next(), split.index, words.row(rank))
  const steps = pointers.map(({ index }, k) => {
    const at = address(words.next(), split.index, words.row(rank))
    const [dim, size, stride] = words.row(3)
    return `
  var p${k} = ${decodeWord(read(slots[2 + k], at), index.dtypeInfo, 'i32')};
  if (p${k} >= i32(${size}) || p${k} < ${wraps ? `-i32(${size})` : '0'}) {${faultCode(fault, code, `bitcast<u32>(p${k})`, dim, size)}
    return;
  }
  if (p${k} < 0) { p${k} += i32(${size}); }
  let s${k} = u32(p${k}) * ${stride};`
  })
  const target = [indexedAt, ...pointers.map((_, k) => `s${k}`)].join(' + ')
  const type = wordType(indexed.dtypeInfo)
  let body: string
  if (update === null) {
    const value = decodeWord(`b${slots[0]}[${target}]`, indexed.dtypeInfo, type)
    body = `b${slots[1]}[${otherAt}] = ${encodeWord(value, type, other.dtypeInfo)};`
  } else {
    const value = decodeWord(read(slots[1], otherAt), other.dtypeInfo, type)
    if (update === 'set') body = `b${slots[0]}[${target}] = ${encodeWord(value, type, indexed.dtypeInfo)};`
    else {
      const old = decodeWord(inWords.element('old', 'spot'), indexed.dtypeInfo, type)
      const word = `b${slots[0]}[${inWords.place('spot')}]`
      const encoded = encodeWord('combined', type, indexed.dtypeInfo)
      body = `
  let value = ${value};
  let spot = ${target};
  var old = atomicLoad(&${word});
  for (;;) {
    let combined = ${combineForms[update][type](old, 'value')};
    let result = atomicCompareExchangeWeak(&${word}, old, ${inWords.replace('old', 'spot', encoded)});
    if (result.exchanged) { break; }
    old = result.old_value;
  }`
    }
  }
  return `${head}${split.code}${steps.join('')}
  ${body}
}`
}
