// The convolution as a product whose second factor is gathered from an image. With the inner index k as digits (taps, or
// places of the output, and channels or images), what k adds to a place and to an address is the same for every row and
// column: so a row or column is opened once, a k once for all of them, and a number costs an addition and a test.
//
// The gradient by the input is made for each phase by itself, the remainder of p + padding by the stride: it sums over
// the taps of the same remainder only, whose places in the output are neighbours. Phases are batches of the product.
import { channelOf, placesAt, tapsAt } from './pieces.ts'
import type { ConvolutionPieces, Wanted } from './pieces.ts'
import type { Along, Product } from '../product/product.ts'
import { splitIndex } from '../program.ts'

/** A factor: what is declared by `open` begins with `name`, a row's (column's), what by `enter` with `k`, the inner index's. */
export interface Factor {
  /** The dim in which neighbours lie beside each other. */
  readonly along: Along
  readonly open: (name: string, index: string) => string
  /** Statements that find what an inner index of the given digits adds. */
  readonly enter: (k: string, digits: readonly string[]) => string
  /** WGSL of a condition that the number is there; else it is 0. */
  readonly inside: ((name: string, k: string) => string) | null
  /** WGSL of the number. */
  readonly value: (name: string, k: string) => string
}

/** A product of such factors, as WGSL. */
export interface GatheredProduct {
  readonly type: Product['type']
  /** Statements between those that find the tile and the rest. */
  readonly prepare: string
  readonly rows: string
  readonly columns: string
  /** Sizes of the digits of the inner index, innermost first. */
  readonly digits: readonly string[]
  /** End of the part of the inner dim. */
  readonly end: string
  readonly a: Factor
  readonly b: Factor
  /** Statements that declare `name`, the address of column `n` of the output, and whether there is one. */
  readonly column: (name: string, n: string) => { readonly code: string; readonly inside: string | null }
  /** Statement that stores the sum `value` at row `m` of the column. */
  readonly store: (name: string, m: string, value: string) => string
}

/** Numbers of places of the phases of the input, the same for each: some of the last phases' may lie beyond it. */
export const phaseSizes = (
  size: readonly number[],
  padding: readonly number[],
  stride: readonly number[],
): number[] =>
  size.map((n, d) => Math.floor((n - 1 + padding[d]) / stride[d]) - Math.floor(padding[d] / stride[d]) + 1)

