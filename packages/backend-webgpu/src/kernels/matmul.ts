// Matrix products. Two forms: 4×4 or 8×4 outputs per thread in registers, without barriers (CPU drivers); and 64×64
// tiles of a workgroup through workgroup memory (GPUs).
import type { CoreKernels, Operand } from '@tt/tensor'
import type { Runtime } from '../device/runtime.ts'
import { decodeFour, decodeWord, encodeWord, storeKind, wordType } from '../wgsl/storage-format.ts'
import type { Scalar } from '../wgsl/storage-format.ts'
import { Bindings, Words, put } from './program.ts'

/** How four neighbours are loaded: at once along the rows or columns of the operand, or one by one. */
type Load = 'row' | 'column' | 'single'

const batchesMost = 65535

/** The matmul kernel of the backend. */
export function createMatmul(runtime: Runtime): CoreKernels['matmul'] {
  return (a, b, bias, out) => {
    const [batches, rows, columns] = out.shape
    const inner = a.shape[2]
    if (batches * rows * columns === 0) return
    for (let first = 0; first < batches; first += batchesMost) {
      const n = Math.min(batchesMost, batches - first)
      run(
        part(a, first, n),
        part(b, first, n),
        bias && part(bias, first, n),
        part(out, first, n),
        n,
        rows,
        columns,
        inner,
      )
    }
  }

  function run(
    a: Operand,
    b: Operand,
    bias: Operand | null,
    out: Operand,
    batches: number,
    rows: number,
    columns: number,
    inner: number,
  ): void {
    const operands = bias === null ? [a, b] : [a, b, bias]
    const tiled = !runtime.barrierFree && rows > 16 && columns > 16
    const bindings = new Bindings(runtime)
    for (const operand of operands) bindings.add(operand, 'read')
    bindings.add(out, 'write')
    const { slots } = bindings
    // a buffer of fours holds nothing that is read or written one by one
    const fours = (operand: Operand, k: number): Load => {
      const load = tiled ? 'single' : loadOf(operand)
      const alone = slots.every((slot, j) => slot !== slots[k] || j === k || j < 2)
      return alone ? load : 'single'
    }
    let [loadA, loadB] = [fours(a, 0), fours(b, 1)]
    if (slots[0] === slots[1] && (loadA === 'single') !== (loadB === 'single')) loadA = loadB = 'single'
    const type = wordType(out.dtypeInfo)
    const tall = rows > 32 && rows * columns >= 32768 ? 8 : 4
    const dtypes = `${bias !== null},${storeKind(out.dtypeInfo)}` // all are of one dtype
    const key = `matmul:${dtypes}:${loadA}:${loadB}:${tiled ? 'tiled' : tall}:${swapped(a)}:${swapped(b)}:${bindings.key}`
    const program = runtime.program(key, () => {
      const words = new Words()
      const code = tiled
        ? tiledSource(a, b, bias, out, type, slots, words)
        : registerSource(a, b, bias, out, type, loadA, loadB, tall, slots, words)
      const elements: string[] = [...bindings.elements]
      if (loadA !== 'single') elements[slots[0]] = `vec4<${bindings.elements[slots[0]]}>`
      if (loadB !== 'single') elements[slots[1]] = `vec4<${bindings.elements[slots[1]]}>`
      return { name: 'matmul', access: [...bindings.access], elements, words: words.count, code }
    })
    const at = runtime.beginWords(program.uniformBytes / 4)
    const { words } = runtime
    let next = put(words, at, [rows, columns, inner])
    for (const operand of [...operands, out]) {
      words[next] = operand.offset
      next = put(words, next + 1, strides3(operand, out.shape))
    }
    const [wide, high] = tiled ? [64, 64] : [32, 8 * tall]
    runtime.dispatch(program, bindings.blocks, at, Math.ceil(columns / wide), Math.ceil(rows / high), batches)
  }
}

const swapped = ({ strides }: Operand): boolean => strides[1] === 1 && strides[2] !== 1

/** The batches from `first` on. */
const part = (operand: Operand, first: number, n: number): Operand => {
  const lead = operand.shape.length - 3
  if (first === 0 && (lead < 0 || operand.shape[lead] === n)) return operand
  if (lead < 0 || operand.shape[lead] === 1) return operand
  const { storage, dtypeInfo, shape, strides, offset } = operand
  return { storage, dtypeInfo, shape: shape.with(lead, n), strides, offset: offset + first * strides[lead] }
}

/** Strides of an operand broadcast to the three dims of out. */
function strides3(operand: Operand, shape: readonly number[]): number[] {
  return [0, 1, 2].map((d) => {
    const own = d - 3 + operand.shape.length
    return own < 0 || (operand.shape[own] === 1 && shape[d] !== 1) ? 0 : operand.strides[own]
  })
}

