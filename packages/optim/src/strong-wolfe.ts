// Line search for the strong Wolfe conditions (Nocedal & Wright, algorithms 3.5 and 3.6), with cubic interpolation.
import type { Tensor } from '@tt/autograd'

/** A point along the direction: its step, the loss, the gradient and the slope there. */
export interface LinePoint {
  readonly step: number
  readonly loss: number
  readonly gradient: Tensor
  readonly slope: number
}

/** Where a line search ended, and how often it evaluated the loss. */
export interface LineSearchResult extends LinePoint {
  readonly evaluations: number
}

/** Options of the line search. */
export interface LineSearchOptions {
  /** Of the largest element of the direction: smaller brackets are not divided. */
  readonly directionSize: number
  readonly toleranceChange?: number
  readonly maxIterations?: number
}

/** Sufficient decrease and curvature. */
const [c1, c2] = [1e-4, 0.9]

/**
 * Finds a step that decreases the loss enough and flattens the slope enough.
 *
 * @param start the point at step 0
 * @param evaluate loss, gradient and slope at a step
 * @param firstStep to try
 */
export function strongWolfe(
  start: LinePoint,
  evaluate: (step: number) => LinePoint,
  firstStep: number,
  { directionSize, toleranceChange = 1e-9, maxIterations = 25 }: LineSearchOptions,
): LineSearchResult {
  const decreasesTooLittle = ({ loss, step }: LinePoint) => loss > start.loss + c1 * step * start.slope
  const isFlat = ({ slope }: LinePoint) => Math.abs(slope) <= -c2 * start.slope
  let iterations = 0
  let previous = start
  let current = evaluate(firstStep)
  let evaluations = 1

  // Bracket an interval that contains a good point.
  let bracket: LinePoint[] | null = null
  while (iterations < maxIterations) {
    if (decreasesTooLittle(current) || (iterations > 1 && current.loss >= previous.loss)) {
      bracket = [previous, current]
      break
    }
    if (isFlat(current)) return { ...current, evaluations }
    if (current.slope >= 0) {
      bracket = [previous, current]
      break
    }
    const next = interpolate(
      previous,
      current,
      current.step + 0.01 * (current.step - previous.step),
      current.step * 10,
    )
    previous = current
    current = evaluate(next)
    evaluations++
    iterations++
  }
  bracket ??= [start, current]

  // Divide it until the point is found.
  let [low, high] = bracket[0].loss <= bracket[1].loss ? [0, 1] : [1, 0]
  let stuck = false
  while (iterations < maxIterations) {
    const [a, b] = bracket
    if (Math.abs(b.step - a.step) * directionSize < toleranceChange) break
    const [left, right] = [Math.min(a.step, b.step), Math.max(a.step, b.step)]
    let step = interpolate(a, b, left, right)
    const margin = 0.1 * (right - left)
    if (Math.min(right - step, step - left) < margin) {
      if (stuck || step >= right || step <= left) {
        step = Math.abs(step - right) < Math.abs(step - left) ? right - margin : left + margin
        stuck = false
      } else stuck = true
    } else stuck = false

    const point = evaluate(step)
    evaluations++
    iterations++
    if (decreasesTooLittle(point) || point.loss >= bracket[low].loss) {
      bracket[high] = point
      ;[low, high] = bracket[0].loss <= bracket[1].loss ? [0, 1] : [1, 0]
      continue
    }
    const done = isFlat(point)
    if (!done && point.slope * (bracket[high].step - bracket[low].step) >= 0) bracket[high] = bracket[low]
    bracket[low] = point
    if (done) break
  }
  return { ...bracket[low], evaluations }
}

/** The minimum of the cubic through two points with their slopes, within bounds; the middle if there is none. */
function interpolate(p: LinePoint, q: LinePoint, lower: number, upper: number): number {
  const { step: x1, loss: f1, slope: g1 } = p
  const { step: x2, loss: f2, slope: g2 } = q
  const d1 = g1 + g2 - (3 * (f1 - f2)) / (x1 - x2)
  const square = d1 * d1 - g1 * g2
  if (!(square >= 0)) return (lower + upper) / 2
  const d2 = Math.sqrt(square)
  const minimum =
    x1 <= x2
      ? x2 - (x2 - x1) * ((g2 + d2 - d1) / (g2 - g1 + 2 * d2))
      : x1 - (x1 - x2) * ((g1 + d2 - d1) / (g1 - g2 + 2 * d2))
  return Math.min(Math.max(minimum, lower), upper)
}
