// Positions of extremes along a dim. A long line is cut into parts, a thread for each, and the winners of the parts
// compete again.
import type { CoreKernels } from '@tt/tensor'
import type { Block } from '../device/block.ts'
import type { Runtime } from '../device/runtime.ts'
import { decodeWord, encodeWord, storeKind, wordType } from '../wgsl/storage-format.ts'
import { count } from './iteration.ts'
import { lineCode, lineWords, linesOf, putLines, sizeAt } from './lines.ts'
import { Bindings, Words, elementHead, runElements, sourceOf } from './program.ts'

/** WGSL: whether x is a larger (smaller) value than y, NaN being the extreme of both. */
export const beats = (
  mode: 'max' | 'min',
  type: 'f32' | 'i32',
  x: string,
  y: string,
  ties: boolean,
): string => {
  const plain = `${x} ${mode === 'max' ? '>' : '<'}${ties ? '=' : ''} ${y}`
  if (type === 'i32') return plain
  return ties
    ? `(tt_isnan(${x}) || (!tt_isnan(${y}) && ${plain}))`
    : `(!tt_isnan(${y}) && (tt_isnan(${x}) || ${plain}))`
}

/** Candidates of each line: the words of their values, and their positions. */
interface Candidates {
  readonly values: Block
  readonly positions: Block
  readonly perLine: number
}

/** argReduce of the backend. */
export function createArgReduce(runtime: Runtime): CoreKernels['argReduce'] {
  // Elements that a thread goes over, if there are not enough lines to keep all threads busy.
  const [part, busy] = runtime.barrierFree ? [2048, 64] : [64, 16384]

  return (mode, input, dim, values, indices) => {
    const type = wordType(input.dtypeInfo)
    const results = values === null ? [indices] : [indices, values]
    const lines = linesOf([input, ...results], dim)
    const lineCount = count(lines.outer.sizes)
    const size = sizeAt(input, dim)
    if (lineCount === 0 || size === 0 || count(input.shape) === 0) return

    const temporary: Block[] = []
    const take = (perLine: number): Candidates => {
      const [ours, theirs] = [0, 1].map(() => runtime.memory.take(lineCount * perLine * 4))
      temporary.push(ours, theirs)
      return { values: ours, positions: theirs, perLine }
    }
    // One round: `lanes` threads for each line, each going over every lanes-th candidate.
    const round = (from: Candidates | null, to: Candidates | null): void => {
      const operands = [...(from === null ? [input] : []), ...(to === null ? results : [])]
      const own = linesOf(operands.length > 0 ? operands : [input], dim)
      const used = operands.length > 0 ? own : { ...own, operands: [] }
      const { rank } = own.outer
      const bindings = new Bindings(runtime)
      if (from === null) bindings.add(input, 'read')
      else bindings.addBlock(from.values, 'read').addBlock(from.positions, 'read')
      if (to === null) for (const operand of results) bindings.add(operand, 'write')
      else bindings.addBlock(to.values, 'write').addBlock(to.positions, 'write')
      const kinds = [type, from === null, to === null, ...results.map((r) => storeKind(r.dtypeInfo))].join()
      const lanes = to?.perLine ?? 1
      const program = runtime.program(`arg${mode}:${kinds}:${rank}:${bindings.key}`, () => {
        const words = new Words()
        const head = elementHead(words.next(), words.next())
        const [length, laneCount] = words.row(2)
        const line = lineCode(rank, used.operands.length, 'line', words)
        const b = bindings.slots.map((slot) => `b${slot}`)
        const load = (p: string): string =>
          from === null
            ? decodeWord(`${b[0]}[${line.at[0](p)}]`, input.dtypeInfo, type)
            : `bitcast<${type}>(${b[0]}[line * ${length} + ${p}])`
        const position = (p: string): string => (from === null ? p : `${b[1]}[line * ${length} + ${p}]`)
        const [first, second] = b.slice(from === null ? 1 : 2)
        const at = line.at.slice(from === null ? 1 : 0)
        const store =
          to === null
            ? [
                `${first}[${at[0]('0u')}] = found;`,
                values === null
                  ? ''
                  : `${second}[${at[1]('0u')}] = ${encodeWord('best', type, values.dtypeInfo)};`,
              ].join('\n  ')
            : `${first}[i] = bitcast<u32>(best);\n  ${second}[i] = found;`
        return sourceOf(
          mode === 'max' ? 'argMax' : 'argMin',
          bindings,
          words,
          `${head}
  let line = i / ${laneCount};
  let lane = i % ${laneCount};
  ${line.code}
  var best = ${load('lane')};
  var found = ${position('lane')};
  for (var p = lane + ${laneCount}; p < ${length}; p += ${laneCount}) {
    let x = ${load('p')};
    let q = ${position('p')};
    // of equal ones the first: lanes hold every so many positions
    if (${beats(mode, type, 'x', 'best', false)} || (q < found && !(${beats(mode, type, 'best', 'x', false)}))) {
      best = x;
      found = q;
    }
  }
  ${store}
}`,
        )
      })
      runElements(
        runtime,
        program,
        bindings,
        lineCount * lanes,
        (words, at) => {
          words[at] = from?.perLine ?? size
          words[at + 1] = lanes
          putLines(words, at + 2, used)
        },
        4 + lineWords(rank, used.operands.length),
      )
    }

    try {
      let from: Candidates | null = null
      for (let left = size; left > part && lineCount < busy; left = from.perLine) {
        const to = take(Math.ceil(left / part))
        round(from, to)
        from = to
      }
      round(from, null)
    } finally {
      for (const block of temporary) runtime.memory.release(block)
    }
  }
}
