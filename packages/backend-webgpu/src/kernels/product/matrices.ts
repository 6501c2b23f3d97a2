// Products of float16 factors by the matrix units of a GPU, where WGSL has subgroup matrices: four subgroups make a tile of
// outputs, each a quarter of it in fragments. The factors go through workgroup memory in the layout that they have, as
// fragments are loaded from rows as well as from columns; the numbers of the next step are in registers while those of this
// one are multiplied. Sums are float32. They leave through workgroup memory, as a lane does not know which ones it holds.
import { findTile, inSteps, upTo } from './product.ts'
import type { Along, Product, Side, Staged, TileWords } from './product.ts'

/** Sizes of the fragments that a device multiplies, float16 with float32 sums. */
export interface MatrixShape {
  readonly rows: number
  readonly columns: number
  readonly inner: number
}

/** The outputs of a workgroup: a square of 2 × 2 subgroups. */
export type MatrixTile = 64 | 128

const subgroups = 4
const depth = 32 // numbers of the inner dim in workgroup memory
const pad = 8 // numbers between its lines, so that lines do not begin in the same bank

/** Bytes of workgroup memory that a tile takes. */
export const matrixBytes = (shape: MatrixShape, tile: MatrixTile): number =>
  2 * tile * (depth + pad) * 2 + subgroups * shape.rows * (tile / 2) * 4

/** The kernel, for subgroups of `lanes` lanes. */
export function matricesSource(
  product: Product,
  w: TileWords,
  tile: MatrixTile,
  shape: MatrixShape,
  lanes: number,
  along: readonly Along[],
): string {
  const half = tile / 2
  const [rows, columns] = [upTo(half / shape.rows), upTo(half / shape.columns)]
  const left = stagingOf('a', product.a, along[0], tile, lanes)
  const right = stagingOf('b', product.b, along[1], tile, lanes)
  const region = shape.rows * half
  const type = (side: string, across: number, down: number): string =>
    `subgroup_matrix_${side}<${side === 'result' ? 'f32' : 'f16'}, ${across}, ${down}>`
  const multiply = upTo(depth / shape.inner).map((step) => {
    const k = step * shape.inner
    const load = (name: string, staging: Staging, kind: string, first: string, count: number): string =>
      `let ${name}${count} = subgroupMatrixLoad<${kind}, ${staging.order}>(&tile_${staging.name}, (${staging.fragment(first, k)}) / 4u, ${staging.stride / 4}u);`
    return `{
      ${rows.map((i) => load('l', left, type('left', shape.inner, shape.rows), `sub_m + ${i * shape.rows}u`, i)).join('\n      ')}
      ${columns.map((j) => load('r', right, type('right', shape.columns, shape.inner), `sub_n + ${j * shape.columns}u`, j)).join('\n      ')}
      ${rows.map((i) => columns.map((j) => `sum${i}_${j} = subgroupMatrixMultiplyAccumulate(l${i}, r${j}, sum${i}_${j});`).join(' ')).join('\n      ')}
    }`
  })
  return `
var<workgroup> tile_a: array<vec4<f16>, ${left.size}>;
var<workgroup> tile_b: array<vec4<f16>, ${right.size}>;
var<workgroup> results: array<f32, ${subgroups * region}>;
@compute @workgroup_size(${subgroups * lanes})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32,
  @builtin(subgroup_id) subgroup: u32, @builtin(subgroup_invocation_id) lane: u32) {
  ${findTile(w, `group.x + group.y * ${w.across}`)}
  let m0 = tile_m * ${tile}u;
  let n0 = tile_n * ${tile}u;
  let sub_m = subgroup / 2u * ${half}u;
  let sub_n = subgroup % 2u * ${half}u;
  ${left.open('m0', product.rows)}
  ${right.open('n0', product.columns)}
  ${rows.map((i) => columns.map((j) => `var sum${i}_${j}: ${type('result', shape.columns, shape.rows)};`).join(' ')).join('\n  ')}
  ${inSteps(depth, [left, right], multiply.join('\n    '))}
  ${rows
    .map(
      (i) => `
  workgroupBarrier();
  ${columns.map((j) => `subgroupMatrixStore<row_major>(&results, subgroup * ${region}u + ${j * shape.columns}u, sum${i}_${j}, ${half}u);`).join('\n  ')}
  workgroupBarrier();
  for (var e = lane; e < ${region}u; e += ${lanes}u) {
    let m = m0 + sub_m + ${i * shape.rows}u + e / ${half}u;
    let n = n0 + sub_n + e % ${half}u;
    if (m < ${product.rows} && n < ${product.columns}) { ${product.store('m', 'n', `results[subgroup * ${region}u + e]`)} }
  }`,
    )
    .join('')}
}`
}

