// The convolution as a product whose second factor is gathered from an image. With the inner index k as digits (taps, or
// places of the output, and channels or images), what k adds to a place and to an address is the same for every row and
// column: so a row or column is opened once, a k once for all of them, and a number costs an addition and a test.
import { channelOf, placesAt, tapsAt } from './pieces.ts'
import type { ConvolutionPieces, Wanted } from './pieces.ts'
import type { Product } from '../product/product.ts'
import type { Along } from '../product/product.ts'

/** A factor: what is declared by `open` and `enter` begins with `name`, a row's (column's), and `k`, the inner index's. */
export interface Factor {
  /** The dim in which neighbours lie beside each other. */
  readonly along: Along
  readonly open: (name: string, index: string) => string
  /** Statements that find what an inner index of the given digits adds. */
  readonly enter: (k: string, digits: readonly string[]) => string
  /** WGSL of the address of the number. */
  readonly at: (name: string, k: string) => string
  /** WGSL of a condition that the number is there; else it is 0. */
  readonly inside: ((name: string, k: string) => string) | null
  readonly load: (at: string) => string
}

/** A product of gathered factors, as WGSL. */
export interface GatheredProduct {
  readonly type: Product['type']
  readonly rows: string
  readonly columns: string
  /** Sizes of the digits of the inner index, innermost first. */
  readonly digits: readonly string[]
  readonly a: Factor
  readonly b: Factor
  /** Statements that declare `name`, the address of column `n` of the output. */
  readonly column: (name: string, n: string) => string
  /** Statement that stores the sum `value` at row `m` of the column. */
  readonly store: (name: string, m: string, value: string) => string
}

/** Places are quotients by the stride, and remainders times this: only where both are the same is a tap's place one of the output. */
const remainder = 20
/** Whether quotients and remainders stay apart. */
export const fitsRemainders = (sizes: readonly number[], strides: readonly number[]): boolean =>
  sizes.every((n) => n < 2 ** (remainder - 1)) && strides.every((n) => n < 2 ** (31 - remainder))

