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
import type { Iteration } from './iteration.ts'
import { runTiled, tilingOf } from './map-tile.ts'
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
  wideGroup,
} from './program.ts'
import type { Words } from './program.ts'

const maxWords = 4096
// Elements from which on a kernel of whole fours is one without a tail. Below it one kernel serves all sizes, so that
// updates of many small parameters are one dispatch.
const manyElements = 2 ** 18
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
      const whole = fours && n % 4 === 0 && n >= manyElements
      const group = !fours || whole ? wideGroup : groupSize
      runSliced(
        runtime,
        `m${code}:${moves}${whole ? 'w' : ''}${fours ? '4' : ''}:${bindings.key}`,
        (words) =>
          fours
            ? foursSource(kernel, moves, bindings, words, { group, whole })
            : denseSource(kernel, moves, bindings, words),
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
        group,
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
    const tiling = runtime.barrierFree ? null : tilingOf(it, operands, inputs.length)
    if (tiling !== null) {
      const element = (words: Words): string => elementFunction(kernel, bindings, words)
      runTiled(runtime, kernel, code, tiling, bindings, operands, params, element)
      return
    }
    const reach = foursReach(it, operands, inputs.length)
    const group = reach === null || n >= manyElements ? wideGroup : groupSize
    runSliced(
      runtime,
      `m${code}:${it.rank}${reach ?? ''}${group}:${bindings.key}`,
      (words) =>
        reach === null
          ? stridedSource(kernel, it.rank, bindings, words)
          : stridedFoursSource(kernel, it.rank, reach, bindings, words, group),
      bindings,
      reach === null ? n : n / 4,
      (words, at) => {
        let next = put(words, at, it.sizes)
        if (reach !== null) words[at] /= 4
        operands.forEach((operand, k) => {
          const step = reach?.[k] === 'v' ? 4 : 1
          words[next++] = operand.offset / step
          for (const stride of it.strides[k]) words[next++] = stride / step
          // of the four, in the innermost dim
          if (reach !== null) words[next - it.rank] = it.strides[k][0] * (4 / step)
        })
        putScalars(runtime, next, kernel.name, params, kernel.compute)
      },
      group,
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

// How a thread reaches four neighbours in the innermost dim: at once (v), one that serves all (s), or one by one (o);
// null if results cannot be stored at once.
function foursReach(it: Iteration, operands: readonly Operand[], inputs: number): string | null {
  if (it.sizes[0] % 4 !== 0) return null
  let reach = ''
  for (let k = 0; k < operands.length; k++) {
    const [inner, ...outer] = it.strides[k]
    const atOnce = inner === 1 && operands[k].offset % 4 === 0 && outer.every((stride) => stride % 4 === 0)
    if (k >= inputs && !atOnce) return null
    reach += atOnce ? 'v' : inner === 0 ? 's' : 'o'
  }
  return reach
}

// One thread, four neighbouring elements, loaded and stored at once; the last ones one by one, unless all are whole fours.
function foursSource(
  kernel: MapKernel,
  moves: string,
  bindings: Bindings,
  words: Words,
  { group, whole }: { group: number; whole: boolean },
): ProgramSource {
  const head = elementHead(words.next(), words.next(), group, words.merged)
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
  const { element, results } = fourElements(kernel, bindings, words)
  const stores = targets.map((target, k) => `${target} = r${k};`)
  const code = [
    element,
    head,
    ...loads,
    ...results,
    ...(whole
      ? stores
      : [
          `if (i * 4u + 4u <= ${total}) {`,
          ...stores,
          `} else { for (var c = 0u; i * 4u + c < ${total}; c++) {`,
          ...targets.map((target, k) => `${target}[c] = r${k}[c];`),
          '} }',
        ]),
    '}',
  ].join('\n')
  return foursOf(kernel, bindings, words, code)
}

// The same by strides: the innermost dim counts fours.
function stridedFoursSource(
  kernel: MapKernel,
  rank: number,
  reach: string,
  bindings: Bindings,
  words: Words,
  group: number,
): ProgramSource {
  const head = elementHead(words.next(), words.next(), group, words.merged)
  const split = splitIndex('i', words.row(rank), 'i')
  const { slots } = bindings
  const loads: string[] = []
  const targets: string[] = []
  slots.forEach((slot, k) => {
    const offset = words.next()
    const strides = words.row(rank)
    const at = address(offset, split.index, strides)
    const one = (place: string): string => `b${slot}[(${place}) >> 2u][(${place}) & 3u]`
    const vector = `vec4<${bindings.elements[slot]}>`
    if (k >= kernel.inputs.length) targets.push(`b${slot}[${at}]`)
    else if (reach[k] === 'v') loads.push(`let x${k} = b${slot}[${at}];`)
    else {
      loads.push(`let at${k} = ${at};`)
      const places = reach[k] === 's' ? [`at${k}`] : four.map((c) => `at${k} + ${c}u * (${strides[0]} >> 2u)`)
      loads.push(`let x${k} = ${vector}(${places.map(one).join(', ')});`)
    }
  })
  const { element, results } = fourElements(kernel, bindings, words)
  const stores = targets.map((target, k) => `${target} = r${k};`)
  const code = [element, head, split.code, ...loads, ...results, ...stores, '}'].join('\n')
  return foursOf(kernel, bindings, words, code)
}

const foursOf = (kernel: MapKernel, bindings: Bindings, words: Words, code: string): ProgramSource => ({
  ...sourceOf(kernel.name, bindings, words, code),
  elements: bindings.elements.map((element) => `vec4<${element}>`),
})

// The function of an element, and statements that make the results r0, r1, ... of the fours x0, x1, ...
function fourElements(
  kernel: MapKernel,
  bindings: Bindings,
  words: Words,
): { element: string; results: string[] } {
  const inputs = kernel.inputs.length
  const vector = (k: number): string => `vec4<${bindings.elements[bindings.slots[inputs + k]]}>`
  const element = elementFunction(kernel, bindings, words)
  const of = (c: number | string): string =>
    `element(${kernel.inputs.map((_, k) => `x${k}[${c}]`).join(', ')})`
  const results =
    element.length + libraryFor(element, bindings.dialect).length < longCode
      ? [
          ...four.map((c) => `let e${c} = ${of(c)};`),
          ...kernel.outputs.map(
            (_, k) => `let r${k} = ${vector(k)}(${four.map((c) => `e${c}.y${k}`).join(', ')});`,
          ),
        ]
      : [
          ...kernel.outputs.map((_, k) => `var r${k}: ${vector(k)};`),
          `for (var c = 0u; c < 4u; c++) {`,
          `let e = ${of('c')};`,
          ...kernel.outputs.map((_, k) => `r${k}[c] = e.y${k};`),
          '}',
        ]
  return { element, results }
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
