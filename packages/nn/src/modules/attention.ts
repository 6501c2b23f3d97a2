// Multi-head attention.
import { ArgumentError, ShapeError, Tensor, cat, check, empty, formatShape, zeros } from '@tt/autograd'
import * as F from '../functional.ts'
import { constant_, xavierNormal_, xavierUniform_ } from '../init.ts'
import { Module } from '../module/module.ts'
import { Parameter } from '../parameter.ts'
import { Linear } from './linear.ts'
import type { LinearOptions } from './linear.ts'

/** Options of {@link MultiheadAttention}. */
export interface MultiheadAttentionOptions extends LinearOptions {
  /** Probability of dropping a weight of the attention, when training (default 0). */
  dropout?: number
  /** Whether a learned key and value are added to the sequence (default false). */
  addBiasKv?: boolean
  /** Whether a key and value of zeros are added (default false). */
  addZeroAttn?: boolean
  /** Features of the keys (default embedDim). */
  kdim?: number | null
  /** Features of the values (default embedDim). */
  vdim?: number | null
  /** [N, L, E] instead of [L, N, E] (default false). */
  batchFirst?: boolean
}
/** Options of a call of {@link MultiheadAttention}. */
export interface AttentionCallOptions {
  /** [N, S]: true where a key is padding, or numbers to add. */
  keyPaddingMask?: Tensor | null
  /** [L, S] or [N · heads, L, S]: true where attention is not allowed, or numbers to add. */
  attnMask?: Tensor | null
  /** Whether to answer the weights of the attention (default true). */
  needWeights?: boolean
  /** Whether to answer their mean over the heads (default true). */
  averageAttnWeights?: boolean
}
/** Masks one after the other, or by name among the options. */
export type AttentionArguments =
  | [options?: AttentionCallOptions]
  | [keyPaddingMask: Tensor | null, attnMask?: Tensor | null, options?: AttentionCallOptions]

/** Tensors given one after the other under their names, and the options of a trailing object. */
export function byName<O extends object>(names: readonly (keyof O & string)[], given: readonly unknown[]): O {
  const result: Record<string, unknown> = {}
  given.forEach((value, i) => {
    if (value === null || value instanceof Tensor) result[names[i]] = value
    else Object.assign(result, value)
  })
  return result as O
}

/** The output projection; PyTorch prints it under this name. */
class NonDynamicallyQuantizableLinear extends Linear {
  override reprName(): string {
    return 'NonDynamicallyQuantizableLinear'
  }
}

/**
 * `concat(head₁, ...) W_o` with `headᵢ = softmax(qᵢ kᵢᵀ / √d) vᵢ`, each on its own projections of the inputs
 * (Vaswani et al. 2017).
 *
 * @example
 * const [output, weights] = new MultiheadAttention(8, 2).call(ones([4, 1, 8]), ones([5, 1, 8]), ones([5, 1, 8]))
 * output.shape   // => [4, 1, 8]
 * weights?.shape // => [1, 4, 5]
 * @see torch.nn.MultiheadAttention
 */
export class MultiheadAttention extends Module {
  readonly embedDim: number
  readonly kdim: number
  readonly vdim: number
  readonly numHeads: number
  readonly dropout: number
  readonly batchFirst: boolean
  readonly addZeroAttn: boolean
  readonly inProjWeight: Parameter | null // [3 · embedDim, embedDim]: of q, k and v
  readonly qProjWeight: Parameter | null // these three where keys or values have other features
  readonly kProjWeight: Parameter | null
  readonly vProjWeight: Parameter | null
  readonly inProjBias: Parameter | null // [3 · embedDim]
  readonly outProj: Linear
  readonly biasK: Parameter | null // [1, 1, embedDim]
  readonly biasV: Parameter | null

