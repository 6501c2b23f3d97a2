// Connectionist temporal classification: the likelihood of a sequence over all its alignments.
import { ArgumentError, ShapeError, check } from '../errors.ts'
import { checkBounds } from '../host/index-bounds.ts'
import { formatShape } from '../shape/shape.ts'
import type { Tensor } from '../tensor.ts'
import { where } from './choice.ts'
import { arange, full, tensor, zeros } from './creation.ts'
import { cat, stack } from './join.ts'
import { constantPadNd } from './pad.ts'

/** Options of ctcLoss. */
export interface CtcLossOptions {
  /** The class that means nothing; default 0. */
  blank?: number
  /** 'mean' first divides by the lengths of the targets. */
  reduction?: 'mean' | 'sum' | 'none'
  /** Losses of sequences too short for their target, infinite, become 0; default false. */
  zeroInfinity?: boolean
}
/** Lengths of a batch: a tensor, or numbers. */
export type Lengths = Tensor | readonly number[]

/** Stands for ln 0: what is added to it never comes back, and differences of it are 0, not NaN. */
const lowest = -1e30

/**
 * `−ln p(target | input)`, summed over all alignments of the target to the input (Graves et al. 2006).
 *
 * @param logProbs [T, N, C], or [T, C]: the logarithms of softmax. The gradient, as PyTorch's, is that by its input
 * @param targets [N, S] padded, or one after the other in one dim; no blanks
 * @param inputLengths of each sequence, at most T
 * @param targetLengths of each target
 * @returns a number, or [N] without reduction
 * @throws ShapeError if the sizes do not fit
 * @throws IndexError if a class is out of range
 * @example
 * ctcLoss(zeros([2, 1, 2]).logSoftmax(2), tensor([[1n]]), [2], [1]).item() // => 0.287682
 * @see torch.nn.functional.ctc_loss
 */
export function ctcLoss(
  logProbs: Tensor,
  targets: Tensor,
  inputLengths: Lengths,
  targetLengths: Lengths,
  { blank = 0, reduction = 'mean', zeroInfinity = false }: CtcLossOptions = {},
): Tensor {
  const op = 'ctcLoss'
  check(
    logProbs.ndim === 2 || logProbs.ndim === 3,
    () => new ShapeError(op, `logProbs must be [T, N, C] or [T, C], got ${formatShape(logProbs.shape)}`),
  )
  check(
    ['mean', 'sum', 'none'].includes(reduction),
    () => new ArgumentError(op, `reduction must be 'mean', 'sum' or 'none', got '${String(reduction)}'`),
  )
  if (logProbs.ndim === 2) {
    const target = targets.ndim === 1 ? targets.unsqueeze(0) : targets
    const one = batchLosses(
      op,
      logProbs.unsqueeze(1),
      target,
      lengthsOf(inputLengths),
      lengthsOf(targetLengths),
      blank,
    )
    return reduced(one, lengthsOf(targetLengths), reduction, zeroInfinity, true)
  }
  const losses = batchLosses(op, logProbs, targets, lengthsOf(inputLengths), lengthsOf(targetLengths), blank)
  return reduced(losses, lengthsOf(targetLengths), reduction, zeroInfinity, false)
}

const lengthsOf = (lengths: Lengths): readonly number[] =>
  'toTypedArray' in lengths ? Array.from(lengths.reshape([-1]).toTypedArray(), Number) : lengths

function reduced(
  losses: Tensor,
  targetLengths: readonly number[],
  reduction: 'mean' | 'sum' | 'none',
  zeroInfinity: boolean,
  single: boolean,
): Tensor {
  const finite = zeroInfinity ? where(losses.eq(Infinity), 0, losses) : losses
  if (reduction === 'sum') return finite.sum()
  if (reduction === 'none') return single ? finite.squeeze(0) : finite
  const divisors = tensor(
    targetLengths.map((n) => Math.max(n, 1)),
    { dtype: losses.dtype, device: losses.device },
  )
  return finite.div(divisors).mean()
}

