// Products of a workgroup through workgroup memory, for GPUs: a thread makes 4 × 4 to 16 × 8 outputs, and the tile goes
// along the inner dim `depth` numbers at a time. The numbers of the next step are loaded into registers before those of
// this one are multiplied, so that their way through memory takes no time of its own. In workgroup memory they lie as
// [k][row], vectors of four rows: a thread reads one or more of each factor for each k, and neighbours read neighbours,
// so no two of them want different lines of one bank. They are written whole, as threads may not write parts of one vector.
import { findTile, inSteps, upTo } from './product.ts'
import type { Along, Product, Side, Staged, TileWords } from './product.ts'

/** The outputs of a workgroup, those of a thread, and how many numbers of the inner dim are in workgroup memory at once. */
export interface Tile {
  readonly rows: number
  readonly columns: number
  readonly threadRows: number
  readonly threadColumns: number
  readonly depth: number
}

const four = upTo(4)
const threadsOf = ({ rows, columns, threadRows, threadColumns }: Tile): number =>
  (rows / threadRows) * (columns / threadColumns)

/** The kernel. `along`: the dim of the first and second factor in which neighbours lie beside each other. */
export function tileSource(product: Product, w: TileWords, tile: Tile, along: readonly Along[]): string {
  const { type, a, b } = product
  const { depth } = tile
  const threads = threadsOf(tile)
  const vector = `vec4<${type}>`
  const [lineA, lineB] = [tile.rows / 4, tile.columns / 4]
  // a thread's rows: four at 4·y, four more a share of the tile further on; its columns likewise
  const [spanY, spanX] = [tile.rows / tile.threadRows, tile.columns / tile.threadColumns]
  const [quadsA, quadsB] = [upTo(tile.threadRows / 4), upTo(tile.threadColumns / 4)]
  const rows = upTo(tile.threadRows)
  const add = (x: string, y: string, sum: string): string =>
    type === 'f32' ? `fma(${vector}(${x}), ${y}, ${sum})` : `${sum} + ${x} * ${y}`
  const left = loadsOf('a', a, along[0], type, tile.rows, depth, threads, false)
  const right = loadsOf('b', b, along[1], type, tile.columns, depth, threads, true)
  const multiply = `for (var d = 0u; d < ${depth}u; d++) {
    ${quadsA.map((q) => `let left${q} = tile_a[d * ${lineA}u + ${q * spanY}u + y];`).join(' ')}
    ${quadsB.map((q) => `let right${q} = tile_b[d * ${lineB}u + ${q * spanX}u + x];`).join(' ')}
    ${rows.map((r) => quadsB.map((q) => `sum${r}_${q} = ${add(`left${r >> 2}[${r & 3}]`, `right${q}`, `sum${r}_${q}`)};`).join(' ')).join('\n      ')}
  }`
  return `
var<workgroup> tile_a: array<${vector}, ${depth * lineA}>;
var<workgroup> tile_b: array<${vector}, ${depth * lineB}>;
@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  ${findTile(w, `group.x + group.y * ${w.across}`)}
  let m0 = tile_m * ${tile.rows}u;
  let n0 = tile_n * ${tile.columns}u;
  let x = local % ${spanX}u;
  let y = local / ${spanX}u;
  ${left.open('m0', product.rows)}
  ${right.open('n0', product.columns)}
  ${rows.map((r) => quadsB.map((q) => `var sum${r}_${q} = ${vector}(0);`).join(' ')).join('\n  ')}
  ${inSteps(depth, [left, right], multiply)}
  ${upTo(tile.threadColumns)
    .map((c) => {
      const stores = rows.map((r) => {
        const m = `m0 + ${(r >> 2) * spanY * 4 + (r & 3)}u + y * 4u`
        // (a number that is not known here would put all sums into slow memory)
        const sum = `sum${r}_${c >> 2}[${c & 3}]`
        return `{ let m = ${m}; if (m < ${product.rows}) { ${product.store('m', 'n', sum)} } }`
      })
      return `{
    let n = n0 + ${(c >> 2) * spanX * 4 + (c & 3)}u + x * 4u;
    if (n < ${product.columns}) {
      ${stores.join('\n      ')}
    }
  }`
    })
    .join('\n  ')}
}`
}

