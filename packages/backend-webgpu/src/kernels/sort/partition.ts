// Stable partition of lines of keys by a digit of few values: the keys of each digit together, in the order in which they
// were. Each line is cut into parts; the digits of each part are counted, the counts of a line added up, and the keys
// moved to where those before them end. A part is gone over by one thread, or by a workgroup on GPUs (group-partition.ts).
import type { Block } from '../../device/block.ts'
import type { Runtime } from '../../device/runtime.ts'
import { groupCountCode, groupMoveCode, groupLanes, groupPart, rowScanCode } from './group-partition.ts'
import type { Take } from './scratch.ts'
import { Bindings, Words, elementHead, grid, put, runElements, sourceOf } from '../program.ts'

/** A digit of keys: one of `values` numbers (to be left out of counts: another), the greatest for 0xffffffff. */
export interface Digit {
  readonly name: string
  readonly values: number
  /** WGSL of the digit of `key` in line `line`, by words of uniforms and the buffer of `state`. */
  readonly code: (words: readonly string[], state: string) => string
  readonly words: readonly number[]
  /** By what lines differ. */
  readonly state?: Block
}

/** Pairs of lines: keys, and positions; null stands for those of the keys themselves. */
export interface Pairs {
  readonly keys: Block
  readonly positions: Block | null
}

/** The lines, and which places of their new order are kept: one range, which may be elsewhere in each line. */
export interface Extent {
  readonly lines: number
  readonly size: number
  readonly places: readonly [from: number, to: number]
  /** WGSL, by the buffer of the digit's state, of what is added to both ends. */
  readonly shift?: ((state: string) => string) | undefined
}

/** Where digits are counted. */
export interface Counts {
  /** For each line and digit a number for each part. */
  readonly counts: Block
  /** For each line the sums of its digits; null without barriers. */
  readonly totals: Block | null
  readonly parts: number
  readonly partSize: number
}

// Without barriers: threads for all lines together, and the least that one of them goes over
const threads = 256
const leastPart = 1024

/** Cuts lines into parts; room to count digits of so many values. */
export function takeCounts(
  runtime: Runtime,
  take: Take,
  { lines, size }: { lines: number; size: number },
  values: number,
): Counts {
  const partSize = runtime.barrierFree
    ? Math.max(leastPart, Math.ceil(size / Math.ceil(threads / lines)))
    : groupPart
  const parts = Math.ceil(size / partSize)
  const totals = runtime.barrierFree ? null : take(lines * values)
  return { counts: take(lines * values * parts), totals, parts, partSize }
}

// A thread goes over the keys from `start` to `end`; `at` is where its part's count of the first digit lies.
const aloneHead = (values: number, [n, row, length, perLine, partLength]: readonly string[]): string => `
${elementHead(n, row, partThreads)}
  let line = i / ${perLine};
  let part = i % ${perLine};
  let start = line * ${length} + part * ${partLength};
  let end = min(start + ${partLength}, (line + 1u) * ${length});
  let at = line * ${perLine} * ${values}u + part;`

/** Counts the digits of all keys. */
export function countDigits(
  runtime: Runtime,
  keys: Block,
  { lines, size }: { lines: number; size: number },
  digit: Digit,
  { counts, parts, partSize }: Counts,
): void {
  const bindings = new Bindings(runtime).addBlock(keys, 'read').addBlock(counts, 'write')
  if (digit.state !== undefined) bindings.addBlock(digit.state, 'read')
  const form = runtime.barrierFree ? 'alone' : 'group'
  const program = runtime.program(`partition count:${digit.name}:${form}:${bindings.key}`, () => {
    const words = new Words()
    const [n, row, length, perLine, partLength] = words.row(5)
    const b = bindings.slots.map((slot) => `b${slot}`)
    const part = { n, row, length, perLine, partLength, keys: b[0], counts: b[1] }
    const value = digit.code(words.row(digit.words.length), b[2])
    const code = runtime.barrierFree
      ? `${aloneHead(digit.values, [n, row, length, perLine, partLength])}
  for (var d = 0u; d < ${digit.values}u; d++) { ${b[1]}[at + d * ${perLine}] = 0u; }
  for (var p = start; p < end; p++) {
    let key = ${b[0]}[p];
    let d = ${value};
    if (d < ${digit.values}u) { ${b[1]}[at + d * ${perLine}] += 1u; }
  }
}`
      : groupCountCode(digit.values, value, part)
    return sourceOf('sort', bindings, words, code)
  })
  runParts(runtime, program, bindings, lines * parts, [size, parts, partSize, ...digit.words])
}

