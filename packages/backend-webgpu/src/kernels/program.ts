// What every kernel shares: binding operands to buffers, writing uniform words, covering n elements by workgroups.
import type { BufferHandle, ComputeType, KernelScalar, Operand } from '@tt/tensor'
import { DTypeError } from '@tt/tensor'
import { requireStored } from '../device/formats.ts'
import type { Block } from '../device/block.ts'
import type { WebGpuBuffer } from '../device/handle.ts'
import { uniformWord } from '../device/programs.ts'
import type { Access, Program, ProgramSource } from '../device/programs.ts'
import type { Runtime } from '../device/runtime.ts'
import type { Dialect } from '../wgsl/library.ts'
import { elementOf } from '../wgsl/storage-format.ts'
import type { Element } from '../wgsl/storage-format.ts'

/** Threads of a workgroup of kernels that go over elements. */
export const groupSize = 64
/** The same of kernels that go one by one over many. */
export const wideGroup = 256

/** The handle's own type. */
export const handleOf = (buffer: BufferHandle): WebGpuBuffer => buffer as WebGpuBuffer

/** Buffers of a kernel. A buffer is bound once, whatever operands lie in it. */
export class Bindings {
  /** For each buffer, the block of an operand in it. */
  readonly blocks: Block[] = []
  readonly access: Access[] = []
  /** For each buffer, the WGSL type of its elements: tensors in it have one. */
  readonly elements: Element[] = []
  /** For each operand in the order of add, the number of its buffer. */
  readonly slots: number[] = []
  /** Blocks of the operands that are read, and of those that are written. */
  readonly reads: Block[] = []
  readonly writes: Block[] = []
  readonly #runtime: Runtime

  constructor(runtime: Runtime) {
    this.#runtime = runtime
  }

