// Spatial transformers: grids of sampling positions, and values read between the pixels.
import { ArgumentError, DTypeError, ShapeError, check } from '../errors.ts'
import { cubicWeightsOf } from '../dispatch/interpolation.ts'
import { formatShape, numelOf } from '../shape/shape.ts'
import type { Tensor } from '../tensor.ts'
import { bmm } from './matmul.ts'
import { where } from './choice.ts'
import { full, linspace, ones, zeros } from './creation.ts'
import { cat } from './join.ts'

/** How values between pixels are found; 'bilinear' means trilinear for volumes. */
export type GridSampleMode = 'bilinear' | 'nearest' | 'bicubic'
/** What lies outside of the image: zeros, the nearest pixel of the border, or its mirror image. */
export type GridPadding = 'zeros' | 'border' | 'reflection'
/** Options of gridSample. */
export interface GridSampleOptions {
  mode?: GridSampleMode
  paddingMode?: GridPadding
  /** −1 and 1 are the centers of the corner pixels; default: their outer edges. */
  alignCorners?: boolean | null
}

type Axis = readonly [at: Tensor, size: number]

/** The position in pixels of −1 ... 1. */
const pixels = (x: Tensor, size: number, alignCorners: boolean): Tensor =>
  alignCorners ? x.add(1).mul((size - 1) / 2) : x.add(1).mul(size).sub(1).div(2)

/** Mirrored at both ends until it is inside. */
function reflected(x: Tensor, size: number, alignCorners: boolean): Tensor {
  const [low, span] = alignCorners ? [0, size - 1] : [-0.5, size]
  if (span === 0) return x.mul(0)
  const distance = x.sub(low).abs()
  const flips = distance.detach().div(span).floor()
  const rest = distance.sub(flips.mul(span))
  return where(flips.remainder(2).eq(0), rest.add(low), rest.neg().add(span + low))
}
function padded(x: Tensor, size: number, paddingMode: GridPadding, alignCorners: boolean): Tensor {
  if (paddingMode === 'zeros') return x
  const inside = paddingMode === 'reflection' ? reflected(x, size, alignCorners) : x
  return inside.clamp(0, size - 1)
}

/** The input's values at whole positions, [N, C, P]; 0 outside. */
function read(flat: Tensor, axes: readonly Axis[]): Tensor {
  const [n, c] = flat.shape
  const inside = axes.map(([at, size]) => at.ge(0).logicalAnd(at.lt(size))).reduce((a, b) => a.logicalAnd(b))
  const index = axes.reduce<Tensor | null>((sum, [at, size]) => {
    const whole = where(inside, at, 0).to({ dtype: 'int64' })
    return sum === null ? whole : sum.mul(size).add(whole)
  }, null)!
  const values = flat.gather(2, index.unsqueeze(1).expand([n, c, index.shape[1]]))
  return where(inside.unsqueeze(1), values, 0)
}

/** Σ over the corners of the cell around each position, weighted by the share on each axis. */
function linear(flat: Tensor, axes: readonly Axis[]): Tensor {
  const cells = axes.map(([at, size]) => {
    const low = at.detach().floor()
    const share = at.sub(low)
    return [
      { at: low, size, weight: share.neg().add(1) },
      { at: low.add(1), size, weight: share },
    ]
  })
  const corners = cells.reduce<(typeof cells)[number][]>(
    (lists, pair) => lists.flatMap((list) => pair.map((side) => [...list, side])),
    [[]],
  )
  return corners
    .map((corner) => {
      const weight = corner.map((side) => side.weight).reduce((a, b) => a.mul(b))
      return read(
        flat,
        corner.map(({ at, size }): Axis => [at, size]),
      ).mul(weight.unsqueeze(1))
    })
    .reduce((a, b) => a.add(b))
}

/** Four by four pixels around each position; those outside are padded one by one. */
function cubic(flat: Tensor, axes: readonly Axis[], pad: (x: Tensor, size: number) => Tensor): Tensor {
  const [rows, columns] = axes.map(([at, size]) => {
    const low = at.detach().floor()
    return cubicWeightsOf(at.sub(low)).map((weight, k) => ({
      at: pad(low.add(k - 1), size),
      size,
      weight: weight.unsqueeze(1),
    }))
  })
  return rows
    .map((row) =>
      columns
        .map((column) =>
          read(flat, [
            [row.at, row.size],
            [column.at, column.size],
          ]).mul(column.weight),
        )
        .reduce((a, b) => a.add(b))
        .mul(row.weight),
    )
    .reduce((a, b) => a.add(b))
}

/**
 * The input's values at the positions of a grid.
 *
 * @param input [N, C, H, W], or [N, C, D, H, W]
 * @param grid [N, h, w, 2] of (x, y), or [N, d, h, w, 3] of (x, y, z); −1 and 1 are the sides of the input
 * @returns [N, C, h, w] or [N, C, d, h, w]
 * @throws ShapeError if input and grid do not fit
 * @example
 * gridSample(tensor([[[[1, 3]]]]), tensor([[[[0, 0]]]]), { alignCorners: true }).item() // => 2
 * @see torch.nn.functional.grid_sample
 */
