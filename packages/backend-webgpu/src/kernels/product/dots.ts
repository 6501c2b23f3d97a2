// Products with few rows whose second factor is contiguous along the inner dim, for GPUs: 32 lanes make a column, each
// adding every 32nd number, so that neighbours read neighbours; the sums of the lanes come together in workgroup memory.
import { findTile, upTo } from './product.ts'
import type { Product, TileWords } from './product.ts'

const lanes = 32
/** Columns of a workgroup. */
export const dotColumns = 8

/** The kernel of a workgroup that makes `rows` × 8 outputs. */
export function dotsSource(product: Product, w: TileWords, rows: number): string {
  const { type, a, b } = product
  const r = upTo(rows)
  return `
var<workgroup> shared_sums: array<${type}, ${rows * lanes * dotColumns}>;
@compute @workgroup_size(${lanes * dotColumns})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  ${findTile(w, `group.x + group.y * ${w.across}`)}
  let lane = local % ${lanes}u;
  let m0 = tile_m * ${rows}u;
  let n = tile_n * ${dotColumns}u + local / ${lanes}u;
  ${r.map((row) => a.open(`a${row}_`, `min(m0 + ${row}u, ${product.rows} - 1u)`)).join('\n  ')}
  ${b.open('b_', `min(n, ${product.columns} - 1u)`)}
  ${r.map((row) => `var sum${row} = ${type}(0);`).join(' ')}
  for (var k = k0 + lane; k < k1; k += ${lanes}u) {
    let y = ${b.value('b_', 'k')};
    ${r.map((row) => `sum${row} += ${a.value(`a${row}_`, 'k')} * y;`).join('\n    ')}
  }
  ${r.map((row) => `shared_sums[${row * lanes * dotColumns}u + local] = sum${row};`).join('\n  ')}
  for (var half = ${lanes / 2}u; half > 0u; half >>= 1u) {
    workgroupBarrier();
    if (lane < half) {
      ${r.map((row) => `shared_sums[${row * lanes * dotColumns}u + local] += shared_sums[${row * lanes * dotColumns}u + local + half];`).join('\n      ')}
    }
  }
  if (lane > 0u || n >= ${product.columns}) { return; }
  for (var row = 0u; row < min(${rows}u, ${product.rows} - m0); row++) {
    let m = m0 + row;
    ${product.store('m', 'n', `shared_sums[row * ${lanes * dotColumns}u + local]`)}
  }
}`
}
