// Running combinations along a dim. A long line is cut into parts, a thread for each: first the total of each part, then
// the running totals of the parts (the same again), then each part from the total of those before it.
import type { CoreKernels, Operand } from '@tt/tensor'
import type { Block } from '../device/block.ts'
import type { Runtime } from '../device/runtime.ts'
import { combineForms } from '../wgsl/combine.ts'
import { decodeWord, encodeWord, storeKind, wordType } from '../wgsl/storage-format.ts'
import { beats } from './arg-reduce.ts'
import { count } from './iteration.ts'
import { lineCode, lineWords, linesOf, putLines, sizeAt } from './lines.ts'
import { Bindings, Words, elementHead, runElements, sourceOf } from './program.ts'

/** Totals of the parts of each line: the words of their values, and the positions of extremes. */
interface Totals {
  readonly values: Block
  readonly positions: Block | null
  readonly perLine: number
}

/** scan of the backend. */
export function createScan(runtime: Runtime): CoreKernels['scan'] {
  // Elements of a part, if there are not enough lines to keep all threads busy.
  const [part, busy] = runtime.barrierFree ? [2048, 64] : [64, 16384]

  return (mode, input, dim, output, indices) => {
    const type = wordType(output.dtypeInfo)
    const extreme = mode === 'max' || mode === 'min'
    const results = indices === null ? [output] : [output, indices]
    const lineCount = count(linesOf([input], dim).outer.sizes)
    const size = sizeAt(input, dim)
    if (lineCount === 0 || size === 0 || count(input.shape) === 0) return
    const temporary: Block[] = []
    const take = (words: number): Block => {
      const block = runtime.memory.take(words * 4)
      temporary.push(block)
      return block
    }

    // A thread for each part. `to` gets its total, 'results' its running combinations, from the carried one on.
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
      const partSize = parts === 1 ? length : part
      const kinds = [
        wordType(input.dtypeInfo),
        ...results.map((r) => storeKind(r.dtypeInfo)),
        from === null,
        carry === null,
        to === 'results',
      ].join()
      const program = runtime.program(`scan${mode}:${kinds}:${rank}:${bindings.key}`, () => {
        const words = new Words()
        const head = elementHead(words.next(), words.next())
        const [total, partCount, partLength] = words.row(3)
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
        const store =
          to === 'results' && !inPlace
            ? [
                `${target[0]}[${at[0]('p')}] = ${encodeWord('total', type, output.dtypeInfo)};`,
                indices === null ? '' : `${target[1]}[${at[1]('p')}] = found;`,
              ]
            : [
                `${target[0]}[${inPlace ? `line * ${total} + p` : 'i'}] = bitcast<u32>(total);`,
                indices === null ? '' : `${target[1]}[${inPlace ? `line * ${total} + p` : 'i'}] = found;`,
              ]
        return sourceOf(
          `scan ${mode}`,
          bindings,
          words,
          `${head}
  let line = i / ${partCount};
  let lane = i % ${partCount};
  ${line.code}
  let start = lane * ${partLength};
  let end = min(start + ${partLength}, ${total});
  var total = ${load('start')};
  var found = ${position('start')};
  ${
    carry === null
      ? ''
      : `if (lane > 0u) {
    let before = bitcast<${type}>(${carried[0]}[i - 1u]);
    ${extreme && indices !== null ? `if (!(${beats(mode, type, 'total', 'before', true)})) { found = ${carried[1]}[i - 1u]; }` : ''}
    total = ${combineForms[mode][type]('before', 'total')};
  }`
  }
  for (var p = start; p < end; p++) {
    if (p > start) {
      let x = ${load('p')};
      ${extreme && indices !== null ? `if (${beats(mode, type, 'x', 'total', true)}) { found = ${position('p')}; }` : ''}
      total = ${combineForms[mode][type]('total', 'x')};
    }
    ${to === 'results' ? store.join('\n    ') : ''}
  }
  ${to === 'results' ? '' : store.join('\n  ')}
}`,
        )
      })
      runElements(
        runtime,
        program,
        bindings,
        lineCount * parts,
        (words, at) => {
          words[at] = length
          words[at + 1] = parts
          words[at + 2] = partSize
          putLines(words, at + 3, used)
        },
        5 + lineWords(rank, used.operands.length),
      )
    }

    // Running combinations of a line (of totals: in their place)
    const scanned = (from: Totals | null, length: number): void => {
      if (length <= part || lineCount >= busy) return sweep(from, length, null, 'results')
      const perLine = Math.ceil(length / part)
      const totals: Totals = {
        values: take(lineCount * perLine),
        positions: indices === null ? null : take(lineCount * perLine),
        perLine,
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
