// Gradients of the elementwise losses: one kernel each, so that a loss is one node with a fused forward.
import {
  applyComposite,
  binaryCrossEntropyOp,
  binaryCrossEntropyWithLogitsOp,
  broadcastPair,
  constant,
  huberLossOp,
  l1LossOp,
  mseLossOp,
  numelOf,
  smoothL1LossOp,
  softMarginLossOp,
  ternary,
} from '@tt/tensor'
import type { CompositeRecord, Expr, Tensor } from '@tt/tensor'
import { decomposed } from './formula.ts'
import type { Context, Formula } from './formula.ts'
import type { Formulas } from './table.ts'

/** How the losses of the elements become one number; every loss has it among its attributes. */
interface LossAttrs {
  readonly reduction: 'none' | 'mean' | 'sum'
}
type Build = (g: Expr, x: Expr, y: Expr) => Expr

/** The gradient of each element's loss, from that of what it was reduced to. */
function perElement(g: Tensor, s: Context<LossAttrs>): Tensor {
  const shape = broadcastPair('backward', s.inputs[0].shape, s.inputs[1].shape)
  return s.attrs.reduction === 'mean' ? g.div(numelOf(shape)) : g
}

/**
 * The formula of a loss of input x and target y, with a factor as third tensor if there is one.
 *
 * @param ofInput, ofTarget the gradients of an element's loss; the attribute called `option` is a fourth operand
 */
function elementwise<Attrs extends LossAttrs>(
  name: string,
  record: CompositeRecord<Attrs>,
  ofInput: (option: number) => Build,
  ofTarget: (option: number) => Build,
  option: (attrs: Attrs) => number = () => 0,
): Formula<Attrs> {
  const kernels = new Map<string, ReturnType<typeof ternary>>()
  const run = (side: 'Input' | 'Target', g: Tensor, s: Context<Attrs>): Tensor => {
    const value = option(s.attrs)
    const key = `${side}${value}`
    let kernel = kernels.get(key)
    if (kernel === undefined) {
      kernel = ternary(`${name}Backward${side}`, (side === 'Input' ? ofInput : ofTarget)(value))
      kernels.set(key, kernel)
    }
    const factor = s.inputs.length > 2 ? s.input(2) : null
    const each = perElement(g, s)
    return kernel(factor === null ? each : each.mul(factor), s.input(0), s.input(1))
  }
  return {
    uses: [
      [0, 1, 2],
      [0, 1, 2],
      [0, 1],
    ],
    backward: [
      (g, s) => run('Input', g, s),
      (g, s) => run('Target', g, s),
      (g, s) =>
        perElement(g, s).mul(
          applyComposite(record, [s.input(0), s.input(1)], { ...s.attrs, reduction: 'none' })[0],
        ),
    ],
  }
}

const opposite =
  (build: (option: number) => Build) =>
  (option: number): Build =>
  (g, x, y) =>
    build(option)(g, x, y).neg()
const squared = (): Build => (g, x, y) => x.sub(y).mul(2).mul(g)
const absolute = (): Build => (g, x, y) => x.sub(y).sign().mul(g)
const smooth =
  (beta: number): Build =>
  (g, x, y) => {
    const d = x.sub(y)
    return d.abs().lt(beta).select(d.mul(g).div(beta), d.sign().mul(g))
  }
const huber =
  (delta: number): Build =>
  (g, x, y) => {
    const d = x.sub(y)
    return d.abs().le(delta).select(d.mul(g), d.sign().mul(g).mul(delta))
  }
// (x − y) / x(1 − x), the divisor at least 1e-12
const probability = (): Build => (g, x, y) => g.mul(x.sub(y)).div(constant(1).sub(x).mul(x).max(1e-12))
const ofProbabilityTarget = (): Build => (g, x) => g.mul(x.neg().log1p().max(-100).sub(x.log().max(-100)))
const score = (): Build => (g, x, y) => g.mul(x.sigmoid().sub(y))
const ofScoreTarget = (): Build => (g, x) => g.mul(x.neg())
// log(1 + e^−yx)
const soft = (): Build => (g, x, y) => g.mul(y.neg()).mul(y.neg().mul(x).sigmoid())
const ofSoftTarget = (): Build => (g, x, y) => g.mul(x.neg()).mul(y.neg().mul(x).sigmoid())

type LossName =
  | 'mseLoss'
  | 'l1Loss'
  | 'smoothL1Loss'
  | 'huberLoss'
  | 'binaryCrossEntropy'
  | 'binaryCrossEntropyWithLogits'
  | 'binaryCrossEntropyWithPosWeight'
  | 'softMarginLoss'

/** Losses. */
export const loss: Pick<Formulas, LossName> = {
  mseLoss: elementwise('mseLoss', mseLossOp, squared, opposite(squared)),
  l1Loss: elementwise('l1Loss', l1LossOp, absolute, opposite(absolute)),
  smoothL1Loss: elementwise('smoothL1Loss', smoothL1LossOp, smooth, opposite(smooth), ({ beta }) => beta),
  huberLoss: elementwise('huberLoss', huberLossOp, huber, opposite(huber), ({ delta }) => delta),
  binaryCrossEntropy: elementwise(
    'binaryCrossEntropy',
    binaryCrossEntropyOp,
    probability,
    ofProbabilityTarget,
  ),
  binaryCrossEntropyWithLogits: elementwise(
    'binaryCrossEntropyWithLogits',
    binaryCrossEntropyWithLogitsOp,
    score,
    ofScoreTarget,
  ),
  binaryCrossEntropyWithPosWeight: decomposed,
  softMarginLoss: elementwise('softMarginLoss', softMarginLossOp, soft, ofSoftTarget),
}
