// Which form a matrix product takes, which of its factors is the first, and into how many parts its inner dim is cut.
import { dotColumns } from './dots.ts'
import { takesFours, tilesOfGroup } from './lanes.ts'
import type { LaneTile } from './lanes.ts'
import type { Along } from './product.ts'
import { matrixBytes } from './matrices.ts'
import type { MatrixShape, MatrixTile } from './matrices.ts'
import type { Tile } from './tile.ts'

/** What there is to multiply: batches of [rows, inner] · [inner, columns]. */
export interface Sizes {
  readonly batches: number
  readonly rows: number
  readonly columns: number
  readonly inner: number
}

/** For both factors, the dim along which four numbers can be loaded at once. */
export type Fours = readonly [Along | null, Along | null]

/** How the outputs are divided among workgroups. */
export interface Tiling {
  readonly tileRows: number
  readonly tileColumns: number
  readonly tilesPerGroup: number
  /** Length of the parts of the inner dim, where the plan has chosen it. */
  readonly length?: number
}

/** How it is multiplied. Sizes of tiles are those of the product as it is computed: transposed if `swapped`. */
export interface Plan extends Tiling {
  readonly form:
    | { readonly name: 'lanes'; readonly tile: LaneTile }
    | { readonly name: 'dots'; readonly rows: number }
    | { readonly name: 'tile'; readonly tile: Tile }
    | { readonly name: 'matrices'; readonly tile: MatrixTile }
  /** Its part of a program's key. */
  readonly key: string
  readonly swapped: boolean
  /** Of the first and the second factor as it is computed, the dim along which it loads four at once. */
  readonly fours: Fours
}

/** The least of 1, 2, 4, ..., most that is n or more; `most` if none is. */
const power = (n: number, most: number): number => {
  let p = 1
  while (p < n && p < most) p *= 2
  return p
}

/** How a tile of lanes divides the outputs. */
export const laneTiling = (tile: LaneTile): Tiling => ({
  tileRows: tile.rows,
  tileColumns: tile.lanes * tile.columns,
  tilesPerGroup: tilesOfGroup(tile),
})
const lanesPlan = (tile: LaneTile, swapped: boolean, fours: Fours): Plan => ({
  form: { name: 'lanes', tile },
  key: `lanes${tile.rows},${tile.columns},${tile.lanes},${tile.shared}`,
  swapped,
  fours,
  ...laneTiling(tile),
})

/** Times in multiplications of a lane, measured on lavapipe (8 lanes) and SwiftShader (4); `four`: each of four at once. */
const costs = { load: 8, four: 5, broadcast: { 4: 2, 8: 0.1 } as Record<number, number> }
const mostSums = { 4: 128, 8: 32 } as Record<number, number>

interface Choice {
  readonly cost: number
  readonly tile: LaneTile
  readonly fours: Fours
}
/** The cheapest tile of lanes for [rows, columns] outputs on a CPU driver. */
function cheapest(rows: number, columns: number, [left, right]: Fours, subgroupLanes: number): Choice {
  const most = mostSums[subgroupLanes] ?? 32
  const shared = subgroupLanes === 4 || subgroupLanes === 8
  const lanes = shared ? subgroupLanes : 8
  const taken = (along: Along | null, outputs: number): Along | null =>
    along !== null && takesFours(along, outputs) ? along : null
  let best: Choice | undefined
  for (let t = power(rows, 16); t >= 1; t /= 2) {
    for (let w = power(Math.ceil(columns / lanes), 8); w >= 1; w /= 2) {
      if (t * w > most) continue
      const tiles = Math.ceil(rows / t) * Math.ceil(columns / (lanes * w))
      const fours: Fours = [taken(left, t), taken(right, w)]
      const [a, b] = fours.map((along) => (along === null ? costs.load : costs.four))
      const cost = tiles * (t * (shared ? a / lanes + costs.broadcast[lanes] : a) + w * b + t * w)
      if (best === undefined || cost < best.cost)
        best = { cost, tile: { rows: t, columns: w, lanes, shared }, fours }
    }
  }
  return best!
}
/** The tile of a product whose factors are not read in fours. */
export const laneTile = (rows: number, columns: number, subgroupLanes: number): LaneTile =>
  cheapest(rows, columns, [null, null], subgroupLanes).tile

/** The cheapest form for a CPU driver. */
export function planForCpu({ rows, columns }: Sizes, [a, b]: Fours, subgroupLanes: number): Plan {
  const plain = cheapest(rows, columns, [a, b], subgroupLanes)
  const swapped = cheapest(columns, rows, [b, a], subgroupLanes)
  const best = swapped.cost < plain.cost ? swapped : plain
  return lanesPlan(best.tile, best === swapped, best.fours)
}

