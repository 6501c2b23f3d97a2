// The convolution as a sum of products, one for each tap: for CPU drivers, whose lanes share the weights. Where a lane's
// columns lie in the image is found once for a tap, and the channels follow evenly.
import { tapLoops } from './geometry.ts'
import { channelOf, placesAt, storeOf } from './pieces.ts'
import type { ConvolutionPieces } from './pieces.ts'
import type { Side, Product } from '../product/product.ts'

/** The product for the output, or for the gradient by the input. */
export function tapsProduct(pieces: ConvolutionPieces): Product {
  const { wanted, g, unit, type, load } = pieces
  const forward = wanted === 'output'
  const dims = g.inputSize.map((_, d) => d)
  const zeros = dims.map(() => '0u')
  const [image, columnSizes, bounds] = forward
    ? ([0, g.outputSize, g.inputSize] as const)
    : ([2, g.inputSize, g.outputSize] as const)
  const { strides } = g.windows[image]
  const weights = g.windows[1].strides
  const channels = forward ? g.inner : g.outer // of the image
  const a: Side = {
    open: (name, m) => {
      const at = forward ? [channelOf(m, g.outer), '0u'] : [channelOf('0u', g.outer), m]
      return `let ${name} = ${g.at(1, [...at, ...zeros])};`
    },
    stride: forward ? weights[1] : weights[0],
    at: (name, distance) => load(1, `${name} + ${distance}`),
    value: (name, k) => load(1, `${name} + ${k} * ${a.stride}`),
    fours: null,
  }
  // the place at tap 0, then at the tap
  const start = (place: string, d: number): string =>
    forward ? `i32(${place} * ${g.stride[d]}) - i32(${g.padding[d]})` : `i32(${place} + ${g.padding[d]})`
  const moved = (name: string, d: number): string => {
    const s = `${name}s${d} ${forward ? '+' : '-'} i32(t${d} * ${g.dilation[d]})`
    if (forward || unit)
      return `let ${name}p${d} = ${s}; ${name}inside &= ${name}p${d} >= 0 && ${name}p${d} < i32(${bounds[d]});`
    return `let ${name}m${d} = ${s}; let ${name}p${d} = ${name}m${d} / i32(${g.stride[d]});
    ${name}inside &= ${name}m${d} >= 0 && ${name}p${d} * i32(${g.stride[d]}) == ${name}m${d} && ${name}p${d} < i32(${bounds[d]});`
  }
  const b: Side = {
    open: (name, column) => {
      const { code, n, place } = placesAt(g, column, columnSizes, `${name}q`)
      return `${code}let ${name}first = ${g.at(image, [n, channelOf('0u', channels), ...zeros])};
  ${dims.map((d) => `let ${name}s${d} = ${start(place[d], d)};`).join(' ')}`
    },
    enter: (name) => `var ${name}inside = true;
    ${dims.map((d) => moved(name, d)).join('\n    ')}
    let ${name} = select(0u, ${name}first + ${dims.map((d) => `u32(${name}p${d}) * ${strides[d + 2]}`).join(' + ')}, ${name}inside);`,
    stride: strides[1],
    at: (name, distance) => `select(${type}(0), ${load(image, `${name} + ${distance}`)}, ${name}inside)`,
    value: (name, k) => b.at(name, `${k} * ${b.stride}`),
    fours: null,
  }
  const { rows, columns } = pieces.extents
  const taps = {
    loops: (body: string) => tapLoops(g, () => '', body),
    first: dims.map((d) => `t${d} * ${weights[d + 2]}`).join(' + '),
  }
  return { type, rows, columns, a, b, taps, store: storeOf(pieces) }
}