// Four at once need the elements beside each other, and every group of four to start at a multiple of four. What a
// group reads beyond the edge of the matrix is not stored.
function loadOf({ shape, strides, offset }: Operand): Load {
  if (offset % 4 !== 0 || (shape[0] !== 1 && strides[0] % 4 !== 0)) return 'single'
  if (strides[2] === 1 && strides[1] % 4 === 0) return 'row'
  return strides[1] === 1 && strides[2] % 4 === 0 ? 'column' : 'single'
}

/** Words of an operand: offset and strides of batch, row, column. */
interface Window {
  readonly base: string
  readonly row: string
  readonly column: string
}
function windowWords(words: Words): Window {
  const [offset, batch, row, column] = words.row(4)
  return { base: `(${offset} + batch * ${batch})`, row, column }
}

// c[tall][4] += a[tall][k..k+3] · b[k..k+3][4]
function registerSource(
  a: Operand,
  b: Operand,
  bias: Operand | null,
  out: Operand,
  type: Scalar,
  loadA: Load,
  loadB: Load,
  tall: number,
  slots: readonly number[],
  words: Words,
): string {
  const [bufferA, bufferB] = slots.map((slot) => `b${slot}`)
  const [rows, columns, inner] = words.row(3)
  const [wa, wb] = [windowWords(words), windowWords(words)]
  const wBias = bias === null ? null : windowWords(words)
  const wOut = windowWords(words)
  const vector = `vec4<${type}>`
  const own = (dtype: Operand['dtypeInfo']): Scalar => wordType(dtype)
  const wide = (buffer: string, at: string, dtype: Operand['dtypeInfo']): string => {
    const value = decodeFour(`${buffer}[(${at}) >> 2u]`, dtype)
    return own(dtype) === type ? value : `${vector}(${value})`
  }
  const four = [0, 1, 2, 3]
  const high = Array.from({ length: tall }, (_, r) => r)
  const one = (buffer: string, at: string, dtype: Operand['dtypeInfo']): string =>
    decodeWord(`${buffer}[${at}]`, dtype, type)
  const single = (load: Load, buffer: string, at: string, dtype: Operand['dtypeInfo']): string =>
    load === 'single' ? one(buffer, at, dtype) : one(buffer, `(${at}) >> 2u][(${at}) & 3u`, dtype)

  // a0..a3: rows of a, over k; b0..b3: rows k..k+3 of b, over columns
  const blockA = {
    row: high.map((r) => `let a${r} = ${wide(bufferA, `pa${r} + k`, a.dtypeInfo)};`).join('\n'),
    column: high
      .filter((r) => r % 4 === 0)
      .map(
        (r) =>
          four
            .map(
              (k) =>
                `let ac${r}_${k} = ${wide(bufferA, `pa${r} + (k + ${k}u) * ${wa.column}`, a.dtypeInfo)};`,
            )
            .join('\n') +
          four
            .map((c) => `let a${r + c} = ${vector}(${four.map((k) => `ac${r}_${k}[${c}]`).join(', ')});`)
            .join('\n'),
      )
      .join('\n'),
    single: high
      .map(
        (r) =>
          `let a${r} = ${vector}(${four.map((k) => one(bufferA, `pa${r} + (k + ${k}u) * ${wa.column}`, a.dtypeInfo)).join(', ')});`,
      )
      .join('\n'),
  }[loadA]
  const blockB = {
    row: four
      .map((k) => `let b${k}_ = ${wide(bufferB, `pb0 + (k + ${k}u) * ${wb.row}`, b.dtypeInfo)};`)
      .join('\n'),
    column:
      four.map((c) => `let bc${c} = ${wide(bufferB, `pb${c} + k`, b.dtypeInfo)};`).join('\n') +
      four.map((k) => `let b${k}_ = ${vector}(${four.map((c) => `bc${c}[${k}]`).join(', ')});`).join('\n'),
    single: four
      .map(
        (k) =>
          `let b${k}_ = ${vector}(${four.map((c) => one(bufferB, `pb${c} + (k + ${k}u) * ${wb.row}`, b.dtypeInfo)).join(', ')});`,
      )
      .join('\n'),
  }[loadB]
  const stores = storeCode(tall, type, bias, out, slots, rows, columns, wBias, wOut)
  return `
@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let batch = id.z;
  let n0 = id.x * 4u;
  let m0 = id.y * ${tall}u;
  if (m0 >= ${rows} || n0 >= ${columns}) { return; }
  ${high.map((r) => `let pa${r} = ${wa.base} + min(m0 + ${r}u, ${rows} - 1u) * ${wa.row};`).join('\n  ')}
  ${four.map((c) => `let pb${c} = ${wb.base} + min(n0 + ${c}u, ${columns} - 1u) * ${wb.column};`).join('\n  ')}
  ${high.map((r) => `var c${r} = ${vector}(0);`).join('\n  ')}
  let whole = ${inner} & 0xfffffffcu;
  for (var k = 0u; k < whole; k += 4u) {
    ${blockA}
    ${blockB}
    ${high.map((r) => `c${r} += a${r}.x * b0_ + a${r}.y * b1_ + a${r}.z * b2_ + a${r}.w * b3_;`).join('\n    ')}
  }
  for (var k = whole; k < ${inner}; k++) {
    let right = ${vector}(${four.map((c) => single(loadB, bufferB, `pb${c} + k * ${wb.row}`, b.dtypeInfo)).join(', ')});
    ${high.map((r) => `c${r} += ${single(loadA, bufferA, `pa${r} + k * ${wa.column}`, a.dtypeInfo)} * right;`).join('\n    ')}
  }
  ${stores}
}`
}