/** Moves the keys, by counts that are added up in place. */
export function moveByDigit(
  runtime: Runtime,
  from: Pairs,
  { lines, size, places, shift }: Extent,
  digit: Digit,
  sums: Counts,
  to: { keys: Block; positions: Block },
): void {
  const { counts, totals, parts, partSize } = sums
  addUp(runtime, lines, digit.values, sums)
  const bindings = new Bindings(runtime)
    .addBlock(from.keys, 'read')
    .addBlock(to.keys, 'write')
    .addBlock(to.positions, 'write')
    .addBlock(counts, totals === null ? 'write' : 'read')
  if (from.positions !== null) bindings.addBlock(from.positions, 'read')
  if (totals !== null) bindings.addBlock(totals, 'read')
  if (digit.state !== undefined) bindings.addBlock(digit.state, 'read')
  const form = totals === null ? 'alone' : 'group'
  const isWhole = places[0] === 0 && places[1] === size && shift === undefined
  const key = `partition move:${digit.name}:${form}:${from.positions === null}:${isWhole}:${shift !== undefined}:${bindings.key}`
  const program = runtime.program(key, () => {
    const words = new Words()
    const [n, row, length, perLine, partLength, first, beyond] = words.row(7)
    const b = bindings.slots.map((slot) => `b${slot}`)
    const [keys, toKeys, toPositions, ends] = b.splice(0, 4)
    const positions = from.positions === null ? null : b.shift()!
    const whole = totals === null ? '' : b.shift()!
    const value = digit.code(words.row(digit.words.length), b[0])
    const start = `(${first}${shift === undefined ? '' : ` + ${shift(b[0])}`})`
    const store = (place: string, position: string): string => {
      const body = (at: string): string => `${toKeys}[${at}] = key;\n    ${toPositions}[${at}] = ${position};`
      if (isWhole) return body(`line * ${length} + ${place}`)
      const at = `line * (${beyond} - ${first}) + ${place} - ${start}`
      return `if (${place} - ${start} < ${beyond} - ${first}) { ${body(at)} }` // below the first one it wraps around
    }
    const origin = (p: string): string =>
      positions === null ? `${p} - line * ${length}` : `${positions}[${p}]`
    const code =
      totals === null
        ? `${aloneHead(digit.values, [n, row, length, perLine, partLength])}
  for (var p = start; p < end; p++) {
    let key = ${keys}[p];
    let c = at + (${value}) * ${perLine};
    let place = ${ends}[c];
    ${ends}[c] = place + 1u;
    ${store('place', origin('p'))}
  }
}`
        : groupMoveCode(digit.values, value, origin, store, {
            n,
            row,
            length,
            perLine,
            partLength,
            keys,
            counts: ends,
            totals: whole,
          })
    return sourceOf('sort', bindings, words, code)
  })
  runParts(runtime, program, bindings, lines * parts, [size, parts, partSize, ...places, ...digit.words])
}

/** Each count becomes the sum of those before it: of the whole line, or, where there are totals, of the same digit. */
export function addUp(
  runtime: Runtime,
  lines: number,
  values: number,
  { counts, totals, parts }: Counts,
): void {
  const bindings = new Bindings(runtime).addBlock(counts, 'write')
  if (totals !== null) bindings.addBlock(totals, 'write')
  const [rows, length] = totals === null ? [lines, values * parts] : [lines * values, parts]
  if (totals !== null && parts >= fewParts) {
    const program = runtime.program('partition add rows', () => {
      const words = new Words()
      const [n, row, size] = words.row(3)
      return sourceOf('sort', bindings, words, rowScanCode(n, row, size))
    })
    return runParts(runtime, program, bindings, rows, [length])
  }
  const program = runtime.program(`partition add:${totals !== null}`, () => {
    const words = new Words()
    const head = elementHead(words.next(), words.next(), partThreads)
    const size = words.next()
    const code = `${head}
  var total = 0u;
  for (var p = i * ${size}; p < (i + 1u) * ${size}; p++) {
    let here = b0[p];
    b0[p] = total;
    total += here;
  }
  ${totals === null ? '' : 'b1[i] = total;'}
}`
    return sourceOf('sort', bindings, words, code)
  })
  runElements(runtime, program, bindings, rows, (words, at) => put(words, at, [length]), 3, partThreads)
}
const fewParts = 64

// Threads of a workgroup that go over parts of their own: few, so that a CPU's cores share them
const partThreads = 16

/** Runs a kernel of one thread, or one workgroup, for each part; its first two words are their count and the row. */
export function runParts(
  runtime: Runtime,
  program: Parameters<typeof runElements>[1],
  bindings: Bindings,
  parts: number,
  numbers: readonly number[],
): void {
  const rest = (words: Uint32Array, at: number): void => void put(words, at, numbers)
  if (runtime.barrierFree) {
    runElements(runtime, program, bindings, parts, rest, 2 + numbers.length, partThreads)
    return
  }
  const at = runtime.beginWords(2 + numbers.length)
  const most = runtime.device.limits.maxComputeWorkgroupsPerDimension
  const { x, y, row } = grid(parts * groupLanes, most, groupLanes)
  put(runtime.words, at, [parts, row, ...numbers])
  runtime.dispatch(program, bindings.blocks, at, x, y)
}
