// Products of a workgroup through workgroup memory, for GPUs: 16×16 threads make a tile of 64×64 or 128×128 outputs,
// each 4×4 or 8×8 of them. What they read in a step lies in memory as [k][row] in vectors of four, with one vector more
// in each line than the tile has: then both the stores, across lines, and the loads, along them, meet all banks.
import { findTile, upTo } from './product.ts'
import type { Along, LinearSide, Product, Side, TileWords } from './product.ts'

/** Outputs along a side of the tile. */
export type TileSize = 64 | 128

/** The kernel. Each thread loads four numbers beside each other in the dim `along` of the first and second factor. */
export function tileSource(product: Product, w: TileWords, size: TileSize, along: readonly Along[]): string {
  const { type } = product
  const depth = 1024 / size // four loads of a thread for each factor
  const line = size / 4 + 1
  const vector = `vec4<${type}>`
  const quads = upTo(size / 64) // a thread's rows: four at 4·y, four more at 64 + 4·y, so that neighbours read neighbours
  const rows = upTo(size / 16)
  const four = upTo(4)

  // Thread `local` loads the numbers (k, i): four k of one i, or four i of one k.
  const place = (dim: Along): { k: string; i: string } =>
    dim === 'inner'
      ? { k: `(local % ${depth / 4}u) * 4u`, i: `local / ${depth / 4}u` }
      : { k: `local / ${size / 4}u`, i: `(local % ${size / 4}u) * 4u` }
  const open = (side: Side, name: string, dim: Along, first: string, count: string): string => {
    const { k, i } = place(dim)
    const at = (j: number): string => `min(${first} + ${name}i${j > 0 ? ` + ${j}u` : ''}, ${count} - 1u)`
    return `let ${name}k = ${k};
  let ${name}i = ${i};
  ${(dim === 'inner' ? [0] : four).map((j) => side.open(`${name}${j}_`, at(j))).join('\n  ')}`
  }
  // (what is read beyond the end is some number or 0, and not used)
  const load = (side: Side | LinearSide, name: string, dim: Along): string => {
    const inside = (j: number): string => `k + ${name}k + ${dim === 'inner' ? j : 0}u < k1`
    if ('fours' in side && side.fours === dim) {
      const all = side.four(`${name}0_`, `(k + ${name}k) * ${side.stride}`)
      const mask = `vec4<bool>(${four.map(inside).join(', ')})`
      return `let ${name}v = select(${vector}(0), ${all}, ${mask});`
    }
    const numbers = four.map((j) =>
      dim === 'inner'
        ? `let ${name}v${j} = select(${type}(0), ${side.value(`${name}0_`, `(k + ${name}k + ${j}u)`)}, ${inside(j)});`
        : `let ${name}v${j} = select(${type}(0), ${side.value(`${name}${j}_`, `(k + ${name}k)`)}, ${inside(j)});`,
    )
    return `${numbers.join(' ')} let ${name}v = ${vector}(${four.map((j) => `${name}v${j}`).join(', ')});`
  }
  const keep = (name: string, dim: Along): string =>
    dim === 'inner'
      ? four
          .map(
            (j) =>
              `tile_${name}[(${name}k + ${j}u) * ${line}u + ${name}i / 4u][${name}i % 4u] = ${name}v[${j}];`,
          )
          .join('\n    ')
      : `tile_${name}[${name}k * ${line}u + ${name}i / 4u] = ${name}v;`
  return `
var<workgroup> tile_a: array<${vector}, ${depth * line}>;
var<workgroup> tile_b: array<${vector}, ${depth * line}>;
@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  ${findTile(w, `group.x + group.y * ${w.across}`)}
  let m0 = tile_m * ${size}u;
  let n0 = tile_n * ${size}u;
  let x = local % 16u;
  let y = local / 16u;
  ${open(product.a, 'a', along[0], 'm0', product.rows)}
  ${open(product.b, 'b', along[1], 'n0', product.columns)}
  ${rows.map((r) => quads.map((q) => `var sum${r}_${q} = ${vector}(0);`).join(' ')).join('\n  ')}
  for (var k = k0; k < k1; k += ${depth}u) {
    ${load(product.a, 'a', along[0])}
    ${load(product.b, 'b', along[1])}
    workgroupBarrier(); // the step before has been used
    ${keep('a', along[0])}
    ${keep('b', along[1])}
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
