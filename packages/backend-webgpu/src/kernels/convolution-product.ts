// Convolution and its gradients as matrix products, for GPUs: one factor is gathered from an image while the tile is
// loaded. With the taps t, the places o of the output and p = o · stride − padding + t · dilation of the input:
//   output    [c, (n, o)] = Σ over (ci, t) weight[c, (ci, t)] · input[n, ci, p]
//   of input  [ci, (n, p)] = Σ over (c, t) weight[c, ci, t] · gradient[n, c, o]
//   of weight [c, (ci, t)] = Σ over (n, o) gradient[n, c, o] · input[n, ci, p]
import type { ConvolutionGeometry, Operand } from '@tt/tensor'
import { encodeWord, storeKind, wordType } from '../wgsl/storage-format.ts'
import { geometryWords, loads, putGeometry } from './convolution-geometry.ts'
import type { Geometry } from './convolution-geometry.ts'
import { count } from './iteration.ts'
import { tileSizeOf, tilingOf } from './product-plan.ts'
import type { Sizes } from './product-plan.ts'
import type { ExtentWords, Products } from './product-run.ts'
import { tileSource } from './product-tile.ts'
import type { Along, Product, Side } from './product.ts'
import { Bindings, put, sourceOf, splitIndex } from './program.ts'

/** Which of the operands is computed. */
export type Wanted = 'output' | 'input' | 'weight'

const worth = 16 // rows, columns and inner size from which on a tile of a workgroup is used well

/**
 * Runs a convolution, or its gradient by input or weight, as a product, and answers true; false where the direct kernel
 * is better or the layout of the inner dim is not even. `output` is the output or its gradient.
 */
export function convolutionProduct(
  products: Products,
  wanted: Wanted,
  input: Operand,
  weight: Operand,
  output: Operand,
  bias: Operand | null,
  geometry: ConvolutionGeometry,
): boolean {
  const { groups } = geometry
  const outer = weight.shape[0] / groups
  const [, inner, ...taps] = weight.shape
  const images = (operand: Operand): number => operand.shape[0] * count(operand.shape.slice(2))
  const sizes: Sizes = {
    output: { batches: groups, rows: outer, columns: images(output), inner: inner * count(taps) },
    input: { batches: groups, rows: inner, columns: images(input), inner: outer * count(taps) },
    weight: { batches: groups, rows: outer, columns: inner * count(taps), inner: images(output) },
  }[wanted]
  const { runtime } = products
  // the factor that is not gathered
  const [plain, from] = wanted === 'weight' ? [output, 2] : [weight, wanted === 'output' ? 1 : 2]
  if (
    runtime.barrierFree ||
    taps.length > 3 ||
    Math.min(sizes.rows, sizes.columns, sizes.inner) < worth ||
    !isEven(plain, from)
  )
    return false
  const size = tileSizeOf(groups, sizes.rows, sizes.columns)
  const unit = geometry.stride.every((stride) => stride === 1)
  const name = { output: 'convolution', input: 'convolutionInput', weight: 'convolutionWeight' }[wanted]
  products.run(sizes, tilingOf(size), { output, input, weight }[wanted], (target) => {
    const of = (kind: Wanted, operand: Operand): Operand => (kind === wanted ? target : operand)
    const operands = [of('input', input), of('weight', weight), of('output', output)]
    const bindings = new Bindings(runtime)
    for (const operand of operands) bindings.add(operand, operand === target ? 'write' : 'read')
    if (bias !== null) bindings.add(bias, 'read')
    const spatial = taps.length
    const kinds = `${wordType(target.dtypeInfo)}:${storeKind(target.dtypeInfo)}:${bias !== null}`
    return {
      name,
      key: `${name}:tile${size}:${spatial}:${unit}:${kinds}:${bindings.key}`,
      bindings,
      source: (words, w, extents) => {
        const g = geometryWords(words, spatial, 3)
        const biasWindow = words.row(2)
        const load = loads(
          [...operands, ...(bias === null ? [] : [bias])],
          bindings.slots,
          wordType(target.dtypeInfo),
        )
        const added =
          bias === null
            ? null
            : (c: string): string => load(3, `${biasWindow[0]} + (${c}) * ${biasWindow[1]}`)
        const { dtypeInfo } = target
        const written = `b${bindings.slots[operands.indexOf(target)]}`
        const store = (at: string, value: string): string =>
          `${written}[part * ${extents.partStep} + ${at}] = ${encodeWord(value, wordType(dtypeInfo), dtypeInfo)};`
        const product = productOf(wanted, g, unit, load, store, added, extents, wordType(dtypeInfo))
        return sourceOf(name, bindings, words, tileSource(product, w, size, alongOf[wanted]))
      },
      put: (words, at) => {
        const next = putGeometry(words, at, operands[0], operands[1], operands[2], geometry)
        if (bias !== null) put(words, next, [bias.offset, bias.strides[0]])
      },
    }
  })
  return true
}

