// Scaled dot-product attention.
import { ArgumentError, DTypeError, ShapeError, check } from '../errors.ts'
import { formatShape } from '../shape/shape.ts'
import type { Tensor } from '../tensor.ts'
import { ones } from './creation.ts'
import { dropout } from './dropout.ts'
import { matmul } from './matmul.ts'
import { softmax } from './softmax.ts'

/** Options of scaledDotProductAttention. */
export interface AttentionOptions {
  /** Probability of dropping a weight; it acts whenever it is above 0. Default 0. */
  dropoutP?: number
  /** Position i attends to positions up to i only; default false. */
  isCausal?: boolean
  /** Multiplies q·k; default 1/√E. */
  scale?: number | null
}

function attend(
  op: string,
  q: Tensor,
  k: Tensor,
  v: Tensor,
  attnMask: Tensor | null,
  { dropoutP = 0, isCausal = false, scale = null }: AttentionOptions,
): readonly [Tensor, Tensor] {
  check(
    [q, k, v].every((x) => x.ndim >= 2) &&
      q.shape.at(-1) === k.shape.at(-1) &&
      k.shape.at(-2) === v.shape.at(-2),
    () =>
      new ShapeError(
        op,
        `query [..., L, E], key [..., S, E] and value [..., S, Ev] must agree, got ${formatShape(q.shape)}, ${formatShape(k.shape)} and ${formatShape(v.shape)}`,
      ),
  )
  check(
    q.dtype === k.dtype && k.dtype === v.dtype && q.dtypeInfo.category === 'float',
    () =>
      new DTypeError(
        op,
        `query, key and value must be of one floating-point dtype, got ${q.dtype}, ${k.dtype} and ${v.dtype}`,
      ),
  )
  check(
    !isCausal || attnMask === null,
    () => new ArgumentError(op, 'isCausal makes its own mask, got an attnMask as well. Give one of them'),
  )
  const factor = Math.sqrt(scale ?? 1 / Math.sqrt(q.shape[q.ndim - 1])) // half of it on each side keeps halves in range
  const scores = matmul(q.mul(factor), k.transpose(-2, -1).mul(factor)) // [..., L, S]
  const mask = isCausal ? ones(scores.shape.slice(-2), { dtype: 'bool', device: q.device }).tril() : attnMask
  const masked =
    mask === null
      ? scores
      : mask.dtype === 'bool'
        ? scores.maskedFill(mask.logicalNot(), -Infinity)
        : scores.add(mask)
  const weights = softmax(masked, -1)
  const kept = dropoutP > 0 ? dropout(weights, { p: dropoutP }) : weights
  return [matmul(kept, v), kept]
}

/**
 * `softmax(q kᵀ / √E + mask) v`.
 *
 * @param query [..., L, E]
 * @param key [..., S, E]
 * @param value [..., S, Ev]
 * @param attnMask broadcasts to [..., L, S]: true where attention is allowed, or numbers to add
 * @returns [..., L, Ev]
 * @throws ShapeError if the sizes do not fit
 * @throws ArgumentError for a mask together with isCausal
 * @example
 * scaledDotProductAttention(ones([1, 2]), ones([3, 2]), tensor([[1], [2], [6]])).tolist() // => [[3]]
 * @see torch.nn.functional.scaled_dot_product_attention
 */
export const scaledDotProductAttention = (
  query: Tensor,
  key: Tensor,
  value: Tensor,
  attnMask: Tensor | null = null,
  { dropoutP = 0, isCausal = false, scale = null }: AttentionOptions = {},
): Tensor =>
  attend('scaledDotProductAttention', query, key, value, attnMask, { dropoutP, isCausal, scale })[0]

/**
 * The form of PyTorch 1.13: the result, and the weights of the attention.
 *
 * @param attnMask as that of scaledDotProductAttention
 * @returns [result [..., L, Ev], weights [..., L, S]]
 * @example
 * _scaledDotProductAttention(ones([1, 2]), ones([2, 2]), tensor([[1], [3]]))[1].tolist() // => [[0.5, 0.5]]
 * @see torch.nn.functional.scaled_dot_product_attention
 */
export const _scaledDotProductAttention = (
  query: Tensor,
  key: Tensor,
  value: Tensor,
  attnMask: Tensor | null = null,
  { dropoutP = 0, isCausal = false }: AttentionOptions & { needAttnWeights?: boolean } = {},
): readonly [Tensor, Tensor] =>
  attend('_scaledDotProductAttention', query, key, value, attnMask, { dropoutP, isCausal })
