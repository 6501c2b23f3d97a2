// Products without workgroup memory: lanes beside each other make the same rows, each in columns of its own. Where
// subgroups have one size, each number of the first factor is loaded by one lane and broadcast: CPU drivers run a
// subgroup as one vector, and loads are what costs there.
import { findTile, upTo } from './product.ts'
import type { Along, Product, Side, TileWords } from './product.ts'

/** The tile of a subgroup, or of `lanes` threads. */
export interface LaneTile {
  readonly rows: number
  /** Columns of a lane. */
  readonly columns: number
  readonly lanes: number
  /** Whether the lanes are a subgroup and share what they load. */
  readonly shared: boolean
}

const alone = 64 // threads of a workgroup of lanes that share nothing
const step = 4 // numbers of the inner dim that are loaded at once

/** Tiles of a workgroup. */
export const tilesOfGroup = ({ lanes, shared }: LaneTile): number => (shared ? 1 : alone / lanes)

/** Whether a tile can load fours that lie along a dim. */
export const takesFours = (along: Along, outputs: number): boolean => along === 'inner' || outputs % 4 === 0

/** How the numbers of one step are loaded: unit e holds one or four of them. */
interface Units {
  readonly count: number
  /** The unit of a number, and which of its four it is. */
  readonly of: (outer: number, k: number) => { readonly e: number; readonly component: string }
  /** WGSL of the first number's place in the tile, and along the inner dim. */
  readonly outer: (e: string) => string
  readonly k: (e: string) => string
}
function unitsOf(fours: Along | null, outputs: number): Units {
  if (fours === 'inner')
    return {
      count: outputs,
      of: (outer, k) => ({ e: outer, component: `[${k}]` }),
      outer: (e) => e,
      k: () => '0u',
    }
  const width = fours === 'outer' ? 4 : 1
  const line = outputs / width
  return {
    count: line * step,
    of: (outer, k) => ({
      e: k * line + Math.floor(outer / width),
      component: fours === 'outer' ? `[${outer % 4}]` : '',
    }),
    outer: (e) => `${e} % ${line}u * ${width}u`,
    k: (e) => `${e} / ${line}u`,
  }
}

/** The kernel. */
export function lanesSource(product: Product, w: TileWords, tile: LaneTile): string {
  const { type, a, b } = product
  const { rows: t, columns, lanes, shared } = tile
  const [r, c] = [upTo(t), upTo(columns)]
  const [alongA, alongB] = [a, b].map((side) => side.fours?.along ?? null)
  const [left, right] = [unitsOf(alongA, t), unitsOf(alongB, columns)]
  const fours = alongB === 'outer' ? 4 : 1
  const load = ({ fours: at4, at }: Side, name: string, distance: string): string =>
    at4 === null ? at(name, distance) : at4.decode(at4.load(name, distance))
  // a lane's columns: one by one, or four by four, neighbours beside each other
  const column = (j: number): string => `n0 + ${Math.floor(j / fours) * lanes * fours + (j % fours)}u`
  // (fours begin inside; their numbers beyond the edge are not used)
  const clamped = (at: string, count: string): string => `min(${at}, ${count} - 1u)`
  // one unit a lane, or all of them
  const loads = upTo(shared ? Math.ceil(left.count / lanes) : left.count)
  const unit = (j: number): string =>
    shared ? `((${j * lanes}u + lane)${left.count < lanes ? ` % ${left.count}u` : ''})` : `${j}u`
  const number = (row: number, k: number): string => {
    const { e, component } = left.of(row, k)
    return shared
      ? `subgroupBroadcast(load${Math.floor(e / lanes)}${component}, ${e % lanes}u)`
      : `load${e}${component}`
  }
  const add = (row: number, x: string, y: (j: number) => string): string =>
    `let x${row} = ${x}; ${c.map((j) => `sum${row}_${j} += x${row} * ${y(j)};`).join(' ')}`
  const rightLoads = (k: number): string => {
    if (alongB === 'inner' && k > 0) return '' // all four are there
    const firsts = c.filter((j) => fours === 1 || j % 4 === 0)
    return firsts
      .map((j) => `let y${right.of(j, k).e} = ${load(b, `b${j}_`, `at_b + ${k}u * stride_b`)};`)
      .join(' ')
  }
  const sum = `
  ${c.map((j) => b.enter?.(`b${j}_`) ?? '').join('\n    ')}
  var at_a = k0 * stride_a${product.taps ? ` + ${product.taps.first}` : ''};
  var at_b = k0 * stride_b;
  let whole = k1 - (k1 - k0) % ${step}u;
  for (var k = k0; k < whole; k += ${step}u) {
    ${loads.map((j) => `let load${j} = ${load(a, `l${j}_`, 'at_a')};`).join('\n    ')}
    ${upTo(step)
      .map((k) => {
        const y = (j: number): string => `y${right.of(j, k).e}${right.of(j, k).component}`
        return `${rightLoads(k)}\n    { ${r.map((row) => add(row, number(row, k), y)).join('\n    ')} }`
      })
      .join('\n    ')}
    at_a += ${step}u * stride_a;
    at_b += ${step}u * stride_b;
  }
  for (var k = whole; k < k1; k++) {
    ${c.map((j) => `let y${j} = ${b.at(`b${j}_`, 'at_b')};`).join(' ')}
    ${r.map((row) => add(row, a.at(`a${row}_`, 'at_a'), (j) => `y${j}`)).join('\n    ')}
    at_a += stride_a;
    at_b += stride_b;
  }`
  return `
@compute @workgroup_size(${shared ? lanes : alone})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32${
    shared ? ', @builtin(subgroup_invocation_id) lane: u32' : ''
  }) {
  ${shared ? '' : `let lane = local % ${lanes}u;`}
  ${findTile(w, shared ? `group.x + group.y * ${w.across}` : `(group.x + group.y * ${w.across}) * ${alone / lanes}u + local / ${lanes}u`)}
  let m0 = tile_m * ${t}u;
  let n0 = tile_n * ${lanes * columns}u + lane * ${fours}u;
  let stride_a = ${a.stride};
  let stride_b = ${b.stride};
  ${r.map((row) => a.open(`a${row}_`, clamped(`m0 + ${row}u`, product.rows))).join('\n  ')}
  ${loads
    .map(
      (j) =>
        `${a.open(`r${j}_`, clamped(`m0 + ${left.outer(unit(j))}`, product.rows))} let l${j}_ = r${j}_ + ${left.k(unit(j))} * stride_a;`,
    )
    .join('\n  ')}
  ${c.map((j) => b.open(`b${j}_`, clamped(column(j), product.columns))).join('\n  ')}
  ${r.map((row) => c.map((j) => `var sum${row}_${j} = ${type}(0);`).join(' ')).join('\n  ')}
  ${product.taps ? product.taps.loops(sum) : sum}
  var sums = array<${type}, ${t * columns}>(${r.map((row) => c.map((j) => `sum${row}_${j}`).join(', ')).join(', ')});
  for (var e = 0u; e < ${t * columns}u; e++) {
    let m = m0 + e / ${columns}u;
    let n = n0 + e % ${columns}u / ${fours}u * ${lanes * fours}u${fours === 4 ? ' + (e & 3u)' : ''};
    if (m < ${product.rows} && n < ${product.columns}) { ${product.store('m', 'n', 'sums[e]')} }
  }
}`
}