/** The losses of a batch, [N]. */
function batchLosses(
  op: string,
  logProbs: Tensor,
  targets: Tensor,
  inputLengths: readonly number[],
  targetLengths: readonly number[],
  blank: number,
): Tensor {
  const [steps, batch, classes] = logProbs.shape
  check(
    logProbs.dtypeInfo.category === 'float' && targets.dtypeInfo.category === 'int',
    () =>
      new ArgumentError(
        op,
        `logProbs must be floating-point and targets integers, got ${logProbs.dtype} and ${targets.dtype}`,
      ),
  )
  check(
    Number.isInteger(blank) && blank >= 0 && blank < classes,
    () => new ArgumentError(op, `blank must be one of the ${classes} classes, got ${blank}`),
  )
  check(
    inputLengths.length === batch && targetLengths.length === batch,
    () =>
      new ShapeError(
        op,
        `there must be a length for each of the ${batch} sequences, got ${inputLengths.length} and ${targetLengths.length}`,
      ),
  )
  check(
    inputLengths.every((n) => n >= 0 && n <= steps),
    () => new ArgumentError(op, `inputLengths must be from 0 to ${steps}, got ${formatShape(inputLengths)}`),
  )
  const longest = Math.max(0, ...targetLengths)
  const total = targetLengths.reduce((sum, n) => sum + n, 0)
  check(
    targetLengths.every((n) => n >= 0) &&
      (targets.ndim === 1
        ? targets.shape[0] === total
        : targets.ndim === 2 && targets.shape[0] === batch && targets.shape[1] >= longest),
    () =>
      new ShapeError(
        op,
        `targets must be [N, S] with S at least ${longest}, or have ${total} elements in one dim, got ${formatShape(targets.shape)}`,
      ),
  )
  const padded = rowsOf(targets.to({ dtype: 'int64' }), targetLengths, longest, blank)
  checkBounds(op, padded, 0, classes)
  const { device } = logProbs
  // blanks between, before and after the labels: [N, 2S + 1]
  const between = full([batch, longest + 1], blank, { dtype: 'int64', device })
  const states = 2 * longest + 1
  const extended =
    longest === 0
      ? between
      : cat(
          [
            stack([between.narrow(1, 0, longest), padded], 2).reshape([batch, 2 * longest]),
            between.narrow(1, longest, 1),
          ],
          1,
        )
  // a label may follow the one before it without a blank, unless they are equal
  const skips = arange(states, null, 1, { device })
    .remainder(2)
    .eq(1)
    .logicalAnd(
      states > 2
        ? constantPadNd(extended, [2, -2], { value: -1 }).ne(extended)
        : zeros([batch, states], { dtype: 'bool', device }),
    )
  const scores = logProbs.clampMin(lowest)
  const emitted = scores.gather(2, extended.unsqueeze(0).expand([steps, batch, states])).unbind(0)
  const lengths = tensor(Int32Array.from(inputLengths), { device }).unsqueeze(1)
  const ragged = inputLengths.some((n) => n !== steps)
  // before the first step: as if in the state before the first blank
  let alpha = constantPadNd(zeros([batch, 1], { dtype: logProbs.dtype, device }), [0, states - 1], {
    value: lowest,
  })
  if (longest > 0) alpha = where(arange(states, null, 1, { device }).le(1).expand([batch, states]), 0, alpha)
  emitted.forEach((score, t) => {
    const next = t === 0 ? alpha.add(score) : step(alpha, skips).add(score)
    alpha = ragged && inputLengths.some((n) => n <= t) ? where(lengths.gt(t), next, alpha) : next
  })
  const last = tensor(
    BigInt64Array.from(targetLengths, (n) => BigInt(2 * n)),
    { device },
  ).unsqueeze(1)
  const ends = alpha.gather(1, cat([last, last.sub(1).clampMin(0)], 1)) // the last blank, or the last label
  const empty = tensor(
    targetLengths.map((n) => n === 0),
    { device },
  )
  const likelihood = where(empty, ends.select(1, 0), ends.logsumexp(1))
  const losses = where(likelihood.lt(lowest / 2), Infinity, likelihood.neg())
  return logProbs.requiresGrad ? losses.add(posteriorTerm(logProbs, lengths)) : losses
}

/** Stay, move on by one, or by two where that is allowed: ln Σ exp. */
function step(alpha: Tensor, skips: Tensor): Tensor {
  const states = alpha.shape[1]
  if (states === 1) return alpha
  const moved = constantPadNd(alpha, [1, -1], { value: lowest })
  const skipped = where(skips, constantPadNd(alpha, [2, -2], { value: lowest }), lowest)
  return stack([alpha, moved, skipped], 0).logsumexp(0)
}

/**
 * PyTorch's gradient of a loss is that by the input of the softmax: it has exp(logProbs) at every step of the sequence
 * added. The term that does so here has the value 0.
 */
function posteriorTerm(logProbs: Tensor, lengths: Tensor): Tensor {
  const p = logProbs.exp().sum(2) // [T, N]
  const zero = p.sub(p.detach())
  const used = arange(p.shape[0], null, 1, { device: p.device }).unsqueeze(1).lt(lengths.squeeze(1))
  return where(used, zero, 0).sum(0)
}

/** One row for each target, filled up with `blank`. */
function rowsOf(targets: Tensor, lengths: readonly number[], longest: number, blank: number): Tensor {
  const { device } = targets
  const filled = arange(longest, null, 1, { device }).lt(
    tensor(Int32Array.from(lengths), { device }).unsqueeze(1),
  )
  if (targets.ndim === 2) return where(filled, targets.narrow(1, 0, longest), BigInt(blank))
  let start = 0
  const rows = lengths.map((n) => {
    const row = constantPadNd(targets.narrow(0, start, n), [0, longest - n], { value: blank })
    start += n
    return row
  })
  return rows.length === 0 ? full([0, longest], blank, { dtype: 'int64', device }) : stack(rows, 0)
}
