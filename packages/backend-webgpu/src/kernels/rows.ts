// Kernels that go over dense rows: a row by one thread, or by a workgroup on GPUs. There a thread takes four neighbours at
// once where it can, and keeps its elements in registers from the first pass over a row to the last.
import type { Combine, Operand } from '@tt/tensor'
import type { Runtime } from '../device/runtime.ts'
import { lanesCode } from '../wgsl/combine.ts'
import { decodeFour, decodeWord, encodeWord } from '../wgsl/storage-format.ts'
import { Bindings, Words, grid, groupSize, put, sourceOf } from './program.ts'

/** What a row kernel works on. */
export interface Rows {
  readonly rows: number
  readonly size: number
  /** Dense, of `rows` rows of `size` elements. */
  readonly inputs: readonly Operand[]
  readonly out: Operand
  /** What else it reads, and writes. */
  readonly reads?: readonly Operand[]
  readonly writes?: readonly Operand[]
  /** Further uniform words. */
  readonly numbers?: readonly number[]
}

/** What the body of a row kernel is made of. */
export interface RowCode {
  /** Names of the further uniform words. */
  readonly words: readonly string[]
  /** WGSL places of elements of what else is read and written. */
  readonly reads: readonly ((index: string) => string)[]
  readonly writes: readonly ((index: string) => string)[]
  /** WGSL: the statement for each place `j` of the lane, `x0`, `x1`, ... being the inputs there; `result` is stored. */
  each(statement: string, result?: string): string
  /** WGSL: makes `total` that of all lanes. */
  fold(total: string, combine: Combine): string
}

/** How a row is gone through. */
type Form =
  | 'one' // element by element
  | 'ahead' // the same, four loads at once
  | 'fours' // four neighbours at once
  | number // the same, so many fours of a thread, kept in registers
interface Plan {
  readonly form: Form
  readonly lanes: number
}
const mostKept = 8

/** The buffers of a row kernel. */
export function bindRows(runtime: Runtime, { inputs, out, reads = [], writes = [] }: Rows): Bindings {
  const bindings = new Bindings(runtime)
  for (const operand of [...inputs, ...reads]) bindings.add(operand, 'read')
  for (const operand of [out, ...writes]) bindings.add(operand, 'write')
  return bindings
}

/** Runs a kernel over rows; in `body`, `r` is the row, `lane` the number of the thread and `length` the size of a row. */
export function runRows(
  runtime: Runtime,
  key: string,
  all: Rows,
  bindings: Bindings,
  body: (code: RowCode) => string,
): void {
  const { rows, size, inputs, out, reads = [], writes = [], numbers = [] } = all
  const { form, lanes } = planOf(runtime, all, bindings)
  const even = typeof form === 'number' && size === form * lanes * 4
  const name = key.slice(0, key.indexOf(':'))
  const program = runtime.program(`${key}:${lanes}:${form}${even}:${bindings.key}`, () => {
    const words = new Words()
    const [rowCount, row, length] = words.row(3)
    const [offsets, others] = [words.row(inputs.length + 1), words.row(reads.length + writes.length)]
    const slots = [...bindings.slots]
    const next = (n: number): number[] => slots.splice(0, n)
    const [inputSlots, readSlots, [outSlot], writeSlots] = [
      next(inputs.length),
      next(reads.length),
      next(1),
      next(writes.length),
    ]
    const place = (slot: number, k: number) => (index: string) => `b${slot}[${others[k]} + ${index}]`
    const fours = form === 'fours' || typeof form === 'number'
    const group = lanesCode(lanes, 'f32', runtime.subgroups)
    const passes = passesOf(form, lanes, even, {
      inputs: inputSlots.map((slot, k) => (at: string) => {
        const word = `b${slot}[${offsets[k]} + start + ${at}]`
        return fours ? decodeFour(word, inputs[k].dtypeInfo) : decodeWord(word, inputs[k].dtypeInfo, 'f32')
      }),
      store: (at, results) => {
        const encoded = results.map((result) => encodeWord(result, 'f32', out.dtypeInfo)).join(', ')
        const value = fours ? `vec4<${bindings.elements[outSlot]}>(${encoded})` : encoded
        return `b${outSlot}[${offsets.at(-1)!} + start + ${at}] = ${value};`
      },
    })
    const code = body({
      words: words.row(numbers.length),
      reads: readSlots.map((slot, k) => place(slot, k)),
      writes: writeSlots.map((slot, k) => place(slot, reads.length + k)),
      each: passes.each,
      fold: (total, combine) => (lanes === 1 ? '' : group.fold(total, combine)),
    })
    const head =
      lanes === 1
        ? `
@compute @workgroup_size(${groupSize})
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let r = id.x + id.y * ${row};
  let lane = 0u;`
        : `
${group.declarations}
@compute @workgroup_size(${lanes})
fn main(${group.parameters}) {
  let r = group.x + group.y * ${row};`
    const source = sourceOf(
      name,
      bindings,
      words,
      `${head}
  if (r >= ${rowCount}) { return; }
  let length = ${length};
  let vectors = length / 4u;
  let start = r * ${fours ? 'vectors' : 'length'};
  ${passes.before}
  ${code}
}`,
    )
    const typed = [...inputSlots, outSlot]
    return !fours
      ? source
      : { ...source, elements: bindings.elements.map((e, slot) => (typed.includes(slot) ? `vec4<${e}>` : e)) }
  })
  const at = runtime.beginWords(program.uniformBytes / 4)
  const most = runtime.device.limits.maxComputeWorkgroupsPerDimension
  const { x, y, row } = grid(rows, most, lanes === 1 ? groupSize : 1)
  const step = form === 'one' || form === 'ahead' ? 1 : 4
  const offsets = [...inputs, out].map(({ offset }) => offset / step)
  const others = [...reads, ...writes].map(({ offset }) => offset)
  put(runtime.words, at, [rows, row, size, ...offsets, ...others, ...numbers])
  runtime.dispatch(program, bindings.blocks, at, x, y)
}