// Along the outer dim a vector of four rows is loaded as it is stored. Along the inner one a thread loads four by four
// numbers (at once: in vectors) and turns them. Where there are fewer of these units than threads, the first threads load
// one each; the last ones if `late`.
function loadsOf(
  name: string,
  side: Side,
  dim: Along,
  type: string,
  size: number,
  depth: number,
  threads: number,
  late: boolean,
): Staged {
  const line = size / 4
  const fours = side.fours?.along === dim ? side.fours : null
  const all = dim === 'outer' ? depth * line : (depth / 4) * line
  const units = upTo(Math.max(1, all / threads))
  const from = late && all < threads ? threads - all : 0
  const guarded = (statements: string): string =>
    all < threads
      ? `if (${from > 0 ? `local >= ${from}u` : `local < ${all}u`}) {\n${statements}\n}`
      : statements
  const [unit, i, k] = [`${name}_unit`, `${name}_i`, `${name}_k`]
  const perStep = threads / line // vectors (blocks) along the inner dim of what all threads load at once
  const held = (u: number, j: number): string => `${name}${u}_${j}`
  const vector = (numbers: (j: number) => string): string => `vec4<${type}>(${four.map(numbers).join(', ')})`
  const opened = dim === 'outer' && fours ? [0] : four
  const words = fours?.words ?? `vec4<${type}>`
  const lines = dim === 'outer' ? [0] : four // vectors of a unit
  const open = (first: string, count: string): string => `
  let ${unit} = local${from > 0 ? ` - ${from}u` : ''};
  let ${i} = ${unit} % ${line}u;
  let ${k} = ${unit} / ${line}u${dim === 'inner' ? ' * 4u' : ''};
  ${opened.map((j) => side.open(`${name}${j}_`, `min(${first} + ${i} * 4u + ${j}u, ${count} - 1u)`)).join('\n  ')}
  ${units.map((u) => lines.map((j) => `var ${held(u, j)} = ${words}();`).join(' ')).join('\n  ')}`
  const place = (step: string, u: number): string =>
    `(${step} + ${k} + ${u * perStep * (dim === 'inner' ? 4 : 1)}u)`
  const load = (step: string, u: number, j: number): string => {
    const at = place(step, u)
    if (fours) return fours.load(`${name}${j}_`, `${at} * ${side.stride}`)
    return dim === 'outer'
      ? vector((r) => side.value(`${name}${r}_`, at))
      : vector((q) => side.value(`${name}${j}_`, `(${at} + ${q}u)`))
  }
  // What is loaded is looked at only here: to mask it at once would be to wait for it. (What was read beyond the end is
  // some number or 0, and not used.)
  const store = (u: number): string => {
    const at = place('k', u)
    const inside =
      dim === 'outer' ? `${at} < k1` : `vec4<u32>${at} + vec4<u32>(0u, 1u, 2u, 3u) < vec4<u32>(k1)`
    const number = (j: number): string =>
      `select(vec4<${type}>(0), ${fours ? fours.decode(held(u, j)) : held(u, j)}, inside)`
    const stores =
      dim === 'outer'
        ? [`tile_${name}[${unit} + ${u * threads}u] = ${number(0)};`]
        : [
            ...four.map((j) => `let v${j} = ${number(j)};`),
            ...four.map(
              (q) =>
                `tile_${name}[(${k} + ${u * perStep * 4 + q}u) * ${line}u + ${i}] = ${vector((j) => `v${j}[${q}]`)};`,
            ),
          ]
    return `{ let inside = ${inside};\n    ${stores.join('\n    ')} }`
  }
  return {
    open,
    load: (step) =>
      guarded(units.flatMap((u) => lines.map((j) => `${held(u, j)} = ${load(step, u, j)};`)).join('\n    ')),
    store: guarded(units.map(store).join('\n    ')),
  }
}
