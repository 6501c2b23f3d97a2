// Running combinations along a dim. A long line is cut into parts, each of a thread, or on GPUs of a workgroup where
// neighbours lie beside each other (see scan-group.ts): first the total of each part, then the running totals of the parts
// (the same again), then each part from the total of those before it.
import type { CoreKernels, Operand } from '@tt/tensor'
import type { Block } from '../device/block.ts'
import type { Runtime } from '../device/runtime.ts'
import { combineForms } from '../wgsl/combine.ts'
import { decodeWord, encodeWord, storeKind, wordType } from '../wgsl/storage-format.ts'
import { beats } from './arg-reduce.ts'
import { count } from './iteration.ts'
import { lineCode, lineWords, linesOf, putLines, sizeAt, strideAt } from './lines.ts'
import { Bindings, Words, elementHead, groupSize, put, runElements, sourceOf } from './program.ts'
import { groupScan, groupTile, scanGroup } from './scan-group.ts'

/** Totals of the parts of each line: the words of their values, and the positions of extremes. */
interface Totals {
  readonly values: Block
  readonly positions: Block | null
  readonly perLine: number
  /** Elements of a part. */
  readonly part: number
}

/** scan of the backend. */
export function createScan(runtime: Runtime): CoreKernels['scan'] {
  // Elements of a thread's part, if there are not enough lines to keep all threads busy; and the same of workgroups.
  const [part, busy] = runtime.barrierFree ? [2048, 64] : [64, 16384]
  const [groupPart, busyGroups] = [4 * groupTile, 1024]

  return (mode, input, dim, output, indices) => {
    const type = wordType(output.dtypeInfo)
    const extreme = mode === 'max' || mode === 'min'
    const results = indices === null ? [output] : [output, indices]
    const lineCount = count(linesOf([input], dim).outer.sizes)
    const size = sizeAt(input, dim)
    const along = lineCount < 64 || Math.abs(strideAt(input, dim)) <= Math.abs(outerStride(input, dim))
    const byGroups = (from: Totals | null, length: number): boolean =>
      !runtime.barrierFree && length > 64 && (along || from !== null)
    if (lineCount === 0 || size === 0 || count(input.shape) === 0) return
    const temporary: Block[] = []
    const take = (words: number): Block => {
      const block = runtime.memory.take(words * 4)
      temporary.push(block)
      return block
    }

    // A thread or workgroup for each part. `to` gets its total, 'results' its running combinations, from the carried one on.
    const sweep = (
      from: Totals | null,
      length: number,
      carry: Totals | null,
      to: Totals | 'results',
    ): void => {
      const inPlace = to === 'results' && from !== null
      const operands: Operand[] = [
        ...(from === null ? [input] : []),
        ...(to === 'results' && !inPlace ? results : []),
      ]
      const lines = linesOf(operands.length > 0 ? operands : [input], dim)
      const used = operands.length > 0 ? lines : { ...lines, operands: [] }
      const { rank } = lines.outer
      const bindings = new Bindings(runtime)
      const addTotals = ({ values, positions }: Totals, access: 'read' | 'write'): void => {
        bindings.addBlock(values, access)
        if (positions !== null) bindings.addBlock(positions, access)
      }
      if (from === null) bindings.add(input, 'read')
      else addTotals(from, inPlace ? 'write' : 'read')
      if (carry !== null) addTotals(carry, 'read')
      if (to !== 'results') addTotals(to, 'write')
      else if (!inPlace) for (const operand of results) bindings.add(operand, 'write')
      const parts = to === 'results' ? (carry?.perLine ?? 1) : to.perLine
      const partSize = parts === 1 ? length : to === 'results' ? carry!.part : to.part
      const grouped = byGroups(from, length)
      const kinds = [
        wordType(input.dtypeInfo),
        ...results.map((r) => storeKind(r.dtypeInfo)),
        from === null,
        carry === null,
        to === 'results',
        grouped,
      ].join()
      const program = runtime.program(`scan${mode}:${kinds}:${rank}:${bindings.key}`, () => {
        const words = new Words()
        const [n, row, total, partCount, partLength, lineTotal] = words.row(6)
        const line = lineCode(rank, used.operands.length, 'line', words)
        const buffers = bindings.slots.map((slot) => `b${slot}`)
        const next = (n: number): string[] => buffers.splice(0, n)
        const pair = indices === null ? 1 : 2
        const source = next(from === null ? 1 : pair)
        const carried = carry === null ? [] : next(pair)
        const target = inPlace ? source : next(pair)
        const at = line.at.slice(from === null ? 1 : 0)
        const load = (p: string): string =>
          from === null
            ? decodeWord(`${source[0]}[${line.at[0](p)}]`, input.dtypeInfo, type)
            : `bitcast<${type}>(${source[0]}[line * ${total} + ${p}])`
        const position = (p: string): string =>
          from === null || indices === null ? p : `${source[1]}[line * ${total} + ${p}]`
        const places = inPlace
          ? target.map((buffer) => `${buffer}[line * ${total} + p]`)
          : target.map((buffer, k) => `${buffer}[${to === 'results' ? at[k]('p') : 'i'}]`)
        // totals are kept as the words of their values
        const encode = (value: string): string =>
          to === 'results' && !inPlace ? encodeWord(value, type, output.dtypeInfo) : `bitcast<u32>(${value})`
        const store = (value: string, found: string): string =>
          `${places[0]} = ${encode(value)};${indices === null ? '' : ` ${places[1]} = ${found};`}`
        const before = carried.map((buffer) => `${buffer}[i - 1u]`)
        if (grouped) {
          const code = groupScan(mode, type, indices !== null, runtime.subgroups, {
            ...{ n, row, total, partCount, partLength, line: line.code, load, position, store },
            ...{ before, toResults: to === 'results' },
          })
          return sourceOf(`scan ${mode}`, bindings, words, code)
        }
        // threads beside each other have lines beside each other, where those are: on GPUs
        const split = runtime.barrierFree
          ? `let line = i / ${partCount};\n  let lane = i % ${partCount};`
          : `let lane = at / ${lineTotal};\n  let line = at % ${lineTotal};\n  let i = line * ${partCount} + lane;`
        const head = elementHead(n, row)
        return sourceOf(
          `scan ${mode}`,
          bindings,
          words,
          `${runtime.barrierFree ? head : head.replaceAll(/\bi\b/g, 'at')}
  ${split}
  ${line.code}
  let start = lane * ${partLength};
  let end = min(start + ${partLength}, ${total});
  var total = ${load('start')};
  var found = ${position('start')};
  ${
    carry === null
      ? ''
      : `if (lane > 0u) {
    let before = bitcast<${type}>(${before[0]});
    ${extreme && indices !== null ? `if (!(${beats(mode, type, 'total', 'before', true)})) { found = ${before[1]}; }` : ''}
    total = ${combineForms[mode][type]('before', 'total')};
  }`
  }
  for (var p = start; p < end; p++) {
    if (p > start) {
      let x = ${load('p')};
      ${extreme && indices !== null ? `if (${beats(mode, type, 'x', 'total', true)}) { found = ${position('p')}; }` : ''}
      total = ${combineForms[mode][type]('total', 'x')};
    }
    ${to === 'results' ? store('total', 'found') : ''}
  }
  ${to === 'results' ? '' : store('total', 'found')}
}`,
        )
      })
      runElements(
        runtime,
        program,
        bindings,
        lineCount * parts * (grouped ? scanGroup : 1),
        (words, at) => {
          const next = put(words, at, [length, parts, partSize, lineCount])
          putLines(words, next, used)
        },
        6 + lineWords(rank, used.operands.length),
        grouped ? scanGroup : groupSize,
      )
    }

    // Running combinations of a line (of totals: in their place)
    const scanned = (from: Totals | null, length: number): void => {
      const grouped = byGroups(from, length)
      const most = grouped ? Math.ceil(busyGroups / lineCount) : Math.ceil(length / part)
      const least = grouped ? groupPart : part
      if (length <= least || most <= 1 || lineCount >= busy) return sweep(from, length, null, 'results')
      const partSize = Math.max(1, Math.ceil(length / least / most)) * least
      const perLine = Math.ceil(length / partSize)
      const totals: Totals = {
        values: take(lineCount * perLine),
        positions: indices === null ? null : take(lineCount * perLine),
        perLine,
        part: partSize,
      }
      sweep(from, length, null, totals)
      scanned(totals, perLine)
      sweep(from, length, totals, 'results')
    }
    try {
      scanned(null, size)
    } finally {
      for (const block of temporary) runtime.memory.release(block)
    }
  }
}

/** Stride of the innermost dim that has several elements, beside `dim`. */
function outerStride({ shape, strides }: Operand, dim: number): number {
  const inner = shape.findLastIndex((size, d) => d !== dim && size > 1)
  return inner < 0 ? Infinity : strides[inner]
}
