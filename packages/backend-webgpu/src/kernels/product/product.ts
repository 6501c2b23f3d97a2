// What the forms of a matrix product share: which tile of the output a workgroup makes, and where its numbers come
// from. A side says how a factor is read.
import type { Scalar } from '../../wgsl/storage-format.ts'
import type { Words } from '../program.ts'

/** A dim of a factor: the one that is summed over, or that of its rows (columns). */
export type Along = 'inner' | 'outer'

/** Four numbers at once, from places that are multiples of four. */
export interface FourLoads {
  /** The dim along which they lie. */
  readonly along: Along
  /** WGSL type of four elements as they lie in memory. */
  readonly words: string
  /** WGSL of those at a distance in memory from the first of what was opened as `name`. */
  readonly load: (name: string, distance: string) => string
  /** WGSL of their numbers. */
  readonly decode: (words: string) => string
}

/** How a factor is read, whose numbers lie evenly along the inner dim. */
export interface Side {
  /** WGSL statements that prepare reading at row (column) `index`; what they declare begins with `name`. */
  readonly open: (name: string, index: string) => string
  /** WGSL of the number at `k` of what was opened as `name`. */
  readonly value: (name: string, k: string) => string
  /** WGSL statements that find the first number at a tap, for factors that depend on it. */
  readonly enter?: (name: string) => string
  /** WGSL of the step in memory from one to the next. */
  readonly stride: string
  /** WGSL of the number at a distance in memory from the first of what was opened as `name`. */
  readonly at: (name: string, distance: string) => string
  /** How four numbers are loaded at once; null: they cannot be. */
  readonly fours: FourLoads | null
}

/** A product as WGSL. `k0` and `k1` are declared in main: the part of the inner dim that is summed. */
export interface Product {
  readonly type: Scalar
  readonly rows: string
  readonly columns: string
  /** A sum of products instead: loops around the product, and where the first factor begins in each of them. */
  readonly taps?: { readonly loops: (body: string) => string; readonly first: string }
  readonly a: Side
  readonly b: Side
  /** Statement that stores the sum `value` at row `m`, column `n`. */
  readonly store: (m: string, n: string, value: string) => string
}

/** Number of words of {@link tileWords}. */
export const tileWordCount = 7
/** Words that say how tiles are counted, in the order in which they are written. */
export interface TileWords {
  /** Tiles of all batches and parts, and workgroups in x. */
  readonly tiles: string
  readonly across: string
  readonly columnTiles: string
  readonly rowTiles: string
  readonly batches: string
  readonly inner: string
  /** Length of a part of the inner dim. */
  readonly length: string
}
export function tileWords(words: Words): TileWords {
  const [tiles, across, columnTiles, rowTiles, batches, inner, length] = words.row(tileWordCount)
  return { tiles, across, columnTiles, rowTiles, batches, inner, length }
}

/**
 * WGSL statements that find the tile of number `tile`: `tile_m`, `tile_n`, `batch`, `part`, and the part's `k0` and `k1`.
 * A workgroup's number is `group.x + group.y * across`.
 */
export const findTile = (w: TileWords, tile: string): string => `
  let tile = ${tile};
  if (tile >= ${w.tiles}) { return; }
  let tile_n = tile % ${w.columnTiles};
  let tile_rest = tile / ${w.columnTiles};
  let tile_m = tile_rest % ${w.rowTiles};
  let batch = tile_rest / ${w.rowTiles} % ${w.batches};
  let part = tile_rest / ${w.rowTiles} / ${w.batches};
  let k0 = part * ${w.length};
  let k1 = min(k0 + ${w.length}, ${w.inner});`

/** A factor on its way through workgroup memory. */
export interface Staged {
  /** WGSL that prepares its loads, from row (column) `first` on. */
  readonly open: (first: string, count: string) => string
  /** WGSL that loads the numbers from `step` on into registers. */
  readonly load: (step: string) => string
  /** WGSL that moves what was loaded for `k` to workgroup memory. */
  readonly store: string
}

/**
 * WGSL of the loop along the inner dim, `depth` numbers at a time: `multiply` uses those in workgroup memory while the next
 * ones are loaded. (Whether there are any is not asked: where branches meet, loads would be waited for.)
 */
export const inSteps = (depth: number, factors: readonly Staged[], multiply: string): string => `
  ${factors.map(({ load }) => load('k0')).join('\n  ')}
  for (var k = k0; k < k1; k += ${depth}u) {
    workgroupBarrier(); // the step before has been used
    ${factors.map(({ store }) => store).join('\n    ')}
    workgroupBarrier();
    let next = k + ${depth}u;
    ${factors.map(({ load }) => load('next')).join('\n    ')}
    ${multiply}
  }`

/** 0, 1, ..., n − 1. */
export const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i)