  constructor(embedDim: number, numHeads: number, options: MultiheadAttentionOptions = {}) {
    super()
    const {
      dropout = 0,
      bias = true,
      addBiasKv = false,
      addZeroAttn = false,
      kdim = null,
      vdim = null,
      batchFirst = false,
      ...factory
    } = options
    check(
      Number.isInteger(numHeads) && numHeads > 0 && embedDim % numHeads === 0,
      () =>
        new ArgumentError(
          'MultiheadAttention',
          `embedDim must be divisible by numHeads, got ${embedDim} and ${numHeads}`,
        ),
    )
    this.embedDim = embedDim
    this.kdim = kdim ?? embedDim
    this.vdim = vdim ?? embedDim
    this.numHeads = numHeads
    this.dropout = dropout
    this.batchFirst = batchFirst
    this.addZeroAttn = addZeroAttn
    const parameter = (...shape: number[]): Parameter => new Parameter(empty(shape, factory))
    const together = this.kdim === embedDim && this.vdim === embedDim
    this.inProjWeight = together ? parameter(3 * embedDim, embedDim) : null
    this.qProjWeight = together ? null : parameter(embedDim, embedDim)
    this.kProjWeight = together ? null : parameter(embedDim, this.kdim)
    this.vProjWeight = together ? null : parameter(embedDim, this.vdim)
    this.inProjBias = bias ? parameter(3 * embedDim) : null
    this.outProj = new NonDynamicallyQuantizableLinear(embedDim, embedDim, { bias, ...factory })
    this.biasK = addBiasKv ? parameter(1, 1, embedDim) : null
    this.biasV = addBiasKv ? parameter(1, 1, embedDim) : null
    this.resetParameters()
  }

  /** Draws the parameters anew: Glorot's uniform weights, biases of zero. */
  resetParameters(): void {
    for (const weight of [this.inProjWeight, this.qProjWeight, this.kProjWeight, this.vProjWeight])
      if (weight !== null) xavierUniform_(weight)
    if (this.inProjBias !== null) constant_(this.inProjBias, 0)
    if (this.outProj.bias !== null) constant_(this.outProj.bias, 0)
    if (this.biasK !== null) xavierNormal_(this.biasK)
    if (this.biasV !== null) xavierNormal_(this.biasV)
  }

