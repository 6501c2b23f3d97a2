// A convolution as a product through workgroup memory, for GPUs: 256 threads make a tile of the output, each 4×4 to 8×8
// outputs of it, a few numbers of the inner dim at a time; those of the next step are loaded while one is computed. In
// workgroup memory a step lies as [k][row] in vectors of four rows that are a quarter of the tile apart, so that
// neighbouring threads load and store neighbouring numbers.
import type { Factor, GatheredProduct } from './gather.ts'
import { findTile, upTo } from '../product/product.ts'
import type { TileWords } from '../product/product.ts'
import { splitIndex } from '../program.ts'

/** Outputs of a tile, and how many numbers of the inner dim are in a step. */
export interface ImageTile {
  readonly rows: number
  readonly columns: number
  readonly depth: number
}

const threads = 256
const four = upTo(4)

/** The kernel. */
export function imageTileSource(product: GatheredProduct, w: TileWords, tile: ImageTile): string {
  const { type } = product
  const { depth } = tile
  const outputs = (tile.rows * tile.columns) / threads
  // a thread's vectors of rows and of columns
  const high = outputs >= 64 ? 2 : 1
  const [tall, wide] = [high, outputs / 16 / high]
  const [down, across] = [tile.rows / 4 / tall, tile.columns / 4 / wide]
  const [left, right] = [
    loadsOf('l', product, product.a, tile.rows, depth),
    loadsOf('r', product, product.b, tile.columns, depth),
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

// A thread loads vectors of one k, or of every few; neighbours are neighbours along the factor's even dim. Its k is kept
// in digits, which are added like numbers: divisions are dear.
function loadsOf(name: string, product: GatheredProduct, factor: Factor, size: number, depth: number): Loads {
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
  const opened = (u: number, j: number): string => `${name}${inner ? u : 0}_${j}_`
  const by = inner ? depth : Math.min(threads / quarter, depth)
  const first = splitIndex(`${name}_k`, digits, `${name}_f`)
  const step = splitIndex(`${by}u`, digits, `${name}_s`)
  const digit = digits.map((_, d) => `${name}_d${d}`)
  const carry = digits.map((size, d) => {
    const sum = `${digit[d]} + ${step.index[d]}${d === 0 ? '' : ` + select(0u, 1u, full${d - 1})`}`
    if (d === digits.length - 1) return `${digit[d]} = ${sum};`
    return `let sum${d} = ${sum}; let full${d} = sum${d} >= ${size}; ${digit[d]} = select(sum${d}, sum${d} - ${size}, full${d});`
  })
  const next = `${name}_k += ${by}u; ${carry.join(' ')}`
  const value = (u: number, j: number): string => {
    const inside = factor.inside?.(opened(u, j), 'k_')
    const number = factor.value(opened(u, j), 'k_')
    return `select(${type}(0), ${number}, ${name}_k < k_end${inside === undefined ? '' : ` && ${inside}`})`
  }
  const where = (code: string): string => (idle === null ? code : `if (${idle}) { ${code} }`)
  return {
    line,
    open: (from, count) => `var ${name}_k = k0 + ${inner ? `local % ${depth}u` : `local / ${quarter}u`};
  ${first.code}${step.code}${digit.map((each, d) => `var ${each} = ${first.index[d]};`).join(' ')}
  ${(inner ? units : [0])
    .flatMap((u) =>
      four.map((j) =>
        factor.open(opened(u, j), `min(${from} + ${position(u)} + ${j * quarter}u, ${count} - 1u)`),
      ),
    )
    .join('\n  ')}
  ${units.map((u) => `var ${name}_v${u} = vec4<${type}>(0);`).join(' ')}`,
    load: where(
      units
        .map(
          (u) => `{
      ${factor.enter('k_', digit)}
      ${name}_v${u} = vec4<${type}>(${four.map((j) => value(u, j)).join(', ')});
      ${!inner || u === units.length - 1 ? next : ''}
    }`,
        )
        .join('\n    '),
    ),
    store: where(units.map((u) => `tile_${name}[${place(u)}] = ${name}_v${u};`).join(' ')),
  }
}
