// A convolution as a product through workgroup memory, for GPUs: a thread makes 4×4 to 8×8 outputs of the tile, which goes
// along the inner dim a few numbers at a time; those of the next step are loaded while one is multiplied. In workgroup
// memory a step lies as [k][row] in vectors of four rows that are a quarter of the tile apart, so that neighbouring
// threads load and store neighbouring numbers.
import type { Factor, GatheredProduct } from './gather.ts'
import { findTile, upTo } from '../product/product.ts'
import type { TileWords } from '../product/product.ts'
import { splitIndex } from '../program.ts'

/** Outputs of a tile, how many numbers of the inner dim are in a step, and the threads that share the work. */
export interface ImageTile {
  readonly rows: number
  readonly columns: number
  readonly depth: number
  readonly threads: number
}

const four = upTo(4)

/** The kernel. */
export function imageTileSource(product: GatheredProduct, w: TileWords, tile: ImageTile): string {
  const { type } = product
  const { depth, threads } = tile
  const outputs = (tile.rows * tile.columns) / threads
  // a thread's vectors of rows and of columns
  const high = outputs >= 64 ? 2 : 1
  const [tall, wide] = [high, outputs / 16 / high]
  const [down, across] = [tile.rows / 4 / tall, tile.columns / 4 / wide]
  const [left, right] = [
    loadsOf('l', product, product.a, tile.rows, tile),
    loadsOf('r', product, product.b, tile.columns, tile),
  ]
  const vector = `vec4<${type}>`
  const add = (a: string, b: string, sum: string): string =>
    type === 'f32' ? `fma(${vector}(${a}), ${b}, ${sum})` : `${sum} + ${a} * ${b}`
  const [rows, quads] = [upTo(4 * tall), upTo(wide)]
  const column = product.column('at', 'n')
  return `
var<workgroup> tile_l: array<${vector}, ${depth * left.line}>;
var<workgroup> tile_r: array<${vector}, ${depth * right.line}>;
@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  ${findTile(w, `group.x + group.y * ${w.across}`)}
  ${product.prepare}
  let k_end = ${product.end};
  let m0 = tile_m * ${tile.rows}u;
  let n0 = tile_n * ${tile.columns}u;
  let x = local % ${across}u;
  let y = local / ${across}u;
  ${left.open('m0', product.rows)}
  ${right.open('n0', product.columns)}
  ${rows.map((r) => quads.map((q) => `var sum${r}_${q} = ${vector}(0);`).join(' ')).join('\n  ')}
  // (one loop more than there are steps: it loads one and computes the one before)
  for (var k = k0; k < k_end + ${depth}u; k += ${depth}u) {
    ${left.load}
    ${right.load}
    if (k > k0) {
      for (var d = 0u; d < ${depth}u; d++) {
        ${upTo(tall)
          .map((q) => `let left${q} = tile_l[d * ${left.line}u + ${q * down}u + y];`)
          .join(' ')}
        ${quads.map((q) => `let right${q} = tile_r[d * ${right.line}u + ${q * across}u + x];`).join(' ')}
        ${rows.map((r) => quads.map((q) => `sum${r}_${q} = ${add(`left${r >> 2}[${r & 3}]`, `right${q}`, `sum${r}_${q}`)};`).join(' ')).join('\n        ')}
      }
    }
    workgroupBarrier();
    ${left.store}
    ${right.store}
    workgroupBarrier();
  }
  var sums = array<${vector}, ${rows.length * wide}>(${rows.map((r) => quads.map((q) => `sum${r}_${q}`).join(', ')).join(', ')});
  for (var c = 0u; c < ${4 * wide}u; c++) {
    let n = n0 + x + c / 4u * ${across}u + c % 4u * ${tile.columns / 4}u;
    if (n >= ${product.columns}) { continue; }
    ${column.code}
    ${column.inside === null ? '' : `if (!(${column.inside})) { continue; }`}
    for (var r = 0u; r < ${rows.length}u; r++) {
      let m = m0 + y + r / 4u * ${down}u + r % 4u * ${tile.rows / 4}u;
      if (m < ${product.rows}) { ${product.store('at', 'm', `sums[r * ${wide}u + c / 4u][c % 4u]`)} }
    }
  }
}`
}

