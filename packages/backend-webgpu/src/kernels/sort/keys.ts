// What is sorted: for each element a 32-bit key in the order of the values (NaN the greatest, zeros of both signs equal),
// lines one after the other; and how the elements that were found are given out.
import type { DTypeInfo, Operand } from '@tt/tensor'
import type { Block } from '../../device/block.ts'
import type { Runtime } from '../../device/runtime.ts'
import { decodeWord, encodeWord, storeKind, wordType } from '../../wgsl/storage-format.ts'
import { count, isDense } from '../iteration.ts'
import { lineCode, lineWords, linesOf, putLines, sizeAt } from '../lines.ts'
import type { Take } from './scratch.ts'
import { Bindings, Words, elementHead, put, runElements, sourceOf } from '../program.ts'

/** Keys of lines of `size` elements, less than 2^bits. */
export interface Keys {
  readonly keys: Block
  readonly lines: number
  readonly size: number
  readonly bits: number
}

// Bits of the keys of a dtype. The low bits of a half type, held as float32, follow from its sign.
const keyBits: Readonly<Record<string, number>> = {
  bool: 1,
  uint8: 8,
  int8: 8,
  int16: 16,
  float16: 19,
  bfloat16: 16,
}
const bitsOf = ({ name }: DTypeInfo): number => keyBits[name] ?? 32

// WGSL of the key of a value.
function keyCode(value: string, dtype: DTypeInfo): string {
  const bits = bitsOf(dtype)
  if (dtype.category === 'float') return `(sort_key(${value}) >> ${32 - bits}u)`
  if (dtype.min === 0 || dtype.category === 'bool') return `bitcast<u32>(${value})`
  return bits === 32
    ? `(bitcast<u32>(${value}) ^ 0x80000000u)`
    : `bitcast<u32>(${value} + ${2 ** (bits - 1)}i)`
}

/** The keys of an operand's lines along `dim`: those of the smallest values are the least, or those of the greatest. */
export function keysOf(runtime: Runtime, take: Take, input: Operand, dim: number, descending: boolean): Keys {
  const lines = linesOf([input], dim)
  const size = sizeAt(input, dim)
  const n = count(input.shape)
  const bits = bitsOf(input.dtypeInfo)
  const keys = take(n)
  const type = wordType(input.dtypeInfo)
  const { rank } = lines.outer
  const bindings = new Bindings(runtime).add(input, 'read').addBlock(keys, 'write')
  const isOneRun = dim >= input.shape.length - 1 && isDense(input)
  const key = `sort keys:${storeKind(input.dtypeInfo)}:${descending}:${isOneRun ? 'run' : rank}:${bindings.key}`
  const program = runtime.program(key, () => {
    const words = new Words()
    const head = elementHead(words.next(), words.next())
    const length = words.next()
    const line = isOneRun ? null : lineCode(rank, 1, `(i / ${length})`, words)
    const place = line === null ? `${words.next()} + i` : line.at[0](`i % ${length}`)
    const value = decodeWord(`b0[${place}]`, input.dtypeInfo, type)
    const code = `
fn sort_key(x: f32) -> u32 {
  let word = bitcast<u32>(x);
  let u = select(word, 0u, (word << 1u) == 0u);
  return select(u ^ select(0x80000000u, 0xffffffffu, (u >> 31u) != 0u), 0xffffffffu, tt_isnan(x));
}
${head}
  ${line?.code ?? ''}
  b1[i] = ${descending ? `${2 ** bits - 1}u - ` : ''}${keyCode(value, input.dtypeInfo)};
}`
    return sourceOf('sort', bindings, words, code)
  })
  runElements(
    runtime,
    program,
    bindings,
    n,
    (words, at) => {
      words[at] = size
      if (isOneRun) words[at + 1] = input.offset
      else putLines(words, at + 1, lines)
    },
    4 + lineWords(rank, 1),
  )
  return { keys, lines: n / size, size, bits }
}

/** Gives out the elements at `positions`, of which each line has `perLine`, the results' size in `dim` or more. */
export function takeAt(
  runtime: Runtime,
  input: Operand,
  dim: number,
  { positions, perLine }: { positions: Block; perLine: number },
  values: Operand,
  indices: Operand,
): void {
  const bindings = new Bindings(runtime)
    .add(input, 'read')
    .add(values, 'write')
    .add(indices, 'write')
    .addBlock(positions, 'read')
  const type = wordType(input.dtypeInfo)
  // the results may be shorter: lines are counted by them
  const lines = linesOf([values, input, indices], dim)
  const { rank } = lines.outer
  const size = sizeAt(values, dim)
  const key = `sort take:${storeKind(input.dtypeInfo)}:${storeKind(values.dtypeInfo)}:${rank}:${bindings.key}`
  const program = runtime.program(key, () => {
    const words = new Words()
    const head = elementHead(words.next(), words.next())
    const [length, row] = words.row(2)
    const line = lineCode(rank, 3, 'line', words)
    const [x, v, at, found] = bindings.slots.map((slot) => `b${slot}`)
    const value = decodeWord(`${x}[${line.at[1]('origin')}]`, input.dtypeInfo, type)
    const code = `${head}
  let line = i / ${length};
  let p = i % ${length};
  let origin = ${found}[line * ${row} + p];
  ${line.code}
  ${v}[${line.at[0]('p')}] = ${encodeWord(value, type, values.dtypeInfo)};
  ${at}[${line.at[2]('p')}] = origin;
}`
    return sourceOf('sort', bindings, words, code)
  })
  runElements(
    runtime,
    program,
    bindings,
    count(values.shape),
    (words, at) => putLines(words, put(words, at, [size, perLine]), lines),
    4 + lineWords(rank, 3),
  )
}

/** Buffers of a kernel that reads keys (b0), and their positions (b2) if they are not as they lie, and writes an order (b1). */
export function bindOrder(runtime: Runtime, keys: Block, positions: Block | null, order: Block): Bindings {
  const bindings = new Bindings(runtime).addBlock(keys, 'read').addBlock(order, 'write')
  return positions === null ? bindings : bindings.addBlock(positions, 'read')
}