  /**
   * @param query [L, N, E], or [L, E]
   * @param key [S, N, kdim]
   * @param value [S, N, vdim]
   * @param rest keyPaddingMask and attnMask, one after the other or by name; then options
   * @returns [output [L, N, E], weights [N, L, S] (or [N, heads, L, S]), null if they are not needed]
   */
  override forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    ...rest: AttentionArguments
  ): [Tensor, Tensor | null] {
    const {
      keyPaddingMask = null,
      attnMask = null,
      needWeights = true,
      averageAttnWeights = true,
    } = byName<AttentionCallOptions>(['keyPaddingMask', 'attnMask'], rest)
    checkInputs(this, query, key, value)
    const batched = query.ndim === 3
    const ordered = (x: Tensor): Tensor =>
      !batched ? x.unsqueeze(1) : this.batchFirst ? x.transpose(0, 1) : x
    const q = ordered(query) // [L, N, E]
    const k = key === query ? q : ordered(key)
    const v = value === key ? k : ordered(value)
    const [output, weights] = this.#attend(
      q,
      k,
      v,
      batched || keyPaddingMask === null ? keyPaddingMask : keyPaddingMask.unsqueeze(0),
      attnMask,
    )
    const answer = !needWeights ? null : averageAttnWeights ? weights.mean(1) : weights
    return [
      !batched ? output.squeeze(1) : this.batchFirst ? output.transpose(0, 1) : output,
      batched || answer === null ? answer : answer.squeeze(0),
    ]
  }

  #attend(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    keyPaddingMask: Tensor | null,
    attnMask: Tensor | null,
  ): [output: Tensor, weights: Tensor] {
    const { numHeads, embedDim } = this
    const [length, batch] = query.shape
    const [q, ownKeys, ownValues] = this.#projected(query, key, value)
    let [k, v] = [ownKeys, ownValues]
    if (this.biasK !== null && this.biasV !== null) {
      k = cat([k, this.biasK.expand([1, batch, embedDim])])
      v = cat([v, this.biasV.expand([1, batch, embedDim])])
    }
    if (this.addZeroAttn) {
      const nothing = zeros([1, batch, embedDim], { dtype: k.dtype, device: k.device })
      k = cat([k, nothing])
      v = cat([v, nothing])
    }
    const heads = (x: Tensor): Tensor => x.reshape([x.shape[0], batch, numHeads, -1]).permute([1, 2, 0, 3]) // [N, H, L, d]
    const [qh, kh, vh] = [heads(q), heads(k), heads(v)]
    const scores = qh.div(Math.sqrt(embedDim / numHeads)).matmul(kh.transpose(-2, -1)) // [N, H, L, S]
    const mask = this.#mask(keyPaddingMask, attnMask, scores, key.shape[0])
    const weights = F.dropout((mask === null ? scores : scores.add(mask)).softmax(-1), {
      p: this.dropout,
      training: this.training && this.dropout > 0,
    })
    const joined = weights.matmul(vh).permute([2, 0, 1, 3]).reshape([length, batch, embedDim])
    return [this.outProj.call(joined), weights]
  }

  /** The three projections; at once where the inputs are the same. */
  #projected(query: Tensor, key: Tensor, value: Tensor): readonly Tensor[] {
    const { inProjWeight, inProjBias, qProjWeight, kProjWeight, vProjWeight } = this
    if (inProjWeight !== null && query === key && key === value)
      return F.linear(query, inProjWeight, inProjBias).chunk(3, -1)
    const weights = inProjWeight?.chunk(3, 0) ?? [qProjWeight!, kProjWeight!, vProjWeight!]
    const biases = inProjBias?.chunk(3, 0) ?? [null, null, null]
    return [query, key, value].map((x, i) => F.linear(x, weights[i], biases[i]))
  }

  /** What is added to the scores: −∞ where attention is not allowed. Keys that were added here are always seen. */
  #mask(keyPaddingMask: Tensor | null, attnMask: Tensor | null, scores: Tensor, keys: number): Tensor | null {
    const [batch, heads, length, all] = scores.shape
    const added = (mask: Tensor): Tensor => {
      const numbers =
        mask.dtype === 'bool'
          ? zeros(mask.shape, { dtype: scores.dtype, device: scores.device }).maskedFill(mask, -Infinity)
          : mask
      return all > keys ? F.pad(numbers, [0, all - keys]) : numbers
    }
    const parts: Tensor[] = []
    if (attnMask !== null) {
      const shapes = [
        [length, keys],
        [batch * heads, length, keys],
      ].map(formatShape)
      check(
        shapes.includes(formatShape(attnMask.shape)),
        () =>
          new ShapeError(
            'MultiheadAttention',
            `attnMask must be ${shapes.join(' or ')}, got ${formatShape(attnMask.shape)}`,
          ),
      )
      const mask = added(attnMask)
      parts.push(mask.ndim === 2 ? mask : mask.reshape([batch, heads, length, all]))
    }
    if (keyPaddingMask !== null) {
      check(
        formatShape(keyPaddingMask.shape) === formatShape([batch, keys]),
        () =>
          new ShapeError(
            'MultiheadAttention',
            `keyPaddingMask must be ${formatShape([batch, keys])}, got ${formatShape(keyPaddingMask.shape)}`,
          ),
      )
      parts.push(added(keyPaddingMask).reshape([batch, 1, 1, all]))
    }
    return parts.length === 0 ? null : parts.reduce((a, b) => a.add(b))
  }
}

function checkInputs(
  { embedDim, kdim, vdim, batchFirst }: MultiheadAttention,
  query: Tensor,
  key: Tensor,
  value: Tensor,
): void {
  const [time, batch] = batchFirst ? [1, 0] : [0, 1]
  const fits =
    (query.ndim === 2 || query.ndim === 3) &&
    key.ndim === query.ndim &&
    value.ndim === query.ndim &&
    query.shape.at(-1) === embedDim &&
    key.shape.at(-1) === kdim &&
    value.shape.at(-1) === vdim &&
    (query.ndim === 2
      ? key.shape[0] === value.shape[0]
      : key.shape[time] === value.shape[time] &&
        query.shape[batch] === key.shape[batch] &&
        key.shape[batch] === value.shape[batch])
  check(
    fits,
    () =>
      new ShapeError(
        'MultiheadAttention',
        `query, key and value must be ${batchFirst ? '[N, length, features]' : '[length, N, features]'} with features ${embedDim}, ${kdim} and ${vdim}, got ${[query, key, value].map((x) => formatShape(x.shape)).join(', ')}`,
      ),
  )
}