/** WGSL that prepares a factor's loads, that loads a step and goes on to the next, and that stores what was loaded. */
interface Loads {
  /** Vectors of a k in workgroup memory. */
  readonly line: number
  readonly open: (first: string, count: string) => string
  readonly load: string
  readonly store: string
}

// A thread loads vectors of one k along the inner dim, of one row (column) along the outer; neighbouring threads load
// neighbours along it. An inner index is kept in digits, to which the step is added as to a number: divisions are dear.
function loadsOf(
  name: string,
  product: GatheredProduct,
  factor: Factor,
  size: number,
  { depth, threads }: ImageTile,
): Loads {
  const { type, digits } = product
  const inner = factor.along === 'inner'
  const quarter = size / 4
  const vectors = depth * quarter
  const units = upTo(Math.ceil(vectors / threads))
  const idle = vectors < threads ? `local < ${vectors}u` : null
  // (neighbours along the inner dim store to different lines, which are to lie in different banks)
  const line = inner ? quarter + 1 : quarter
  const position = (u: number): string =>
    inner ? `local / ${depth}u + ${(u * threads) / depth}u` : `local % ${quarter}u`
  const place = (u: number): string =>
    inner
      ? `local % ${depth}u * ${line}u + ${position(u)}`
      : `(local / ${quarter}u + ${(u * threads) / quarter}u) * ${line}u + ${position(u)}`
  // what units have of their own: rows along the inner dim, inner indices along the outer
  const opened = (u: number, j: number): string => `${name}${inner ? u : 0}_${j}_`
  const index = (u: number): string => `${name}_k${inner ? 0 : u}`
  const step = splitIndex(`${depth}u`, digits, `${name}_step`)
  const start = (u: number): string => {
    const from = inner ? `local % ${depth}u` : `local / ${quarter}u + ${(u * threads) / quarter}u`
    const first = splitIndex(index(u), digits, `${index(u)}_first`)
    const parts = digits.map((_, d) => `var ${index(u)}_${d} = ${first.index[d]};`)
    return `var ${index(u)} = k0 + ${from};\n  ${first.code}${parts.join(' ')}`
  }
  const advance = (u: number): string => {
    const carry = digits.map((size, d) => {
      const digit = `${index(u)}_${d}`
      const sum = `${digit} + ${step.index[d]}${d === 0 ? '' : ` + select(0u, 1u, full${d - 1})`}`
      if (d === digits.length - 1) return `${digit} = ${sum};`
      return `let sum${d} = ${sum}; let full${d} = sum${d} >= ${size}; ${digit} = select(sum${d}, sum${d} - ${size}, full${d});`
    })
    return `{ ${index(u)} += ${depth}u; ${carry.join(' ')} }`
  }
  const value = (u: number, j: number): string => {
    const inside = factor.inside?.(opened(u, j), 'k_')
    const number = factor.value(opened(u, j), 'k_')
    return `select(${type}(0), ${number}, ${inside === undefined ? '' : `${inside} & `}(${index(u)} < k_end))`
  }
  const load = (u: number): string => `{
      ${factor.enter(
        'k_',
        digits.map((_, d) => `${index(u)}_${d}`),
      )}
      ${name}_v${u} = vec4<${type}>(${four.map((j) => value(u, j)).join(', ')});
    }`
  const [rows, indices] = inner ? [units, [0]] : [[0], units]
  const where = (code: string): string => (idle === null ? code : `if (${idle}) { ${code} }`)
  return {
    line,
    open: (from, count) => `${step.code}${indices.map(start).join('\n  ')}
  ${rows
    .flatMap((u) =>
      four.map((j) =>
        factor.open(opened(u, j), `min(${from} + ${position(u)} + ${j * quarter}u, ${count} - 1u)`),
      ),
    )
    .join('\n  ')}
  ${units.map((u) => `var ${name}_v${u} = vec4<${type}>(0);`).join(' ')}`,
    load: where([...units.map(load), ...indices.map(advance)].join('\n    ')),
    store: where(units.map((u) => `tile_${name}[${place(u)}] = ${name}_v${u};`).join(' ')),
  }
}
