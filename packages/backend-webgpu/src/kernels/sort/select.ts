// The k first of long lines, and the k-th, without sorting them: digit by digit from the highest, the key of that place is
// found by counting; then the keys before it, and as many equal ones as belong, are brought together.
import type { FusedKernels, Operand } from '@tt/tensor'
import type { Block } from '../../device/block.ts'
import type { Runtime } from '../../device/runtime.ts'
import { groupHead, lanesBefore } from './group-partition.ts'
import { count } from '../iteration.ts'
import { lineCode, lineWords, linesOf, putLines } from '../lines.ts'
import { orderOf } from './order.ts'
import { addUp, countDigits, moveByDigit, runParts, takeCounts } from './partition.ts'
import type { Counts } from './partition.ts'
import { Bindings, Words, elementHead, put, runElements, sourceOf } from '../program.ts'
import { withScratch } from './scratch.ts'
import type { Take } from './scratch.ts'
import { keysOf, takeAt } from './keys.ts'
import type { Keys } from './keys.ts'

/** Lines for which it is worth it: several times as long as what is looked for, and as a sort of one kernel takes. */
const leastSize = 1024
const leastRatio = 8

/** The fused topk and kthvalue kernels of the backend. */
export function createSelect(runtime: Runtime): Pick<FusedKernels, 'topk' | 'kthvalue'> {
  const select = (
    input: Operand,
    descending: boolean,
    k: number | Operand,
    values: Operand,
    indices: Operand,
  ): boolean => {
    const size = input.shape.at(-1)!
    const kept = typeof k === 'number' ? k : 1
    if (count(values.shape) === 0 || size < leastSize || size < kept * leastRatio) return false
    const dim = input.shape.length - 1
    withScratch(runtime, (take) => {
      const keys = keysOf(runtime, take, input, dim, descending)
      const state = startState(runtime, take, keys, k)
      const positions = selected(runtime, take, keys, state, typeof k === 'number' ? k : null)
      takeAt(runtime, input, dim, { positions, perLine: kept }, values, indices)
    })
    return true
  }
  return {
    topk: (input, k, largest, _sorted, values, indices) => select(input, largest, k, values, indices),
    kthvalue: (input, places, values, indices) => select(input, false, places, values, indices),
  }
}

// For each line: the key of the place so far, and how many keys with the same digits come before it. The third word is the
// place itself, where lines differ in it.
function startState(runtime: Runtime, take: Take, { lines }: Keys, k: number | Operand): Block {
  const state = take(lines * 3)
  const places = typeof k === 'number' ? null : linesOf([k], k.shape.length - 1)
  const rank = places?.outer.rank ?? 0
  const bindings = new Bindings(runtime).addBlock(state, 'write')
  if (typeof k !== 'number') bindings.add(k, 'read')
  const program = runtime.program(`select start:${rank}:${bindings.key}`, () => {
    const words = new Words()
    const head = elementHead(words.next(), words.next())
    const place = places === null ? words.next() : null
    const line = places === null ? null : lineCode(rank, 1, 'i', words)
    const code = `${head}
  ${line?.code ?? ''}
  let place = ${place ?? `b1[${line!.at[0]('0u')}]`};
  b0[3u * i] = 0u;
  b0[3u * i + 1u] = place;
  b0[3u * i + 2u] = place;
}`
    return sourceOf('select', bindings, words, code)
  })
  runElements(
    runtime,
    program,
    bindings,
    lines,
    (words, at) => {
      if (places === null) words[at] = (k as number) - 1
      else putLines(words, at, places)
    },
    3 + lineWords(rank, 1),
  )
  return state
}

// Positions of the first k of each line in order, or of the one at its place.
function selected(runtime: Runtime, take: Take, keys: Keys, state: Block, k: number | null): Block {
  const { lines, size, bits } = keys
  const values = Math.min(256, 2 ** bits)
  const counts = takeCounts(runtime, take, keys, values)
  for (let low = 8 * Math.ceil(bits / 8) - 8; low >= 0; low -= 8) {
    const digit = {
      name: `select${values}`,
      values,
      // of keys with the same digits above; 32 − bits by shifting twice
      words: [low, values === 256 ? low + 7 : 31],
      code: ([shift, last]: readonly string[], lineState: string) =>
        `select(${values}u, (key >> ${shift}) & ${values - 1}u, (((key ^ ${lineState}[3u * line]) >> ${last}) >> 1u) == 0u)`,
      state,
    }
    countDigits(runtime, keys.keys, keys, digit, counts)
    chooseDigit(runtime, lines, values, low, counts, state)
  }
  // before the key found, equal to it, after it
  const digit = {
    name: 'select sides',
    values: 3,
    words: [],
    code: (_: readonly string[], lineState: string) =>
      `select(select(2u, 1u, key == ${lineState}[3u * line]), 0u, key < ${lineState}[3u * line])`,
    state,
  }
  const sides = takeCounts(runtime, take, keys, digit.values)
  countDigits(runtime, keys.keys, keys, digit, sides)
  const kept = k ?? 1
  const found = { keys: take(lines * kept), positions: take(lines * kept) }
  const shift = k === null ? (lineState: string) => `${lineState}[3u * line + 2u]` : undefined
  const extent = { lines, size, places: [0, kept], shift } as const
  moveByDigit(runtime, { keys: keys.keys, positions: null }, extent, digit, sides, found)
  if (kept === 1) return found.positions
  return orderOf(runtime, take, { keys: found.keys, lines, size: kept, bits }, found.positions)
}

// The digit at whose keys the place lies becomes part of the key; the place then counts from the first of them.
function chooseDigit(
  runtime: Runtime,
  lines: number,
  values: number,
  low: number,
  sums: Counts,
  state: Block,
): void {
  const bindings = new Bindings(runtime).addBlock(state, 'write')
  const choose = (d: string, before: string): string => `
      b0[3u * i] |= ${d} << shift;
      b0[3u * i + 1u] = place - ${before};`
  const { counts, totals, parts } = sums
  if (totals === null) {
    bindings.addBlock(counts, 'read')
    const program = runtime.program(`select choose:${values}:alone`, () => {
      const words = new Words()
      const head = elementHead(words.next(), words.next())
      const [shift, perLine] = words.row(2)
      const code = `${head}
  let shift = ${shift};
  let place = b0[3u * i + 1u];
  var before = 0u;
  for (var d = 0u; d < ${values}u; d++) {
    var here = 0u;
    for (var p = 0u; p < ${perLine}; p++) { here += b1[(i * ${values}u + d) * ${perLine} + p]; }
    if (place < before + here) {${choose('d', 'before')}
      return;
    }
    before += here;
  }
}`
      return sourceOf('select', bindings, words, code)
    })
    const rest = (words: Uint32Array, at: number): void => void put(words, at, [low, parts])
    return runElements(runtime, program, bindings, lines, rest, 4)
  }
  addUp(runtime, lines, values, sums)
  bindings.addBlock(totals, 'read')
  const program = runtime.program(`select choose:${values}:group`, () => {
    const words = new Words()
    const [n, row, shift] = words.row(3)
    const code = `
${lanesBefore}
${groupHead({ n, row })}
  let shift = ${shift};
  let place = b0[3u * i + 1u];
  var here = 0u;
  if (lane < ${values}u) { here = b1[i * ${values}u + lane]; }
  let before = lanes_before(lane, here);
  storageBarrier(); // all have read the place
  if (place >= before && place < before + here) {${choose('lane', 'before')}
  }
}`
    return sourceOf('select', bindings, words, code)
  })
  runParts(runtime, program, bindings, lines, [low])
}