/** The product. */
export function gatheredProduct(pieces: ConvolutionPieces): GatheredProduct {
  const { wanted, g, unit, type, load, store, bias, extents } = pieces
  const { rows, columns } = extents
  const dims = g.inputSize.map((_, d) => d)
  const zeros = dims.map(() => '0u')
  const [x, w, y] = g.windows.map(({ strides }) => strides)
  const places = (stride: readonly string[], of: (d: number) => string): string =>
    dims.map((d) => `${of(d)} * ${stride[d + 2]}`).join(' + ')
  /** The digits as taps or places, outermost first, and the channel or image. */
  const parted = (digits: readonly string[]): readonly [string[], string] => [
    digits.slice(0, -1).toReversed(),
    digits.at(-1)!,
  ]
  /** The factor that is not gathered. */
  const even = (operand: number, first: (m: string) => readonly string[], last: string): Factor => ({
    along: 'inner',
    open: (name, m) => `let ${name} = ${g.at(operand, [...first(m), ...zeros])};`,
    enter: (k, digits) => {
      const [spatial, other] = parted(digits)
      return `let ${k} = ${other} * ${last} + ${places(g.windows[operand].strides, (d) => spatial[d])};`
    },
    at: (name, k) => `${name} + ${k}`,
    inside: null,
    load: (at) => load(operand, at),
  })
  // Places of the image are sums modulo 2³² of a column's and a k's: those outside are not less than the size.
  const image = (
    operand: number,
    sizes: readonly string[],
    along: Along,
    column: (index: string, name: string) => { code: string; first: readonly string[]; place: string[] },
    moved: readonly [last: string, (digit: string, d: number) => string],
  ): Factor => {
    const { strides } = g.windows[operand]
    const split = wanted === 'input' && !unit
    /** Statements that declare a place, and answers its part in an address. */
    const declare = (name: string, place: (d: number) => string): string =>
      dims
        .map((d) => {
          if (!split) return `let ${name}p${d} = ${place(d)};`
          return `let ${name}s${d} = ${place(d)}; let ${name}a${d} = ${name}s${d} / ${g.stride[d]};
      let ${name}p${d} = ${name}a${d} + ((${name}s${d} - ${name}a${d} * ${g.stride[d]}) << ${remainder}u);`
        })
        .join(' ')
    const part = (name: string, d: number): string => `${name}${split ? 'a' : 'p'}${d}`
    const [last, move] = moved
    const sign = wanted === 'input' ? '-' : '+'
    return {
      along,
      open: (name, index) => {
        const { code, first, place } = column(index, `${name}q`)
        return `${code}${declare(name, (d) => place[d])}
  let ${name} = ${g.at(operand, [...first, ...zeros])} + ${places(strides, (d) => part(name, d))};`
      },
      enter: (k, digits) => {
        const [spatial, other] = parted(digits)
        return `${declare(k, (d) => move(spatial[d], d))}
      let ${k} = ${other} * ${last} ${sign} (${places(strides, (d) => part(k, d))});`
      },
      at: (name, k) => `${name} + ${k}`,
      inside: (name, k) => dims.map((d) => `${name}p${d} ${sign} ${k}p${d} < ${sizes[d]}`).join(' && '),
      load: (at) => load(operand, at),
    }
  }
  const tap = (digit: string, d: number): string => `${digit} * ${g.dilation[d]}`
  const factors: Record<Wanted, readonly [Factor, Factor]> = {
    output: [
      even(1, (m) => [channelOf(m, g.outer), '0u'], w[1]),
      image(
        0,
        g.inputSize,
        'outer',
        (index, name) => {
          const { code, n, place } = placesAt(g, index, g.outputSize, name)
          const from = dims.map((d) => `${place[d]} * ${g.stride[d]} - ${g.padding[d]}`)
          return { code, first: [n, channelOf('0u', g.inner)], place: from }
        },
        [x[1], tap],
      ),
    ],
    input: [
      even(1, (m) => [channelOf('0u', g.outer), m], w[0]),
      image(
        2,
        g.outputSize,
        'outer',
        (index, name) => {
          const { code, n, place } = placesAt(g, index, g.inputSize, name)
          const from = dims.map((d) => `${place[d]} + ${g.padding[d]}`)
          return { code, first: [n, channelOf('0u', g.outer)], place: from }
        },
        [y[1], tap],
      ),
    ],
    weight: [
      even(2, (m) => ['0u', channelOf(m, g.outer)], y[0]),
      image(
        0,
        g.inputSize,
        'inner',
        (index, name) => {
          const { code, channel, tap: at } = tapsAt(g, index, name)
          const from = dims.map((d) => `${tap(at[d], d)} - ${g.padding[d]}`)
          return { code, first: ['0u', channelOf(channel, g.inner)], place: from }
        },
        [x[0], (digit, d) => `${digit} * ${g.stride[d]}`],
      ),
    ],
  }
  const [operand, channels, rowStride] = (
    {
      output: [2, g.outer, y[1]],
      input: [0, g.inner, x[1]],
      weight: [1, g.outer, w[0]],
    } as const
  )[wanted]
  return {
    type,
    rows,
    columns,
    digits: [
      ...(wanted === 'weight' ? g.outputSize : g.kernel).toReversed(),
      { output: g.inner, input: g.outer, weight: g.batch }[wanted],
    ],
    a: factors[wanted][0],
    b: factors[wanted][1],
    column: (name, index) => {
      if (wanted === 'weight') {
        const { code, channel, tap: at } = tapsAt(g, index, `${name}q`)
        return `${code}let ${name} = ${g.at(operand, [channelOf('0u', channels), channel, ...at])};`
      }
      const sizes = wanted === 'output' ? g.outputSize : g.inputSize
      const { code, n, place } = placesAt(g, index, sizes, `${name}q`)
      return `${code}let ${name} = ${g.at(operand, [n, channelOf('0u', channels), ...place])};`
    },
    store: (name, m, value) => {
      const added = bias === null ? '' : ` + select(${type}(0), ${bias(channelOf(m, channels))}, part == 0u)`
      return store(`${name} + (${m}) * ${rowStride}`, value + added)
    },
  }
}
