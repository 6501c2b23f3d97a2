// The convolution as a product of one even factor and one that is gathered from an image, number by number.
import { channelOf, placesAt, storeOf, tapsAt } from './pieces.ts'
import type { ConvolutionPieces, Wanted } from './pieces.ts'
import type { Product, Side } from '../product/product.ts'
import { splitIndex } from '../program.ts'

/** The product; its first factor lies evenly along the inner dim. */
export function gatheredProduct(pieces: ConvolutionPieces): Product {
  const { wanted, g, unit, type, load } = pieces
  const dims = g.inputSize.map((_, d) => d)
  const zeros = dims.map(() => '0u')
  const taps = g.kernel.join(' * ')
  const vector = (numbers: readonly string[]): string =>
    `vec3<i32>(${[...numbers, ...Array.from({ length: 3 - numbers.length }, () => '0')].join(', ')})`
  const image = wanted === 'input' ? 2 : 0 // what is gathered from

  const sides: Record<Wanted, readonly [Side, Side]> = {
    output: [
      {
        open: (name, m) => `let ${name} = ${g.at(1, [channelOf(m, g.outer), '0u', ...zeros])};`,
        value: (name, k) => load(1, `${name} + ${k}`),
      },
      {
        open: (name, index) => {
          const { code, n, place } = placesAt(g, index, g.outputSize, `${name}s`)
          return `${code}let ${name} = ${g.at(0, [n, channelOf('0u', g.inner), ...zeros])};
  let ${name}p = ${vector(dims.map((d) => `i32(${place[d]} * ${g.stride[d]}) - i32(${g.padding[d]})`))};`
        },
        value: (name, k) => `gather(${name}, ${name}p, ${k})`,
      },
    ],
    input: [
      {
        open: (name, m) => `let ${name} = ${g.at(1, [channelOf('0u', g.outer), m, ...zeros])};`,
        value: (name, k) =>
          load(1, `${name} + ${k} / (${taps}) * ${g.windows[1].strides[0]} + ${k} % (${taps})`),
      },
      {
        open: (name, index) => {
          const { code, n, place } = placesAt(g, index, g.inputSize, `${name}s`)
          return `${code}let ${name} = ${g.at(2, [n, channelOf('0u', g.outer), ...zeros])};
  let ${name}p = ${vector(dims.map((d) => `i32(${place[d]} + ${g.padding[d]})`))};`
        },
        value: (name, k) => `gather(${name}, ${name}p, ${k})`,
      },
    ],
    weight: [
      {
        open: (name, m) => `let ${name} = ${g.at(2, ['0u', channelOf(m, g.outer), ...zeros])};`,
        value: (name, k) => {
          const size = g.outputSize.join(' * ')
          return load(2, `${name} + ${k} / (${size}) * ${g.windows[2].strides[0]} + ${k} % (${size})`)
        },
      },
      {
        open: (name, index) => {
          const { code, channel, tap } = tapsAt(g, index, `${name}s`)
          return `${code}let ${name} = ${g.at(0, ['0u', channelOf(channel, g.inner), ...zeros])};
  let ${name}p = ${vector(dims.map((d) => `i32(${tap[d]} * ${g.dilation[d]}) - i32(${g.padding[d]})`))};`
        },
        value: (name, k) => `gather(${name}, ${name}p, ${k})`,
      },
    ],
  }

  // The number of the image at `start`, moved by the taps (output's places) of k
  const [moving, step] = wanted === 'weight' ? [g.outputSize, g.stride] : [g.kernel, g.dilation]
  const moved = splitIndex('k', [...moving.toReversed(), g.batch], 'q')
  const sizes = wanted === 'input' ? g.outputSize : g.inputSize
  const { strides } = g.windows[image]
  const positions = dims.map((d) => {
    const by = `i32(${moved.index[dims.length - 1 - d]} * ${step[d]})`
    const s = `start[${d}] ${wanted === 'input' ? '-' : '+'} ${by}`
    if (wanted !== 'input' || unit)
      return `let p${d} = ${s};\n  inside &= p${d} >= 0 && p${d} < i32(${sizes[d]});`
    return `let s${d} = ${s};
  let p${d} = s${d} / i32(${g.stride[d]});
  inside &= s${d} >= 0 && p${d} * i32(${g.stride[d]}) == s${d} && p${d} < i32(${sizes[d]});`
  })
  const at = `base + ${moved.index[dims.length]} * ${strides[wanted === 'weight' ? 0 : 1]} + ${dims.map((d) => `u32(p${d}) * ${strides[d + 2]}`).join(' + ')}`
  const functions = `
fn gather(base: u32, start: vec3<i32>, k: u32) -> ${type} {
  ${moved.code}
  var inside = true;
  ${positions.join('\n  ')}
  return select(${type}(0), ${load(image, `select(0u, ${at}, inside)`)}, inside);
}`
  const { rows, columns } = pieces.extents
  return { type, functions, rows, columns, a: sides[wanted][0], b: sides[wanted][1], store: storeOf(pieces) }
}