export function gridSample(
  input: Tensor,
  grid: Tensor,
  { mode = 'bilinear', paddingMode = 'zeros', alignCorners = false }: GridSampleOptions = {},
): Tensor {
  const op = 'gridSample'
  check(
    ['bilinear', 'nearest', 'bicubic'].includes(mode) &&
      ['zeros', 'border', 'reflection'].includes(paddingMode),
    () =>
      new ArgumentError(
        op,
        `mode must be 'bilinear', 'nearest' or 'bicubic' and paddingMode 'zeros', 'border' or 'reflection', got '${mode}' and '${paddingMode}'`,
      ),
  )
  const spatial = input.ndim - 2
  check(
    (spatial === 2 || spatial === 3) &&
      grid.ndim === input.ndim &&
      grid.shape[0] === input.shape[0] &&
      grid.shape[grid.ndim - 1] === spatial &&
      !input.shape.slice(2).includes(0),
    () =>
      new ShapeError(
        op,
        `input [N, C, H, W] needs a grid [N, h, w, 2], and [N, C, D, H, W] one [N, d, h, w, 3], got ${formatShape(input.shape)} and ${formatShape(grid.shape)}`,
      ),
  )
  check(
    input.dtype === grid.dtype && input.dtypeInfo.category === 'float',
    () =>
      new DTypeError(
        op,
        `input and grid must be of one floating-point dtype, got ${input.dtype} and ${grid.dtype}`,
      ),
  )
  check(
    mode !== 'bicubic' || spatial === 2,
    () => new ArgumentError(op, `mode 'bicubic' takes inputs of 4 dims, got ${formatShape(input.shape)}`),
  )
  const aligned = alignCorners ?? false
  const sizes = input.shape.slice(2)
  const result = [input.shape[0], input.shape[1], ...grid.shape.slice(1, -1)]
  const flat = input.flatten(2) // [N, C, pixels]
  const positions = grid.reshape([grid.shape[0], numelOf(grid.shape.slice(1, -1)), spatial])
  const pad = (x: Tensor, size: number): Tensor => padded(x, size, paddingMode, aligned)
  // the grid's last dim begins with x, the input's dims end with it
  const axes = sizes.map((size, i): Axis => {
    const at = pixels(positions.select(2, spatial - 1 - i), size, aligned)
    return [mode === 'bicubic' ? at : pad(at, size), size]
  })
  if (mode === 'bicubic') return cubic(flat, axes, pad).reshape(result)
  if (mode === 'bilinear') return linear(flat, axes).reshape(result)
  const values = read(
    flat,
    axes.map(([at, size]): Axis => [at.detach().round(), size]),
  )
  if (!grid.requiresGrad) return values.reshape(result)
  // the nearest pixel stays the same when the grid moves a little: a gradient of zeros, not none
  const nothing = where(zeros([], { dtype: 'bool', device: grid.device }), positions.select(2, 0), 0)
  return values.add(nothing.unsqueeze(1)).reshape(result)
}

/**
 * The grid of positions of an affine map, for gridSample.
 *
 * @param theta [N, 2, 3], or [N, 3, 4] for volumes
 * @param size of the result of gridSample: [N, C, H, W] or [N, C, D, H, W]
 * @returns [N, H, W, 2] or [N, D, H, W, 3]
 * @throws ShapeError if theta does not fit the size
 * @example
 * affineGrid(tensor([[[1, 0, 0], [0, 1, 0]]]), [1, 1, 1, 2]).tolist() // => [[[[-0.5, 0], [0.5, 0]]]]
 * @see torch.nn.functional.affine_grid
 */
export function affineGrid(
  theta: Tensor,
  size: readonly number[],
  { alignCorners = false }: { alignCorners?: boolean | null } = {},
): Tensor {
  const op = 'affineGrid'
  const [n, , ...sizes] = size
  const d = sizes.length
  check(
    theta.dtypeInfo.category === 'float',
    () => new DTypeError(op, `theta must be floating-point, got ${theta.dtype}`),
  )
  check(
    (d === 2 || d === 3) &&
      theta.ndim === 3 &&
      theta.shape[0] === n &&
      theta.shape[1] === d &&
      theta.shape[2] === d + 1 &&
      size.every((length) => Number.isInteger(length) && length > 0),
    () =>
      new ShapeError(
        op,
        `theta must be [N, 2, 3] for a size [N, C, H, W], or [N, 3, 4] for [N, C, D, H, W], got ${formatShape(theta.shape)} for ${formatShape(size)}`,
      ),
  )
  const factory = { dtype: theta.dtype, device: theta.device }
  const axis = (length: number): Tensor => {
    if (length <= 1) return full([length], 0, factory)
    const whole = linspace(-1, 1, length, factory)
    return alignCorners ? whole : whole.mul((length - 1) / length)
  }
  const columns = sizes.map((length, i) =>
    axis(length)
      .reshape(sizes.map((_, j) => (j === i ? length : 1)))
      .expand(sizes),
  )
  const base = cat(
    [...columns.toReversed(), ones(sizes, factory)].map((column) => column.unsqueeze(-1)),
    -1,
  ) // [..., d + 1]: x, y, (z,) 1
  return bmm(base.reshape([1, -1, d + 1]).expand([n, numelOf(sizes), d + 1]), theta.transpose(1, 2)).reshape([
    n,
    ...sizes,
    d,
  ])
}