// (taps, and places of a line, lie beside each other)
const alongOf: Record<Wanted, readonly [Along, Along]> = {
  output: ['inner', 'outer'],
  input: ['inner', 'outer'],
  weight: ['inner', 'inner'],
}

/** Whether the dims from `from` on lie in memory without gaps. */
function isEven({ shape, strides }: Operand, from: number): boolean {
  return shape.slice(from).every((n, d) => n === 1 || strides[from + d] === count(shape.slice(from + d + 1)))
}

/** WGSL of the product: operand 0 is the input, 1 the weight, 2 the output or its gradient. */
function productOf(
  wanted: Wanted,
  g: Geometry,
  unit: boolean,
  load: (k: number, at: string) => string,
  store: (at: string, value: string) => string,
  bias: ((channel: string) => string) | null,
  { rows, columns }: ExtentWords,
  type: Product['type'],
): Product {
  const dims = g.inputSize.map((_, d) => d)
  const zeros = dims.map(() => '0u')
  const taps = g.kernel.join(' * ')
  const group = (channel: string, of: string): string => `batch * ${of} + ${channel}`
  const vector = (numbers: readonly string[]): string =>
    `vec3<i32>(${[...numbers, ...Array.from({ length: 3 - numbers.length }, () => '0')].join(', ')})`
  const image = wanted === 'input' ? 2 : 0 // what is gathered from

  // Columns (n, place), and channels and taps
  const atPlaces = (index: string, sizes: readonly string[], name: string) => {
    const { code, index: parts } = splitIndex(`(${index})`, [...sizes.toReversed(), g.batch], name)
    return { code, n: parts[dims.length], place: dims.map((d) => parts[dims.length - 1 - d]) }
  }
  const atTaps = (index: string, name: string) => {
    const { code, index: parts } = splitIndex(`(${index})`, [...g.kernel.toReversed(), g.inner], name)
    return { code, channel: parts[dims.length], tap: dims.map((d) => parts[dims.length - 1 - d]) }
  }

  const sides: Record<Wanted, readonly [Side, Side]> = {
    output: [
      {
        open: (name, m) => `let ${name} = ${g.at(1, [group(m, g.outer), '0u', ...zeros])};`,
        value: (name, k) => load(1, `${name} + ${k}`),
      },
      {
        open: (name, index) => {
          const { code, n, place } = atPlaces(index, g.outputSize, `${name}s`)
          return `${code}let ${name} = ${g.at(0, [n, group('0u', g.inner), ...zeros])};
  let ${name}p = ${vector(dims.map((d) => `i32(${place[d]} * ${g.stride[d]}) - i32(${g.padding[d]})`))};`
        },
        value: (name, k) => `gather(${name}, ${name}p, ${k})`,
      },
    ],
    input: [
      {
        open: (name, m) => `let ${name} = ${g.at(1, [group('0u', g.outer), m, ...zeros])};`,
        value: (name, k) =>
          load(1, `${name} + ${k} / (${taps}) * ${g.windows[1].strides[0]} + ${k} % (${taps})`),
      },
      {
        open: (name, index) => {
          const { code, n, place } = atPlaces(index, g.inputSize, `${name}s`)
          return `${code}let ${name} = ${g.at(2, [n, group('0u', g.outer), ...zeros])};
  let ${name}p = ${vector(dims.map((d) => `i32(${place[d]} + ${g.padding[d]})`))};`
        },
        value: (name, k) => `gather(${name}, ${name}p, ${k})`,
      },
    ],
    weight: [
      {
        open: (name, m) => `let ${name} = ${g.at(2, ['0u', group(m, g.outer), ...zeros])};`,
        value: (name, k) => {
          const size = g.outputSize.join(' * ')
          return load(2, `${name} + ${k} / (${size}) * ${g.windows[2].strides[0]} + ${k} % (${size})`)
        },
      },
      {
        open: (name, index) => {
          const { code, channel, tap } = atTaps(index, `${name}s`)
          return `${code}let ${name} = ${g.at(0, ['0u', group(channel, g.inner), ...zeros])};
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
  const added = (value: string, channel: string): string =>
    bias === null
      ? `let total = ${value};`
      : `var total = ${value};
      if (part == 0u) { total += ${bias(channel)}; }`
  return {
    type,
    functions,
    rows,
    columns,
    a: sides[wanted][0],
    b: sides[wanted][1],
    store: (m, n, value) => {
      if (wanted === 'weight') {
        const { code, channel, tap } = atTaps(n, 'e')
        return `${code}let total = ${value};\n      ${store(g.at(1, [group(m, g.outer), channel, ...tap]), 'total')}`
      }
      const [of, sizesOf, channels] =
        wanted === 'output' ? ([2, g.outputSize, g.outer] as const) : ([0, g.inputSize, g.inner] as const)
      const { code, n: batch, place } = atPlaces(n, sizesOf, 'e')
      return `${code}${added(value, group(m, channels))}
      ${store(g.at(of, [batch, group(m, channels), ...place]), 'total')}`
    },
  }
}