/** The product. */
export function gatheredProduct(pieces: ConvolutionPieces): GatheredProduct {
  const { wanted, g, type, load, store, bias, extents } = pieces
  const dims = g.inputSize.map((_, d) => d)
  const zeros = dims.map(() => '0u')
  const [x, w, y] = g.windows.map(({ strides }) => strides)
  const along = (strides: readonly string[], of: (d: number) => string): string =>
    dims.map((d) => `${of(d)} * ${strides[d + 2]}`).join(' + ')
  /** The digits as taps or places, outermost first, and the channel or image. */
  const parted = (digits: readonly string[]): readonly [string[], string] => [
    digits.slice(0, -1).toReversed(),
    digits.at(-1)!,
  ]
  const phases =
    wanted === 'input' ? splitIndex('batch', [...g.stride.toReversed(), g.groups], 'phase') : null
  const phase = phases?.index.slice(0, -1).toReversed() ?? []
  const own = phases?.index.at(-1) ?? 'batch' // the group
  const channel = (index: string, of: string): string => channelOf(index, of, own)

  /** The factor that is not gathered, from its first address at a row; a digit moves by `step`. */
  const even = (
    operand: number,
    first: (m: string) => string,
    last: string,
    step: (digit: string, d: number) => string,
  ): Factor => ({
    along: 'inner',
    open: (name, m) => `let ${name} = ${first(m)};`,
    enter: (k, digits) => {
      const [spatial, other] = parted(digits)
      return `let ${k} = ${other} * ${last} + ${along(g.windows[operand].strides, (d) => step(spatial[d], d))};`
    },
    inside: null,
    value: (name, k) => load(operand, `${name} + ${k}`),
  })
  // Places of the image are sums modulo 2³² of a column's and a k's: those outside are not less than the size.
  const gathered = (
    operand: number,
    dim: Along,
    column: (index: string, name: string) => { code: string; first: readonly string[]; place: string[] },
    last: string,
    move: (digit: string, d: number) => string,
  ): Factor => {
    const { strides } = g.windows[operand]
    const sizes = wanted === 'input' ? g.outputSize : g.inputSize
    const sign = wanted === 'input' ? '-' : '+'
    const declare = (name: string, place: (d: number) => string): string =>
      dims.map((d) => `let ${name}p${d} = ${place(d)};`).join(' ')
    return {
      along: dim,
      open: (name, index) => {
        const { code, first, place } = column(index, `${name}q`)
        return `${code}${declare(name, (d) => place[d])}
  let ${name} = ${g.at(operand, [...first, ...zeros])} + ${along(strides, (d) => `${name}p${d}`)};`
      },
      enter: (k, digits) => {
        const [spatial, other] = parted(digits)
        return `${declare(k, (d) => move(spatial[d], d))}
      let ${k} = ${other} * ${last} ${sign} (${along(strides, (d) => `${k}p${d}`)});`
      },
      // (not &&, which would be a branch)
      inside: (name, k) => dims.map((d) => `(${name}p${d} ${sign} ${k}p${d} < ${sizes[d]})`).join(' & '),
      value: (name, k) => load(operand, `${name} + ${k}`),
    }
  }

  const same = (digit: string): string => digit
  const dilated = (digit: string, d: number): string => `${digit} * ${g.dilation[d]}`
  const strided = (digit: string, d: number): string => `${digit} * ${g.stride[d]}`
  // quotients of p + padding by the stride, from that of p = 0 on
  const least = (d: number): string => `${g.padding[d]} / ${g.stride[d]}`
  const phaseSize = dims.map(
    (d) => `((${g.inputSize[d]} - 1u + ${g.padding[d]}) / ${g.stride[d]} - ${least(d)} + 1u)`,
  )
  const factors: Record<Wanted, () => readonly [Factor, Factor]> = {
    output: () => [
      even(1, (m) => g.at(1, [channel(m, g.outer), '0u', ...zeros]), w[1], same),
      gathered(
        0,
        'outer',
        (index, name) => {
          const { code, n, place } = placesAt(g, index, g.outputSize, name)
          const from = dims.map((d) => `${strided(place[d], d)} - ${g.padding[d]}`)
          return { code, first: [n, channel('0u', g.inner)], place: from }
        },
        x[1],
        dilated,
      ),
    ],
    input: () => [
      // (tap phase + digit · stride: where the stride is not 1 the dilation is)
      even(1, (m) => g.at(1, [channel('0u', g.outer), m, ...phase]), w[0], strided),
      gathered(
        2,
        'outer',
        (index, name) => {
          const { code, n, place } = placesAt(g, index, phaseSize, name)
          const from = dims.map((d) => `${place[d]} + ${least(d)}`)
          return { code, first: [n, channel('0u', g.outer)], place: from }
        },
        y[1],
        dilated,
      ),
    ],
    weight: () => [
      even(2, (m) => g.at(2, ['0u', channel(m, g.outer), ...zeros]), y[0], same),
      gathered(
        0,
        'inner',
        (index, name) => {
          const { code, channel: c, tap } = tapsAt(g, index, name)
          const from = dims.map((d) => `${dilated(tap[d], d)} - ${g.padding[d]}`)
          return { code, first: ['0u', channel(c, g.inner)], place: from }
        },
        x[0],
        strided,
      ),
    ],
  }
  const [a, b] = factors[wanted]()
  const taps = dims.map((d) =>
    wanted === 'input'
      ? `((${g.kernel[d]} + ${g.stride[d]} - 1u - ${phase[d]}) / ${g.stride[d]})`
      : g.kernel[d],
  )
  const [operand, channels, rowStride] = (
    { output: [2, g.outer, y[1]], input: [0, g.inner, x[1]], weight: [1, g.outer, w[0]] } as const
  )[wanted]
  return {
    type,
    prepare: phases?.code ?? '',
    ...extents,
    digits: {
      output: [...taps.toReversed(), g.inner],
      input: [...taps.toReversed(), g.outer],
      weight: [...g.outputSize.toReversed(), g.batch],
    }[wanted],
    end: wanted === 'input' ? `min(k1, ${[...taps, g.outer].join(' * ')})` : 'k1',
    a,
    b,
    column: (name, index) => {
      if (wanted === 'weight') {
        const { code, channel: c, tap } = tapsAt(g, index, `${name}q`)
        return {
          code: `${code}let ${name} = ${g.at(operand, [channel('0u', channels), c, ...tap])};`,
          inside: null,
        }
      }
      const { code, n, place } = placesAt(
        g,
        index,
        wanted === 'output' ? g.outputSize : phaseSize,
        `${name}q`,
      )
      const at = (of: readonly string[]): string =>
        `let ${name} = ${g.at(operand, [n, channel('0u', channels), ...of])};`
      if (wanted === 'output') return { code: code + at(place), inside: null }
      const moved = dims.map(
        (d) => `${strided(`(${place[d]} + ${least(d)})`, d)} + ${phase[d]} - ${g.padding[d]}`,
      )
      const names = dims.map((d) => `${name}p${d}`)
      return {
        code: `${code}${dims.map((d) => `let ${names[d]} = ${moved[d]};`).join(' ')} ${at(names)}`,
        inside: dims.map((d) => `(${names[d]} < ${g.inputSize[d]})`).join(' & '),
      }
    },
    store: (name, m, value) => {
      const added = bias === null ? '' : ` + select(${type}(0), ${bias(channel(m, channels))}, part == 0u)`
      return store(`${name} + (${m}) * ${rowStride}`, value + added)
    },
  }
}
