// WGSL that both product forms of a convolution use: indices of places, taps and channels, and the store.
import type { Geometry } from './geometry.ts'
import type { ExtentWords } from '../product/run.ts'
import type { Product } from '../product/product.ts'
import { splitIndex } from '../program.ts'

/** Which of the operands is computed. */
export type Wanted = 'output' | 'input' | 'weight'

/** A convolution as WGSL. Operand 0 is the input, 1 the weight, 2 the output or its gradient; `batch` is the group. */
export interface ConvolutionPieces {
  readonly wanted: Wanted
  readonly g: Geometry
  /** Whether all strides are 1: divisions are dear. */
  readonly unit: boolean
  readonly type: Product['type']
  readonly extents: ExtentWords
  readonly load: (operand: number, at: string) => string
  readonly store: (at: string, value: string) => string
  readonly bias: ((channel: string) => string) | null
}

/** The channel among all of the group's own. */
export const channelOf = (channel: string, of: string, group = 'batch'): string =>
  `${group} * ${of} + ${channel}`

const turned = (index: readonly string[], n: number): string[] => index.slice(0, n).toReversed()

/** Statements that split a column into its image and place. */
export function placesAt(
  g: Geometry,
  column: string,
  sizes: readonly string[],
  name: string,
): { code: string; n: string; place: string[] } {
  const { code, index } = splitIndex(`(${column})`, [...sizes.toReversed(), g.batch], name)
  return { code, n: index[sizes.length], place: turned(index, sizes.length) }
}

/** Statements that split a column into its channel and tap. */
export function tapsAt(
  g: Geometry,
  column: string,
  name: string,
): { code: string; channel: string; tap: string[] } {
  const { code, index } = splitIndex(`(${column})`, [...g.kernel.toReversed(), g.inner], name)
  return { code, channel: index[g.spatial], tap: turned(index, g.spatial) }
}

/** The product's store: rows are channels, columns (n, place), of the weight's gradient (channel, tap). */
export const storeOf =
  ({ wanted, g, store, bias }: ConvolutionPieces): Product['store'] =>
  (m, n, value) => {
    if (wanted === 'weight') {
      const { code, channel, tap } = tapsAt(g, n, 'e')
      return `${code}let total = ${value};
      ${store(g.at(1, [channelOf(m, g.outer), channel, ...tap]), 'total')}`
    }
    const [operand, sizes, channels] =
      wanted === 'output' ? ([2, g.outputSize, g.outer] as const) : ([0, g.inputSize, g.inner] as const)
    const { code, n: image, place } = placesAt(g, n, sizes, 'e')
    const channel = channelOf(m, channels)
    return `${code}var total = ${value};
      ${bias === null ? '' : `if (part == 0u) { total += ${bias(channel)}; }`}
      ${store(g.at(operand, [image, channel, ...place]), 'total')}`
  }
