// Elementwise kernels. Dense operands are gone through four elements per thread, or by their flat index; others by
// strides.
import { DeviceError } from '@tt/tensor'
import type { CoreKernels, MapKernel, Operand } from '@tt/tensor'
import type { ProgramSource } from '../device/programs.ts'
import type { Runtime } from '../device/runtime.ts'
import { libraryFor } from '../wgsl/library.ts'
import { lower, signature } from '../wgsl/lower.ts'
import { decodeWord, encodeWord, scalarOf, storeKind, wordType } from '../wgsl/storage-format.ts'
import { broadcastStrides, coalesce, count, isDense, padded, sameShape } from './iteration.ts'
import {
  Bindings,
  address,
  elementHead,
  groupSize,
  put,
  putScalars,
  runSliced,
  sourceOf,
  splitIndex,
} from './program.ts'
import type { Words } from './program.ts'

const wideGroup = 256
const maxWords = 4096
const four = [0, 1, 2, 3]
// Characters of an element's code from which on it is a loop's body and not written four times: drivers take seconds
// to compile the longest (igamma) as it is.
const longCode = 4000

/** The map kernel of the backend. */
export function createMap(runtime: Runtime): CoreKernels['map'] {
  // By kernel: what its code depends on. Kernels of different dtypes often share it.
  const codes: (string | undefined)[] = []

  return (kernel, inputs, params, outputs) => {
    const { shape } = outputs[0]
    const n = count(shape)
    if (n === 0) return
    const bindings = new Bindings(runtime)
    for (const operand of inputs) bindings.add(operand, 'read')
    for (const operand of outputs) bindings.add(operand, 'write')
    const operands = inputs.concat(outputs)
    const code = (codes[kernel.id] ??= codeOf(kernel))

    const moves = denseMoves(inputs, outputs, n)
    if (moves !== null) {
      const fours = operands.every(({ offset }, k) => moves[k] === 's' || offset % 4 === 0)
      runSliced(
        runtime,
        `m${code}:${moves}${fours ? '4' : ''}:${bindings.key}`,
        (words) => (fours ? foursSource : denseSource)(kernel, moves, bindings, words),
        bindings,
        fours ? Math.ceil(n / 4) : n,
        (words, at) => {
          if (fours) words[at++] = n
          const next = put(
            words,
            at,
            operands.map(({ offset }, k) => (fours && moves[k] === 'd' ? offset / 4 : offset)),
          )
          putScalars(runtime, next, kernel.name, params, kernel.compute)
        },
        fours ? groupSize : wideGroup,
      )
      return
    }

    const it = padded(
      coalesce(
        shape,
        operands.map((operand) => broadcastStrides(operand, shape.length)),
      ),
    )
    const wordCount = 2 + it.rank + operands.length * (1 + it.rank) + params.length
    if (wordCount > maxWords)
      throw new DeviceError(
        kernel.name,
        `a kernel takes at most ${maxWords} sizes and strides, got ${wordCount}`,
      )
    runSliced(
      runtime,
      `m${code}:${it.rank}:${bindings.key}`,
      (words) => stridedSource(kernel, it.rank, bindings, words),
      bindings,
      n,
      (words, at) => {
        let next = put(words, at, it.sizes)
        operands.forEach((operand, k) => {
          words[next] = operand.offset
          next = put(words, next + 1, it.strides[k])
        })
        putScalars(runtime, next, kernel.name, params, kernel.compute)
      },
      wideGroup,
    )
  }
}

const codeOf = ({ compute, inputs, outputs }: MapKernel): string =>
  [
    signature(
      outputs.map(({ expr }) => expr),
      compute,
    ),
    inputs.map(wordType),
    outputs.map(({ dtype }) => storeKind(dtype)),
  ].join(':')

// d: dense, s: a single element; null if some operand is neither.
function denseMoves(inputs: readonly Operand[], outputs: readonly Operand[], n: number): string | null {
  const { shape } = outputs[0]
  let moves = ''
  for (const operand of inputs) {
    if (sameShape(operand.shape, shape) && isDense(operand)) moves += 'd'
    else if (count(operand.shape) === 1) moves += n === 1 ? 'd' : 's'
    else return null
  }
  for (const operand of outputs) {
    if (!isDense(operand)) return null
    moves += 'd'
  }
  return moves
}

