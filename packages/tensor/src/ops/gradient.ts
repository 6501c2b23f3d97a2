// Numerical derivatives of sampled functions by finite differences.
import { ArgumentError, ShapeError, check } from '../errors.ts'
import { formatShape, wrapDim } from '../shape/shape.ts'
import { Tensor } from '../tensor.ts'
import { add, div, mul, neg, sub } from './arithmetic.ts'
import { cat } from './join.ts'
import { narrow, reshape } from './views.ts'

/** Options of gradient. */
export interface GradientOptions {
  /** The distance of neighbours: one number, one for each dim, or the coordinates along each dim as tensors. Default 1. */
  spacing?: number | readonly number[] | readonly Tensor[] | null
  /** The dims to differentiate along; default all. */
  dim?: number | readonly number[] | null
  /** 1 or 2: the order of the one-sided differences at the ends. */
  edgeOrder?: number
}
/**
 * The derivatives along the dims of the function whose samples self holds: central differences inside, one-sided ones at the ends.
 *
 * @returns a tensor of the shape of self for each dim
 * @throws ShapeError if a dim has fewer than edgeOrder + 1 positions; ArgumentError for another edgeOrder than 1 or 2
 * @example
 * gradient(tensor([1, 2, 4, 7]))[0].tolist() // => [1, 1.5, 2.5, 3]
 * @see torch.gradient
 */
export function gradient(
  self: Tensor,
  { spacing = null, dim = null, edgeOrder = 1 }: GradientOptions = {},
): readonly Tensor[] {
  check(
    edgeOrder === 1 || edgeOrder === 2,
    () => new ArgumentError('gradient', `edgeOrder must be 1 or 2, got ${edgeOrder}`),
  )
  const dims =
    dim === null
      ? self.shape.map((_, i) => i)
      : ([dim].flat() as number[]).map((d) => wrapDim('gradient', d, self.ndim))
  check(
    new Set(dims).size === dims.length,
    () => new ArgumentError('gradient', `dim must name each dim once, got ${formatShape(dims)}`),
  )
  const steps = Array.isArray(spacing)
    ? (spacing as readonly (number | Tensor)[])
    : dims.map(() => (spacing as number | null) ?? 1)
  check(
    steps.length === dims.length,
    () =>
      new ArgumentError(
        'gradient',
        `spacing must be one number or one for each of the ${dims.length} dims, got ${steps.length}`,
      ),
  )
  for (const d of dims) {
    check(
      self.shape[d] > edgeOrder,
      () =>
        new ShapeError(
          'gradient',
          `each dim must have at least edgeOrder + 1 = ${edgeOrder + 1} positions, got ${formatShape(self.shape)}`,
        ),
    )
  }
  return dims.map((d, i) => {
    const step = steps[i]
    if (!(step instanceof Tensor)) return evenly(self, d, step, edgeOrder)
    check(
      step.ndim === 1 && step.shape[0] === self.shape[d],
      () =>
        new ShapeError(
          'gradient',
          `coordinates must have one dim, of the size ${self.shape[d]} of dim ${d}, got ${formatShape(step.shape)}`,
        ),
    )
    return unevenly(self, d, step, edgeOrder)
  })
}

// A part of a dim from `start`, `length` long; negative starts count from the end.
const part = (self: Tensor, dim: number, start: number, length: number): Tensor =>
  narrow(self, dim, start < 0 ? self.shape[dim] + start : start, length)

function evenly(self: Tensor, dim: number, step: number, edgeOrder: number): Tensor {
  const at = (i: number): Tensor => part(self, dim, i, 1)
  const inner = self.shape[dim] - 2
  const middle = div(sub(part(self, dim, 2, inner), part(self, dim, 0, inner)), 2 * step)
  // Second order: (−3 y₀ + 4 y₁ − y₂) / 2h
  const ends =
    edgeOrder === 1
      ? [div(sub(at(1), at(0)), step), div(sub(at(-1), at(-2)), step)]
      : [
          div(sub(add(mul(at(0), -1.5), mul(at(1), 2)), mul(at(2), 0.5)), step),
          div(add(sub(mul(at(-1), 1.5), mul(at(-2), 2)), mul(at(-3), 0.5)), step),
        ]
  return cat([ends[0], middle, ends[1]], dim)
}

function unevenly(self: Tensor, dim: number, coordinates: Tensor, edgeOrder: number): Tensor {
  const at = (i: number): Tensor => part(self, dim, i, 1)
  const n = self.shape[dim]
  const alongDim = (x: Tensor): Tensor =>
    reshape(
      x,
      self.shape.map((_, i) => (i === dim ? -1 : 1)),
    )
  const gaps = sub(narrow(coordinates, 0, 1, n - 1), narrow(coordinates, 0, 0, n - 1))
  const gap = (i: number): Tensor => alongDim(part(gaps, 0, i, 1))
  // −b/a(a+b) y₋ + (b−a)/ab y + a/b(a+b) y₊ for gaps a before and b after
  const [a, b] = [alongDim(narrow(gaps, 0, 0, n - 2)), alongDim(narrow(gaps, 0, 1, n - 2))]
  const middle = add(
    add(
      mul(neg(div(b, mul(a, add(a, b)))), part(self, dim, 0, n - 2)),
      mul(div(sub(b, a), mul(a, b)), part(self, dim, 1, n - 2)),
    ),
    mul(div(a, mul(b, add(a, b))), part(self, dim, 2, n - 2)),
  )
  const first = (): Tensor => {
    if (edgeOrder === 1) return div(sub(at(1), at(0)), gap(0))
    const [h, k] = [gap(0), gap(1)]
    return sub(
      add(mul(neg(div(add(add(h, h), k), mul(h, add(h, k)))), at(0)), mul(div(add(h, k), mul(h, k)), at(1))),
      mul(div(h, mul(k, add(h, k))), at(2)),
    )
  }
  const last = (): Tensor => {
    if (edgeOrder === 1) return div(sub(at(-1), at(-2)), gap(-1))
    const [h, k] = [gap(-2), gap(-1)]
    return add(
      sub(mul(div(k, mul(h, add(h, k))), at(-3)), mul(div(add(k, h), mul(h, k)), at(-2))),
      mul(div(add(add(k, k), h), mul(k, add(h, k))), at(-1)),
    )
  }
  return cat([first(), middle, last()], dim)
}