/** How long a tile of a workgroup takes: nanoseconds per number of the inner dim. */
export interface Timed {
  readonly rows: number
  readonly columns: number
  /** Of a compute unit that has enough of them to be busy. */
  readonly busy: number
  /** Of one alone, or a few: what memory and barriers take. */
  readonly alone: number
}
// Measured on an H200 (132 units); what counts is how they compare.
const tiles: readonly (Tile & Timed)[] = [
  { rows: 256, columns: 128, threadRows: 16, threadColumns: 8, depth: 8, busy: 233, alone: 233 },
  { rows: 128, columns: 128, threadRows: 8, threadColumns: 8, depth: 8, busy: 124, alone: 140 },
  { rows: 128, columns: 64, threadRows: 8, threadColumns: 4, depth: 16, busy: 68, alone: 88 },
  { rows: 64, columns: 64, threadRows: 4, threadColumns: 4, depth: 16, busy: 40, alone: 50 },
  { rows: 32, columns: 32, threadRows: 4, threadColumns: 4, depth: 32, busy: 12.4, alone: 22 },
  { rows: 16, columns: 64, threadRows: 4, threadColumns: 4, depth: 32, busy: 11, alone: 21 },
]
const matrixTiles: readonly (Timed & { readonly rows: MatrixTile })[] = [
  { rows: 128, columns: 128, busy: 20, alone: 30 },
  { rows: 64, columns: 64, busy: 7, alone: 12 },
]
const units = 132
/** Nanoseconds of a kernel's beginning and end, of a second kernel for the sums of parts, and of an output in each part. */
const fixed = 5000
const partSums = 15_000
const partOutput = 0.006

/** The quickest of the tiles, and the length of the parts of the inner dim. */
export function quickest<T extends Timed>(
  of: readonly T[],
  { batches, rows, columns, inner }: Sizes,
): { readonly tile: T; readonly tiling: Tiling } {
  let best = { tile: of[0], length: inner, time: Infinity }
  for (const tile of of) {
    const groups = Math.ceil(rows / tile.rows) * Math.ceil(columns / tile.columns) * batches
    for (let parts = 1; parts === 1 || parts * 64 <= inner; parts *= 2) {
      const length = parts === 1 ? Math.max(inner, 1) : Math.ceil(inner / parts / 32) * 32
      const sums = parts === 1 ? 0 : partSums + parts * batches * rows * columns * partOutput
      const time =
        fixed + length * Math.max(tile.alone, Math.ceil((groups * parts) / units) * tile.busy) + sums
      if (time < best.time) best = { tile, length, time }
    }
  }
  const { tile, length } = best
  return {
    tile,
    tiling: { tileRows: tile.rows, tileColumns: tile.columns, tilesPerGroup: 1, length },
  }
}
/** The tiles of fragments that fit into the workgroup memory of a device. */
export const matrixTilesOf = (shape: MatrixShape, storage: number): readonly MatrixTile[] =>
  matrixTiles.map(({ rows }) => rows).filter((tile) => matrixBytes(shape, tile) <= storage)

/**
 * The form for a GPU. `contiguous`: whether the first and the second factor are contiguous along the inner dim;
 * `matrices`: the tiles in which its matrix units may multiply them.
 */
export function planForGpu(
  sizes: Sizes,
  fours: Fours,
  contiguous: readonly [boolean, boolean],
  matrices: readonly MatrixTile[],
): Plan {
  const { rows, columns } = sizes
  const few = Math.min(rows, columns)
  const swapped = columns === few && few <= 16 // (else neighbours would store into different rows)
  if (few <= 4 && contiguous[swapped ? 0 : 1]) {
    const form = { name: 'dots', rows: power(few, 4) } as const
    const tiling: Tiling = { tileRows: form.rows, tileColumns: dotColumns, tilesPerGroup: 1 }
    return { form, key: `dots${form.rows}`, swapped, fours: [null, null], ...tiling }
  }
  if (few > 4) {
    const turned: Sizes = swapped ? { ...sizes, rows: columns, columns: rows } : sizes
    const taken: Fours = swapped ? [fours[1], fours[0]] : fours
    if (matrices.length > 0) {
      const allowed = matrixTiles.filter((tile) => matrices.includes(tile.rows))
      const { tile, tiling } = quickest(allowed, turned)
      const key = `matrices${tile.rows}`
      return { form: { name: 'matrices', tile: tile.rows }, key, swapped, fours: taken, ...tiling }
    }
    const { tile, tiling } = quickest(tiles, turned)
    const key = `tile${tile.rows},${tile.columns}`
    return { form: { name: 'tile', tile }, key, swapped, fours: taken, ...tiling }
  }
  const tile = { rows: power(few, 4), columns: 1, lanes: 32, shared: false }
  return lanesPlan(tile, swapped, [null, null])
}

/**
 * Length of the parts of the inner dim: where there are fewer workgroups than a device runs at once, parts are summed
 * beside each other, each long enough to be worth its sum's way through memory.
 */
export function partLength(inner: number, groups: number, barrierFree: boolean): number {
  const [wanted, least] = barrierFree ? [16, 1024] : [512, 128]
  const parts = Math.min(Math.floor(wanted / groups), Math.floor(inner / least))
  return parts < 2 ? Math.max(inner, 1) : Math.ceil(inner / parts / 64) * 64
}
