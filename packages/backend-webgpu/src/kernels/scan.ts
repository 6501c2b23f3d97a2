// Kernels along one dim, a thread for each line: positions of extremes, running combinations.
import type { CoreKernels, Operand } from '@tt/tensor'
import type { Runtime } from '../device/runtime.ts'
import { decodeWord, encodeWord, storeKind, wordType } from '../wgsl/storage-format.ts'
import { count } from './iteration.ts'
import { lineCode, lineWords, linesOf, putLines, sizeAt } from './lines.ts'
import { Bindings, Words, elementHead, runElements, sourceOf } from './program.ts'
import { combineForms } from './reduce.ts'

/** WGSL: whether x is a larger (smaller) value than y, NaN being the extreme of both. */
const beats = (mode: 'max' | 'min', type: 'f32' | 'i32', x: string, y: string, ties: boolean): string => {
  const plain = `${x} ${mode === 'max' ? '>' : '<'}${ties ? '=' : ''} ${y}`
  if (type === 'i32') return plain
  return ties
    ? `(tt_isnan(${x}) || (!tt_isnan(${y}) && ${plain}))`
    : `(!tt_isnan(${y}) && (tt_isnan(${x}) || ${plain}))`
}

/** argReduce and scan of the backend. */
export function createScans(runtime: Runtime): Pick<CoreKernels, 'argReduce' | 'scan'> {
  const run = (
    name: string,
    operands: readonly Operand[],
    dim: number,
    body: (at: ((position: string) => string)[], slots: readonly number[], size: string) => string,
  ): void => {
    const lines = linesOf(operands, dim)
    const n = count(lines.outer.sizes)
    const size = sizeAt(operands[0], dim)
    if (n === 0 || size === 0 || count(operands[0].shape) === 0) return
    const bindings = new Bindings(runtime)
    operands.forEach((operand, k) => bindings.add(operand, k === 0 ? 'read' : 'write'))
    const { rank } = lines.outer
    const types = operands
      .map(({ dtypeInfo }, k) => (k === 0 ? wordType(dtypeInfo) : storeKind(dtypeInfo)))
      .join()
    const program = runtime.program(`${name}:${types}:${rank}:${bindings.key}`, () => {
      const words = new Words()
      const head = elementHead(words.next(), words.next())
      const length = words.next()
      const line = lineCode(rank, operands.length, 'i', words)
      return sourceOf(name, bindings, words, `${head}${line.code}${body(line.at, bindings.slots, length)}}`)
    })
    runElements(
      runtime,
      program,
      bindings,
      n,
      (words, at) => {
        words[at] = size
        putLines(words, at + 1, lines)
      },
      3 + lineWords(rank, operands.length),
    )
  }

  return {
    argReduce(mode, input, dim, values, indices) {
      const operands = values === null ? [input, indices] : [input, indices, values]
      const type = wordType(input.dtypeInfo)
      run(mode === 'max' ? 'argMax' : 'argMin', operands, dim, (at, slots, size) => {
        const load = (position: string): string =>
          decodeWord(`b${slots[0]}[${at[0](position)}]`, input.dtypeInfo, type)
        return `
  var best = ${load('0u')};
  var found = 0u;
  for (var p = 1u; p < ${size}; p++) {
    let x = ${load('p')};
    if (${beats(mode, type, 'x', 'best', false)}) { best = x; found = p; }
  }
  b${slots[1]}[${at[1]('0u')}] = found;
  ${values === null ? '' : `b${slots[2]}[${at[2]('0u')}] = ${encodeWord('best', type, values.dtypeInfo)};`}
`
      })
    },

    scan(mode, input, dim, output, indices) {
      const operands = indices === null ? [input, output] : [input, output, indices]
      const type = wordType(output.dtypeInfo)
      run(`scan${mode}`, operands, dim, (at, slots, size) => {
        const load = (position: string): string =>
          decodeWord(`b${slots[0]}[${at[0](position)}]`, input.dtypeInfo, type)
        const extreme = mode === 'max' || mode === 'min'
        return `
  var total = ${load('0u')};
  var found = 0u;
  for (var p = 0u; p < ${size}; p++) {
    if (p > 0u) {
      let x = ${load('p')};
      ${extreme ? `if (${beats(mode, type, 'x', 'total', true)}) { found = p; }` : ''}
      total = ${combineForms[mode][type]('total', 'x')};
    }
    b${slots[1]}[${at[1]('p')}] = ${encodeWord('total', type, output.dtypeInfo)};
    ${indices === null ? '' : `b${slots[2]}[${at[2]('p')}] = found;`}
  }
`
      })
    },
  }
}