/** How a factor goes through workgroup memory. */
interface Staging extends Staged {
  readonly name: string
  /** Vectors of four of it. */
  readonly size: number
  readonly order: 'row_major' | 'col_major'
  /** Numbers from line to line. */
  readonly stride: number
  /** WGSL of the place of the fragment that begins at `outer` and k. */
  readonly fragment: (outer: string, k: number) => string
}

// Lines are rows (columns) where their numbers lie along the inner dim, else numbers of the inner dim.
function stagingOf(name: string, side: Side, along: Along, tile: MatrixTile, lanes: number): Staging {
  const threads = subgroups * lanes
  const [lines, length] = along === 'inner' ? [tile, depth] : [depth, tile]
  const [perLine, stride] = [length / 4, length + pad]
  const units = upTo((lines * perLine) / threads)
  const lineStep = threads / perLine // lines from one unit of a thread to the next
  const four = upTo(4)
  const fours = side.fours?.along === along ? side.fours : null
  const words = fours?.words ?? 'vec4<f16>'
  const inner = along === 'inner'
  const held = (u: number): string => `${name}_held${u}`
  const row = (u: number, j: number): string => `${name}_row${inner ? u : j}`
  const opened = inner ? units.map((u) => [u, 0]) : (fours ? [0] : four).map((j) => [0, j])
  const at = (u: number, step: string): string =>
    inner ? `(${step} + ${name}_first)` : `(${step} + ${name}_line + ${u * lineStep}u)`
  const load = (u: number, step: string): string => {
    if (fours) return fours.load(row(u, 0), `${at(u, step)} * ${side.stride}`)
    const number = (j: number): string =>
      side.value(row(u, j), inner ? `(${at(u, step)} + ${j}u)` : at(u, step))
    return `vec4<f16>(vec4<f32>(${four.map(number).join(', ')}))`
  }
  // What is loaded is looked at only here: to mask it at once would be to wait for it. (What was read beyond the end is
  // some number or 0, and not used.)
  const number = (u: number): string => {
    const inside = inner
      ? `vec4<u32>${at(u, 'k')} + vec4<u32>(0u, 1u, 2u, 3u) < vec4<u32>(k1)`
      : `${at(u, 'k')} < k1`
    return `select(vec4<f16>(0), ${fours ? `vec4<f16>(${fours.decode(held(u))})` : held(u)}, ${inside})`
  }
  const place = (u: number): string =>
    `(${name}_line + ${u * lineStep}u) * ${stride / 4}u + local % ${perLine}u`
  // columns of the first factor's fragments are the inner dim, rows of the second's
  const rowsFirst = (name === 'a') === inner
  return {
    name,
    size: (lines * stride) / 4,
    order: rowsFirst ? 'row_major' : 'col_major',
    stride,
    open: (first, count) => `
  let ${name}_line = local / ${perLine}u;
  let ${name}_first = local % ${perLine}u * 4u;
  ${opened
    .map(([u, j]) => {
      const index = inner ? `${name}_line + ${u * lineStep}u` : `${name}_first + ${j}u`
      return side.open(row(u, j), `min(${first} + ${index}, ${count} - 1u)`)
    })
    .join('\n  ')}
  ${units.map((u) => `var ${held(u)} = ${words}();`).join(' ')}`,
    load: (step) => units.map((u) => `${held(u)} = ${load(u, step)};`).join('\n      '),
    store: units.map((u) => `tile_${name}[${place(u)}] = ${number(u)};`).join('\n    '),
    fragment: (outer, k) => (inner ? `(${outer}) * ${stride}u + ${k}u` : `${k * stride}u + ${outer}`),
  }
}
