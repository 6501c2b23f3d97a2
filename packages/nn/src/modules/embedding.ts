// Embedding: rows of a learned table, looked up by index.
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
    normal_(this.weight)
    const { paddingIdx } = this
    if (paddingIdx !== null) withGradMode(false, () => this.weight.select(0, paddingIdx).fill_(0))
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