function planOf(runtime: Runtime, { rows, size, inputs, out, reads = [] }: Rows, bindings: Bindings): Plan {
  if (runtime.barrierFree || size < 32 || (size <= 128 && rows > 32768)) return { form: 'one', lanes: 1 }
  const most = Math.min(512, runtime.device.limits.maxComputeInvocationsPerWorkgroup)
  const lanesFor = (each: number): number =>
    Math.min(most, Math.max(groupSize, 2 ** Math.ceil(Math.log2(size / each))))
  const { slots } = bindings
  const isRow = (k: number): boolean => k < inputs.length || k === inputs.length + reads.length
  const rowSlots = slots.filter((_, k) => isRow(k))
  const fours =
    size % 4 === 0 &&
    [...inputs, out].every(({ offset }) => offset % 4 === 0) &&
    slots.every((slot, k) => isRow(k) || !rowSlots.includes(slot)) // the others are not of fours
  if (!fours) return { form: 'ahead', lanes: lanesFor(8) }
  const lanes = lanesFor(16)
  const kept = Math.ceil(size / 4 / lanes)
  return { form: kept <= mostKept ? kept : 'fours', lanes }
}

interface Access {
  /** WGSL of what lies at a place of a row, of each input. */
  readonly inputs: readonly ((at: string) => string)[]
  store(at: string, results: readonly string[]): string
}

// WGSL before all passes, and of a pass.
function passesOf(
  form: Form,
  lanes: number,
  even: boolean,
  { inputs, store }: Access,
): { before: string; each: RowCode['each'] } {
  const used = (text: string): number[] =>
    [...inputs.keys()].filter((k) => new RegExp(`\\bx${k}\\b`).test(text))
  // The inputs that a pass uses, as `declare` says, and what it does with an element of which they are `x0`, `x1`, ...
  const declared = (statement: string, result: string | undefined, declare: (k: number) => string): string =>
    used(`${statement} ${result}`).map(declare).join(' ')
  const fourElements = (
    statement: string,
    result: string | undefined,
    place: (c: number) => string,
    suffix: string,
  ): string =>
    [0, 1, 2, 3]
      .map(
        (c) => `{ let j = ${place(c)};
      ${declared(statement, result, (k) => `let x${k} = x${k}_${suffix}[${c}];`)} ${statement}
      ${result === undefined ? '' : `y[${c}] = ${result};`} }`,
      )
      .join('\n    ')
  const four = ['y[0]', 'y[1]', 'y[2]', 'y[3]']

  if (form === 'one' || form === 'ahead') {
    const each: RowCode['each'] = (statement, result) => {
      const first = form === 'one' ? 'var j = lane' : 'var j = first'
      const single = `for (${first}; j < length; j += ${lanes}u) {
    ${declared(statement, result, (k) => `let x${k} = ${inputs[k]('j')};`)} ${statement}
    ${result === undefined ? '' : store('j', [result])}
  }`
      if (form === 'one') return single
      const places = [0, 1, 2, 3].map((c) => `first + ${c * lanes}u`)
      const loads = declared(
        statement,
        result,
        (k) => `let x${k}_ = vec4<f32>(${places.map((place) => inputs[k](place)).join(', ')});`,
      )
      const stores = result === undefined ? [] : places.map((place, c) => store(place, [four[c]]))
      return `{ var first = lane;
  for (; first + ${3 * lanes}u < length; first += ${4 * lanes}u) {
    ${loads} ${result === undefined ? '' : 'var y: vec4<f32>;'}
    ${fourElements(statement, result, (c) => places[c], '')}
    ${stores.join(' ')}
  }
  ${single} }`
    }
    return { before: '', each }
  }

  // of the vector at the place `at`, in variables x0_u, x1_u, ...
  const vector = (statement: string, result: string | undefined, at: string, u: string): string =>
    `${result === undefined ? '' : 'var y: vec4<f32>;'}
    ${fourElements(statement, result, (c) => `${at} * 4u + ${c}u`, u)}
    ${result === undefined ? '' : store(at, four)}`
  if (form === 'fours') {
    const each: RowCode['each'] = (statement, result) =>
      `for (var at = lane; at < vectors; at += ${lanes}u) {
    ${declared(statement, result, (k) => `let x${k}_ = ${inputs[k]('at')};`)}
    ${vector(statement, result, 'at', '')}
  }`
    return { before: '', each }
  }
  const kept = Array.from({ length: form }, (_, u) => u)
  const before = kept.map(
    (u) =>
      `let at${u} = lane + ${u * lanes}u; ` +
      inputs
        .map((load, k) => `let x${k}_${u} = ${load(even ? `at${u}` : `min(at${u}, vectors - 1u)`)};`)
        .join(' '),
  )
  const each: RowCode['each'] = (statement, result) =>
    kept
      .map((u) => `${even ? '' : `if (at${u} < vectors) `}{ ${vector(statement, result, `at${u}`, `${u}`)} }`)
      .join('\n  ')
  return { before: before.join('\n  '), each }
}
