// Which form a matrix product takes, which of its factors is the first, and into how many parts its inner dim is cut.
import { dotColumns } from './dots.ts'
import { takesFours, tilesOfGroup } from './lanes.ts'
import type { LaneTile } from './lanes.ts'
import type { Along } from './product.ts'
import type { TileSize } from './tile.ts'

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
}

/** How it is multiplied. Sizes of tiles are those of the product as it is computed: transposed if `swapped`. */
export interface Plan extends Tiling {
  readonly form:
    | { readonly name: 'lanes'; readonly tile: LaneTile }
    | { readonly name: 'dots'; readonly rows: number }
    | { readonly name: 'tile'; readonly size: TileSize }
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

/** The large tile where there are enough of them for a GPU. */
export const tileSizeOf = (batches: number, rows: number, columns: number): TileSize =>
  Math.ceil(rows / 128) * Math.ceil(columns / 128) * batches >= 128 ? 128 : 64
export const tilingOf = (size: TileSize): Tiling => ({ tileRows: size, tileColumns: size, tilesPerGroup: 1 })

/** `contiguous`: whether the first and the second factor are contiguous along the inner dim. */
export function planForGpu(
  { batches, rows, columns }: Sizes,
  fours: Fours,
  contiguous: readonly [boolean, boolean],
): Plan {
  const swapped = columns < rows
  const [few, many] = swapped ? [columns, rows] : [rows, columns]
  if (few > 16) {
    const size = tileSizeOf(batches, rows, columns)
    return { form: { name: 'tile', size }, swapped: false, fours, ...tilingOf(size) }
  }
  if (few <= 4 && contiguous[swapped ? 0 : 1]) {
    const form = { name: 'dots', rows: power(few, 4) } as const
    const tileRows = form.rows
    return { form, swapped, fours: [null, null], tileRows, tileColumns: dotColumns, tilesPerGroup: 1 }
  }
  const tile = { rows: power(few, 16), columns: 1, lanes: many > 16 ? 32 : 8, shared: false }
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
