// Products of a workgroup through workgroup memory, for GPUs: 16×16 threads make a tile of 64×64 or 128×128 outputs,
// each 4×4 or 8×8 of them, 16 numbers of the inner dim at a time. In workgroup memory these lie as [k][row], vectors of
// four rows: a thread reads one or two of each factor for each k, and neighbours read neighbours, so no two of them want
// different lines of one bank. They are written whole, as threads may not write parts of one vector.
import { findTile, upTo } from './product.ts'
import type { Along, LinearSide, Product, Side, TileWords } from './product.ts'

/** Outputs along a side of the tile. */
export type TileSize = 64 | 128

const depth = 16 // 16 KiB for both factors of the large tile: what every device has
const threads = 256
const four = upTo(4)

/** The kernel. `along`: the dim of the first and second factor in which neighbours lie beside each other. */
export function tileSource(product: Product, w: TileWords, size: TileSize, along: readonly Along[]): string {
  const { type, a, b } = product
  const line = size / 4
  const vector = `vec4<${type}>`
  const quads = upTo(size / 64) // a thread's rows: four at 4·y, four more at 64 + 4·y; its columns likewise
  const rows = upTo(size / 16)
  const left = loadsOf('a', a, along[0], type, size, 0)
  const right = loadsOf('b', b, along[1], type, size, threads / 2)
  return `
var<workgroup> tile_a: array<${vector}, ${depth * line}>;
var<workgroup> tile_b: array<${vector}, ${depth * line}>;
${product.functions ?? ''}
@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  ${findTile(w, `group.x + group.y * ${w.across}`)}
  let m0 = tile_m * ${size}u;
  let n0 = tile_n * ${size}u;
  let x = local % 16u;
  let y = local / 16u;
  ${left.open('m0', product.rows)}
  ${right.open('n0', product.columns)}
  ${rows.map((r) => quads.map((q) => `var sum${r}_${q} = ${vector}(0);`).join(' ')).join('\n  ')}
  for (var k = k0; k < k1; k += ${depth}u) {
    workgroupBarrier(); // the step before has been used
    ${left.move}
    ${right.move}
    workgroupBarrier();
    for (var d = 0u; d < ${depth}u; d++) {
      ${quads.map((q) => `let left${q} = tile_a[d * ${line}u + ${q * 16}u + y]; let right${q} = tile_b[d * ${line}u + ${q * 16}u + x];`).join('\n      ')}
      ${rows.map((r) => quads.map((q) => `sum${r}_${q} += left${r >> 2}[${r & 3}] * right${q};`).join(' ')).join('\n      ')}
    }
  }
  var sums = array<${vector}, ${rows.length * quads.length}>(${rows.map((r) => quads.map((q) => `sum${r}_${q}`).join(', ')).join(', ')});
  for (var e = 0u; e < ${rows.length * quads.length * 4}u; e++) {
    let r = e / ${quads.length * 4}u;
    let c = e % ${quads.length * 4}u;
    let m = m0 + y * 4u + r / 4u * 64u + r % 4u;
    let n = n0 + x * 4u + c / 4u * 64u + c % 4u;
    if (m < ${product.rows} && n < ${product.columns}) { ${product.store('m', 'n', 'sums[e >> 2u][e & 3u]')} }
  }
}`
}

/** WGSL that prepares a factor's loads before the loop, and that moves a step of it into workgroup memory. */
interface Loads {
  readonly open: (first: string, count: string) => string
  readonly move: string
}

// Along the outer dim a vector of four rows is loaded as it is stored. Along the inner one a thread loads four by four
// numbers (at once: in vectors that it turns); as many threads as the tile has rows do that, from number `from` on.
function loadsOf(
  name: string,
  side: Side | LinearSide,
  dim: Along,
  type: string,
  size: TileSize,
  from: number,
): Loads {
  const line = size / 4
  const fours = 'fours' in side && side.fours === dim ? side : null
  const [i, k] = [`${name}_i`, `${name}_k`]
  const open = (first: string, count: string): string => {
    const at = (j: number): string => `min(${first} + ${i} * 4u + ${j}u, ${count} - 1u)`
    const opened = dim === 'outer' && fours ? [0] : four
    return `let ${i} = local % ${line}u;
  let ${k} = ${dim === 'outer' ? `local / ${line}u` : `(local - ${from}u) / ${line}u * 4u`};
  ${opened.map((j) => side.open(`${name}${j}_`, at(j))).join('\n  ')}`
  }
  // (what is read beyond the end is some number or 0, and not used)
  const vector = (numbers: (j: number) => string): string => `vec4<${type}>(${four.map(numbers).join(', ')})`
  const whole = (j: number, at: string): string =>
    fours === null ? '' : fours.four(`${name}${j}_`, `(${at}) * ${fours.stride}`)
  const rowsAt = (at: string): string => vector((j) => side.value(`${name}${j}_`, `(${at})`))
  if (dim === 'outer') {
    const moves = upTo((depth * line) / threads).map((u) => {
      const at = `k + ${k} + ${(u * threads) / line}u`
      const value = fours ? whole(0, at) : rowsAt(at)
      return `tile_${name}[local + ${u * threads}u] = select(vec4<${type}>(0), ${value}, ${at} < k1);`
    })
    return { open, move: moves.join('\n    ') }
  }
  const turned = `let inside = vec4<u32>(k + ${k}) + vec4<u32>(0u, 1u, 2u, 3u) < vec4<u32>(k1);
      ${four.map((j) => `let v${j} = select(vec4<${type}>(0), ${whole(j, `k + ${k}`)}, inside);`).join('\n      ')}
      ${four.map((q) => `tile_${name}[(${k} + ${q}u) * ${line}u + ${i}] = ${vector((j) => `v${j}[${q}]`)};`).join('\n      ')}`
  const single = `for (var q = ${k}; q < ${k} + 4u; q++) {
        tile_${name}[q * ${line}u + ${i}] = select(vec4<${type}>(0), ${rowsAt('k + q')}, k + q < k1);
      }`
  const move = `if (local >= ${from}u && local < ${from + size}u) {
      ${fours ? turned : single}
    }`
  return { open, move }
}