// Adds the bias and stores the results c0, c1, ... at (m0, n0). A loop: the encoding of half types is long.
function storeCode(
  tall: number,
  type: Scalar,
  bias: Operand | null,
  out: Operand,
  slots: readonly number[],
  rows: string,
  columns: string,
  wBias: Window | null,
  wOut: Window,
): string {
  const added =
    wBias === null || bias === null
      ? ''
      : ` + ${decodeWord(`b${slots[2]}[${wBias.base} + m * ${wBias.row} + n * ${wBias.column}]`, bias.dtypeInfo, type)}`
  return `
  var results = array<vec4<${type}>, ${tall}>(${Array.from({ length: tall }, (_, r) => `c${r}`).join(', ')});
  for (var e = 0u; e < ${tall * 4}u; e++) {
    let m = m0 + (e >> 2u);
    let n = n0 + (e & 3u);
    if (m < ${rows} && n < ${columns}) {
      let value = results[e >> 2u][e & 3u]${added};
      b${slots.at(-1)}[${wOut.base} + m * ${wOut.row} + n * ${wOut.column}] = ${encodeWord('value', type, out.dtypeInfo)};
    }
  }`
}

// A workgroup of 16×16 threads makes 64×64 outputs, 16 deep at a time; neighbouring threads load neighbouring memory.
function tiledSource(
  a: Operand,
  b: Operand,
  bias: Operand | null,
  out: Operand,
  type: Scalar,
  slots: readonly number[],
  words: Words,
): string {
  const [rows, columns, inner] = words.row(3)
  const [wa, wb] = [windowWords(words), windowWords(words)]
  const wBias = bias === null ? null : windowWords(words)
  const wOut = windowWords(words)
  const four = [0, 1, 2, 3]
  const alongRows = swapped(a)
  const bByRows = swapped(b)
  const stores = storeCode(4, type, bias, out, slots, rows, columns, wBias, wOut)
  return `
var<workgroup> tile_a: array<${type}, 1024>; // [k][row]
var<workgroup> tile_b: array<${type}, 1024>; // [k][column]
@compute @workgroup_size(16, 16)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>,
  @builtin(local_invocation_index) lane: u32) {
  let batch = group.z;
  let n0 = group.x * 64u + local.x * 4u;
  let m0 = group.y * 64u + local.y * 4u;
  ${four.map((r) => `var c${r} = vec4<${type}>(0);`).join('\n  ')}
  for (var k0 = 0u; k0 < ${inner}; k0 += 16u) {
    for (var part = 0u; part < 4u; part++) {
      let e = lane + part * 256u;
      let ak = ${alongRows ? 'e / 64u' : 'e % 16u'};
      let am = ${alongRows ? 'e % 64u' : 'e / 16u'};
      var x = ${type}(0);
      if (group.y * 64u + am < ${rows} && k0 + ak < ${inner}) {
        x = ${decodeWord(`b${slots[0]}[${wa.base} + (group.y * 64u + am) * ${wa.row} + (k0 + ak) * ${wa.column}]`, a.dtypeInfo, type)};
      }
      tile_a[ak * 64u + am] = x;
      let bk = ${bByRows ? 'e % 16u' : 'e / 64u'};
      let bn = ${bByRows ? 'e / 16u' : 'e % 64u'};
      var y = ${type}(0);
      if (group.x * 64u + bn < ${columns} && k0 + bk < ${inner}) {
        y = ${decodeWord(`b${slots[1]}[${wb.base} + (k0 + bk) * ${wb.row} + (group.x * 64u + bn) * ${wb.column}]`, b.dtypeInfo, type)};
      }
      tile_b[bk * 64u + bn] = y;
    }
    workgroupBarrier();
    for (var k = 0u; k < 16u; k++) {
      let ta = k * 64u + local.y * 4u;
      let tb = k * 64u + local.x * 4u;
      let right = vec4<${type}>(tile_b[tb], tile_b[tb + 1u], tile_b[tb + 2u], tile_b[tb + 3u]);
      c0 += tile_a[ta] * right;
      c1 += tile_a[ta + 1u] * right;
      c2 += tile_a[ta + 2u] * right;
      c3 += tile_a[ta + 3u] * right;
    }
    workgroupBarrier();
  }
  ${stores}
}`
}