// One thread, four neighbouring elements, loaded and stored at once; the last ones one by one.
function foursSource(kernel: MapKernel, moves: string, bindings: Bindings, words: Words): ProgramSource {
  const head = elementHead(words.next(), words.next(), groupSize, words.merged)
  const total = words.next()
  const offsets = words.row(moves.length)
  const { slots } = bindings
  const inputs = kernel.inputs.length
  const vector = (operand: number): string => `vec4<${bindings.elements[slots[operand]]}>`
  const loads = kernel.inputs.map((_, k) =>
    moves[k] === 's'
      ? `let x${k} = ${vector(k)}(b${slots[k]}[${offsets[k]} >> 2u][${offsets[k]} & 3u]);`
      : `let x${k} = b${slots[k]}[i + ${offsets[k]}];`,
  )
  const targets = kernel.outputs.map((_, k) => `b${slots[inputs + k]}[i + ${offsets[inputs + k]}]`)
  const element = elementFunction(kernel, bindings, words)
  const of = (c: number | string): string =>
    `element(${kernel.inputs.map((_, k) => `x${k}[${c}]`).join(', ')})`
  const results =
    element.length + libraryFor(element, bindings.halves).length < longCode
      ? [
          ...four.map((c) => `let e${c} = ${of(c)};`),
          ...kernel.outputs.map(
            (_, k) => `let r${k} = ${vector(inputs + k)}(${four.map((c) => `e${c}.y${k}`).join(', ')});`,
          ),
        ]
      : [
          ...kernel.outputs.map((_, k) => `var r${k}: ${vector(inputs + k)};`),
          `for (var c = 0u; c < 4u; c++) {`,
          `let e = ${of('c')};`,
          ...kernel.outputs.map((_, k) => `r${k}[c] = e.y${k};`),
          '}',
        ]
  const code = [
    element,
    head,
    ...loads,
    ...results,
    `if (i * 4u + 4u <= ${total}) {`,
    ...targets.map((target, k) => `${target} = r${k};`),
    `} else { for (var c = 0u; i * 4u + c < ${total}; c++) {`,
    ...targets.map((target, k) => `${target}[c] = r${k}[c];`),
    '} } }',
  ].join('\n')
  const elements = bindings.elements.map((element) => `vec4<${element}>`)
  return { ...sourceOf(kernel.name, bindings, words, code), elements }
}

function denseSource(kernel: MapKernel, moves: string, bindings: Bindings, words: Words): ProgramSource {
  const head = elementHead(words.next(), words.next(), wideGroup, words.merged)
  const index = words.row(moves.length).map((offset, k) => (moves[k] === 's' ? offset : `i + ${offset}`))
  const code = elementFunction(kernel, bindings, words) + head + moveOne(kernel, bindings.slots, index)
  return sourceOf(kernel.name, bindings, words, `${code}\n}`)
}

function stridedSource(kernel: MapKernel, rank: number, bindings: Bindings, words: Words): ProgramSource {
  const head = elementHead(words.next(), words.next(), wideGroup, words.merged)
  const split = splitIndex('i', words.row(rank), 'i')
  const index = bindings.slots.map(() => address(words.next(), split.index, words.row(rank)))
  const code =
    elementFunction(kernel, bindings, words) + head + split.code + moveOne(kernel, bindings.slots, index)
  return sourceOf(kernel.name, bindings, words, `${code}\n}`)
}

const moveOne = (kernel: MapKernel, slots: readonly number[], index: readonly string[]): string => {
  const inputs = kernel.inputs.length
  return [
    `let r = element(${kernel.inputs.map((_, k) => `b${slots[k]}[${index[k]}]`).join(', ')});`,
    ...kernel.outputs.map((_, k) => `b${slots[inputs + k]}[${index[inputs + k]}] = r.y${k};`),
  ].join('\n')
}

// The elements of the outputs from those of the inputs, as they lie in memory. All are computed before the first store:
// outputs may be inputs.
function elementFunction(kernel: MapKernel, { elements, slots }: Bindings, words: Words): string {
  const inputs = kernel.inputs.length
  const type = scalarOf(kernel.compute)
  const params = words.row(kernel.paramCount)
  const loads = kernel.inputs.map((dtype, k) => `let x${k} = ${decodeWord(`w${k}`, dtype, type)};`)
  const { statements, results } = lower(
    kernel.outputs.map(({ expr }) => expr),
    kernel.compute,
    {
      input: (k) => `x${k}`,
      param: (k) => `bitcast<${type}>(${params[k]})`,
    },
  )
  const encoded = kernel.outputs.map(({ dtype }, k) => encodeWord(results[k], type, dtype))
  return [
    `struct Results { ${encoded.map((_, k) => `y${k}: ${elements[slots[inputs + k]]}`).join(', ')} }`,
    `fn element(${kernel.inputs.map((_, k) => `w${k}: ${elements[slots[k]]}`).join(', ')}) -> Results {`,
    ...loads,
    ...statements,
    `return Results(${encoded.join(', ')});`,
    '}',
  ].join('\n')
}
