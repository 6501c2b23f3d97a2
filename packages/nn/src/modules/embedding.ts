// Embedding and EmbeddingBag: rows of a learned table, looked up by index.
import { ArgumentError, check, empty, withGradMode } from '@tt/autograd'
import type { Tensor } from '@tt/autograd'
import * as F from '../functional.ts'
import { normal_ } from '../init.ts'
import { Module } from '../module/module.ts'
import { Parameter } from '../parameter.ts'
import type { LayerFactory } from './linear.ts'
import { pyFloat } from './python.ts'

/** Options of {@link Embedding}. */
export interface EmbeddingOptions extends LayerFactory {
  /** The row that starts as zeros and gets no gradient; negative: from the end. */
  paddingIdx?: number | null
  /** Rows that are looked up are first scaled down to at most this norm, in place. */
  maxNorm?: number | null
  /** The p of that norm (default 2). */
  normType?: number
  /** Whether the gradient of a row is divided by how often it was looked up (default false). */
  scaleGradByFreq?: boolean
}

/**
 * A table of vectors: `output[...] = weight[input[...]]`.
 *
 * @example
 * new Embedding(10, 3).call(tensor([1n, 2n])).shape // => [2, 3]
 * @see torch.nn.Embedding
 */
export class Embedding extends Module {
  readonly numEmbeddings: number
  readonly embeddingDim: number
  readonly paddingIdx: number | null
  readonly maxNorm: number | null
  readonly normType: number
  readonly scaleGradByFreq: boolean
  readonly weight: Parameter // [numEmbeddings, embeddingDim]

  constructor(numEmbeddings: number, embeddingDim: number, options: EmbeddingOptions = {}) {
    super()
    const { paddingIdx = null, maxNorm = null, normType = 2, scaleGradByFreq = false, ...factory } = options
    check(
      paddingIdx === null || (paddingIdx >= -numEmbeddings && paddingIdx < numEmbeddings),
      () =>
        new ArgumentError(
          'Embedding',
          `paddingIdx must be within numEmbeddings, got ${paddingIdx} and ${numEmbeddings}`,
        ),
    )
    this.numEmbeddings = numEmbeddings
    this.embeddingDim = embeddingDim
    this.paddingIdx = paddingIdx !== null && paddingIdx < 0 ? paddingIdx + numEmbeddings : paddingIdx
    this.maxNorm = maxNorm
    this.normType = normType
    this.scaleGradByFreq = scaleGradByFreq
    this.weight = new Parameter(empty([numEmbeddings, embeddingDim], factory))
    this.resetParameters()
  }

  /** Draws the table anew: standard normal, zeros at paddingIdx. */
  resetParameters(): void {
    resetTable(this.weight, this.paddingIdx)
  }

  override forward(input: Tensor): Tensor {
    // [...] → [..., embeddingDim]
    const { paddingIdx, maxNorm, normType, scaleGradByFreq } = this
    return F.embedding(input, this.weight, { paddingIdx, maxNorm, normType, scaleGradByFreq })
  }

  override extraRepr(): string {
    const parts = [`${this.numEmbeddings}, ${this.embeddingDim}`]
    if (this.paddingIdx !== null) parts.push(`padding_idx=${this.paddingIdx}`)
    if (this.maxNorm !== null) parts.push(`max_norm=${pyFloat(this.maxNorm)}`)
    if (this.normType !== 2) parts.push(`norm_type=${pyFloat(this.normType)}`)
    if (this.scaleGradByFreq) parts.push('scale_grad_by_freq=True')
    return parts.join(', ')
  }
}

/** Options of {@link EmbeddingBag}. */
export interface EmbeddingBagOptions extends EmbeddingOptions {
  /** Default 'mean'. */
  mode?: 'sum' | 'mean' | 'max'
  /** Whether the last offset is the end of the last bag (default false). */
  includeLastOffset?: boolean
}

/**
 * Sums, means or maxima of bags of rows of a learned table.
 *
 * @example
 * new EmbeddingBag(10, 3, { mode: 'sum' }).call(tensor([1n, 2n, 4n]), tensor([0n, 1n])).shape // => [2, 3]
 * @see torch.nn.EmbeddingBag
 */
export class EmbeddingBag extends Module {
  readonly numEmbeddings: number
  readonly embeddingDim: number
  readonly maxNorm: number | null
  readonly normType: number
  readonly scaleGradByFreq: boolean
  readonly mode: 'sum' | 'mean' | 'max'
  readonly includeLastOffset: boolean
  readonly paddingIdx: number | null
  readonly weight: Parameter // [numEmbeddings, embeddingDim]

  constructor(numEmbeddings: number, embeddingDim: number, options: EmbeddingBagOptions = {}) {
    super()
    const {
      paddingIdx = null,
      maxNorm = null,
      normType = 2,
      scaleGradByFreq = false,
      mode = 'mean',
      includeLastOffset = false,
      ...factory
    } = options
    check(
      paddingIdx === null || (paddingIdx >= -numEmbeddings && paddingIdx < numEmbeddings),
      () =>
        new ArgumentError(
          'EmbeddingBag',
          `paddingIdx must be within numEmbeddings, got ${paddingIdx} and ${numEmbeddings}`,
        ),
    )
    this.numEmbeddings = numEmbeddings
    this.embeddingDim = embeddingDim
    this.maxNorm = maxNorm
    this.normType = normType
    this.scaleGradByFreq = scaleGradByFreq
    this.mode = mode
    this.includeLastOffset = includeLastOffset
    this.paddingIdx = paddingIdx !== null && paddingIdx < 0 ? paddingIdx + numEmbeddings : paddingIdx
    this.weight = new Parameter(empty([numEmbeddings, embeddingDim], factory))
    this.resetParameters()
  }

  /** Draws the table anew: standard normal, zeros at paddingIdx. */
  resetParameters(): void {
    resetTable(this.weight, this.paddingIdx)
  }

  override forward(
    input: Tensor,
    offsets: Tensor | null = null,
    perSampleWeights: Tensor | null = null,
  ): Tensor {
    // [B, n], or [M] with offsets [B] → [B, embeddingDim]
    const { maxNorm, normType, scaleGradByFreq, mode, includeLastOffset, paddingIdx } = this
    const options = { maxNorm, normType, scaleGradByFreq, mode, includeLastOffset, paddingIdx }
    return F.embeddingBag(input, this.weight, offsets, perSampleWeights, options)
  }

  override extraRepr(): string {
    const parts = [`${this.numEmbeddings}, ${this.embeddingDim}`]
    if (this.maxNorm !== null) parts.push(`max_norm=${pyFloat(this.maxNorm)}`)
    if (this.normType !== 2) parts.push(`norm_type=${pyFloat(this.normType)}`)
    if (this.scaleGradByFreq) parts.push('scale_grad_by_freq=True')
    parts.push(`mode=${this.mode}`)
    if (this.paddingIdx !== null) parts.push(`padding_idx=${this.paddingIdx}`)
    return parts.join(', ')
  }
}

function resetTable(weight: Parameter, paddingIdx: number | null): void {
  normal_(weight)
  if (paddingIdx !== null) withGradMode(false, () => weight.select(0, paddingIdx).fill_(0))
}