  add(operand: Operand, access: Access): this {
    const { dtypeInfo } = operand
    requireStored(dtypeInfo, this.#runtime.name)
    const block = this.#runtime.memory.blockOf(handleOf(operand.storage.buffer), dtypeInfo)
    return this.addBlock(block, access, elementOf(dtypeInfo, this.#runtime.halves))
  }

  addBlock(block: Block, access: Access, element: Element = 'u32'): this {
    let slot = 0
    while (slot < this.blocks.length && this.blocks[slot].buffer !== block.buffer) slot++
    if (slot === this.blocks.length) this.blocks.push(block)
    this.elements[slot] = element
    this.access[slot] = this.access[slot] === 'write' ? 'write' : access
    this.slots.push(slot)
    ;(access === 'read' ? this.reads : this.writes).push(block)
    return this
  }

  /** What the functions that kernels call depend on. */
  get dialect(): Dialect {
    return this.#runtime
  }

  /** Which operands share buffers, which buffers are written, and which hold halves: part of a program's key. */
  get key(): string {
    let key = ''
    for (let i = 0; i < this.slots.length; i++) key += this.slots[i]
    key += ':'
    for (let i = 0; i < this.access.length; i++) {
      key += this.access[i] === 'read' ? 'r' : 'w'
      if (this.elements[i] === 'f16') key += 'h'
    }
    return key
  }
}

/** Names the uniform words of a kernel in the order in which they are written. */
export class Words {
  count = 0
  /** Whether the kernel runs several slices, each with its own words. */
  readonly merged: boolean

  constructor(merged = false) {
    this.merged = merged
  }

  next(): string {
    return uniformWord(this.count++, this.merged)
  }

  /** `n` words in a row. */
  row(n: number): string[] {
    return Array.from({ length: n }, () => this.next())
  }
}

/** WGSL of `offset + Σ index[d] · stride[d]` for strides innermost first. */
export const address = (offset: string, index: readonly string[], strides: readonly string[]): string =>
  [offset, ...index.map((i, d) => `${i} * ${strides[d]}`)].join(' + ')

/** WGSL statements that split a flat index into those of dims with the given sizes, innermost first. */
export function splitIndex(
  flat: string,
  sizes: readonly string[],
  name: string,
): { code: string; index: string[] } {
  const index = sizes.map((_, d) => `${name}${d}`)
  if (sizes.length === 0) return { code: '', index }
  let code = ''
  let rest = flat
  sizes.forEach((size, d) => {
    if (d === sizes.length - 1) code += `let ${name}${d} = ${rest};\n`
    else {
      // not %: integers are divided one by one on CPU drivers, by long code on GPUs
      code += `let ${name}r${d} = ${rest} / ${size};\nlet ${name}${d} = ${rest} - ${name}r${d} * ${size};\n`
      rest = `${name}r${d}`
    }
  })
  return { code, index }
}

/** WGSL head of a kernel of one thread per element: `i` is the element, of the number in `n`. */
export const elementHead = (n: string, row: string, size = groupSize, merged = false): string => `
@compute @workgroup_size(${size})
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  ${merged ? 'slice = id.z * slice_vectors;' : ''}
  let i = id.x + id.y * ${row};
  if (i >= ${n}) { return; }
`

/** Workgroups for n threads, in two dims where one does not suffice; `row` is the number of threads in x. */
export function grid(n: number, most: number, size = groupSize): { x: number; y: number; row: number } {
  const groups = Math.ceil(n / size)
  if (groups <= most) return { x: groups, y: 1, row: groups * size }
  const x = Math.min(most, Math.ceil(Math.sqrt(groups)))
  return { x, y: Math.ceil(groups / x), row: x * size }
}

/** Runs a kernel of one thread per element. Its first two words are the count and the row; `rest` follows. */
export function runElements(
  runtime: Runtime,
  program: Program,
  bindings: Bindings,
  n: number,
  rest: (words: Uint32Array, at: number) => void,
  wordCount: number,
  size = groupSize,
): void {
  const at = runtime.beginWords(wordCount)
  const { x, y, row } = grid(n, runtime.device.limits.maxComputeWorkgroupsPerDimension, size)
  runtime.words[at] = n
  runtime.words[at + 1] = row
  rest(runtime.words, at + 2)
  runtime.dispatch(program, bindings.blocks, at, x, y)
}

/** Like runElements, for kernels that may run as slices of one dispatch: `make` gives the source of either form. */
export function runSliced(
  runtime: Runtime,
  key: string,
  make: (words: Words) => ProgramSource,
  bindings: Bindings,
  n: number,
  rest: (words: Uint32Array, at: number) => void,
  size: number,
): void {
  const sliced = runtime.sliced(key, (merged) => make(new Words(merged)))
  const { x, y, row } = grid(n, runtime.device.limits.maxComputeWorkgroupsPerDimension, size)
  const { single } = sliced
  const { blocks, reads, writes } = bindings
  const at =
    y === 1
      ? runtime.beginSlice(sliced, blocks, reads, writes, x)
      : runtime.beginWords(single.uniformBytes / 4)
  runtime.words[at] = n
  runtime.words[at + 1] = row
  rest(runtime.words, at + 2)
  if (y > 1) runtime.dispatch(single, blocks, at, x, y)
}

/** Writes numbers as uniform words; answers the next position. */
export function put(words: Uint32Array, at: number, values: readonly number[]): number {
  for (let i = 0; i < values.length; i++) words[at + i] = values[i]
  return at + values.length
}

/** Writes the run-time scalars in the kernel's number type. @throws DTypeError for what 32 bits do not hold */
export function putScalars(
  runtime: Runtime,
  at: number,
  op: string,
  params: readonly KernelScalar[],
  compute: ComputeType,
): void {
  for (let i = 0; i < params.length; i++) {
    const value = params[i]
    if (compute === 'f32') runtime.floats[at + i] = Number(value)
    else runtime.words[at + i] = integer(op, value, compute)
  }
}

const int64Limits = [-(2n ** 63n), 2n ** 63n - 1n]
function integer(op: string, value: KernelScalar, compute: ComputeType): number {
  if (compute === 'i32' && typeof value === 'bigint') return Number(BigInt.asIntN(32, value))
  const whole = Math.trunc(Number(value))
  if (whole >= -2147483648 && whole <= 2147483647) return whole
  if (compute === 'i32') return -2147483648
  // the limits of int64, which stand for "less than all" and "more than all", are those of the 32 bits here
  if (value === int64Limits[0]) return -2147483648
  if (value === int64Limits[1]) return 2147483647
  throw new DTypeError(
    op,
    `int64 is held in 32 bits on the GPU: numbers must be in −2³¹ to 2³¹ − 1, got ${value}. ` +
      'Compute on the cpu, or in float32',
  )
}

/** A kernel's source, from the bindings and the words that its code names. */
export const sourceOf = (name: string, bindings: Bindings, words: Words, code: string): ProgramSource => ({
  name,
  access: [...bindings.access],
  elements: bindings.elements,
  words: words.count,
  merged: words.merged,
  code,
})
