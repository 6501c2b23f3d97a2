// One layer of a Transformer's encoder or decoder.
import { ArgumentError, check, forkRng } from '@tt/autograd'
import type { Tensor } from '@tt/autograd'
import * as F from '../functional.ts'
import { Module } from '../module/module.ts'
import { MultiheadAttention, byName } from './attention.ts'
import { Dropout } from './dropout.ts'
import { Linear } from './linear.ts'
import type { LayerFactory } from './linear.ts'
import { LayerNorm } from './norm.ts'

/** The function between the two linear layers: by name, or itself. */
export type TransformerActivation = 'relu' | 'gelu' | ((x: Tensor) => Tensor)
/** Options of the layers of a Transformer. */
export interface TransformerLayerOptions extends LayerFactory {
  /** Features between the two linear layers (default 2048). */
  dimFeedforward?: number
  /** Default 0.1. */
  dropout?: number
  /** Default 'relu'. */
  activation?: TransformerActivation
  layerNormEps?: number
  /** [N, L, E] instead of [L, N, E] (default false). */
  batchFirst?: boolean
  /** Whether to normalise before each part, instead of after it (default false). */
  normFirst?: boolean
}
/** A layer of which an encoder or decoder makes more of the same. */
export interface Copyable<M extends Module> {
  /** Another layer of the same options with equal parameters. */
  copy(): M
}

const activationOf = (activation: TransformerActivation): ((x: Tensor) => Tensor) => {
  check(
    typeof activation === 'function' || activation === 'relu' || activation === 'gelu',
    () =>
      new ArgumentError(
        'TransformerLayer',
        `activation must be 'relu', 'gelu' or a function, got '${String(activation)}'`,
      ),
  )
  return activation === 'relu' ? (x) => F.relu(x) : activation === 'gelu' ? (x) => F.gelu(x) : activation
}
/** A copy of the layer's class, with its state; the stream of random numbers goes on as if there was none. */
function copied<M extends Module>(layer: M, make: () => M): M {
  const copy = forkRng(make).train(layer.training)
  copy.loadStateDict(layer.stateDict())
  return copy
}

/** Masks of an encoder's call. */
export interface EncoderMasks {
  /** [L, L] */
  srcMask?: Tensor | null
  /** [N, L]: true where there is padding. */
  srcKeyPaddingMask?: Tensor | null
}
/** Masks one after the other, or by name. */
export type EncoderArguments =
  | [masks?: EncoderMasks]
  | [srcMask: Tensor | null, srcKeyPaddingMask?: Tensor | null]

/**
 * Self-attention and a feed-forward network, each with dropout, a residual connection and normalisation.
 *
 * @example
 * new TransformerEncoderLayer(8, 2, { batchFirst: true }).call(ones([3, 5, 8])).shape // => [3, 5, 8]
 * @see torch.nn.TransformerEncoderLayer
 */
export class TransformerEncoderLayer extends Module implements Copyable<TransformerEncoderLayer> {
  readonly selfAttn: MultiheadAttention
  readonly linear1: Linear
  readonly dropout: Dropout
  readonly linear2: Linear
  readonly normFirst: boolean
  readonly norm1: LayerNorm
  readonly norm2: LayerNorm
  readonly dropout1: Dropout
  readonly dropout2: Dropout
  readonly #activation: (x: Tensor) => Tensor
  readonly #again: () => TransformerEncoderLayer

  constructor(dModel: number, nhead: number, options: TransformerLayerOptions = {}) {
    super()
    const {
      dimFeedforward = 2048,
      dropout = 0.1,
      activation = 'relu',
      layerNormEps = 1e-5,
      batchFirst = false,
      normFirst = false,
      ...factory
    } = options
    this.#activation = activationOf(activation)
    this.#again = () => new TransformerEncoderLayer(dModel, nhead, options)
    this.selfAttn = new MultiheadAttention(dModel, nhead, { dropout, batchFirst, ...factory })
    this.linear1 = new Linear(dModel, dimFeedforward, factory)
    this.dropout = new Dropout({ p: dropout })
    this.linear2 = new Linear(dimFeedforward, dModel, factory)
    this.normFirst = normFirst
    this.norm1 = new LayerNorm(dModel, { eps: layerNormEps, ...factory })
    this.norm2 = new LayerNorm(dModel, { eps: layerNormEps, ...factory })
    this.dropout1 = new Dropout({ p: dropout })
    this.dropout2 = new Dropout({ p: dropout })
  }

  /** @param masks srcMask and srcKeyPaddingMask, one after the other or by name */
  override forward(src: Tensor, ...masks: EncoderArguments): Tensor {
    const { srcMask = null, srcKeyPaddingMask = null } = byName<EncoderMasks>(
      ['srcMask', 'srcKeyPaddingMask'],
      masks,
    )
    const attend = (x: Tensor): Tensor => {
      const options = { attnMask: srcMask, keyPaddingMask: srcKeyPaddingMask, needWeights: false }
      return this.dropout1.call(this.selfAttn.call(x, x, x, options)[0])
    }
    const feed = (x: Tensor): Tensor =>
      this.dropout2.call(this.linear2.call(this.dropout.call(this.#activation(this.linear1.call(x)))))
    if (this.normFirst) {
      const x = src.add(attend(this.norm1.call(src)))
      return x.add(feed(this.norm2.call(x)))
    }
    const x = this.norm1.call(src.add(attend(src)))
    return this.norm2.call(x.add(feed(x)))
  }

  copy(): TransformerEncoderLayer {
    return copied(this, this.#again)
  }
}

/** Masks of a decoder's call. */
export interface DecoderMasks {
  /** [T, T] */
  tgtMask?: Tensor | null
  /** [T, S] */
  memoryMask?: Tensor | null
  /** [N, T]: true where there is padding. */
  tgtKeyPaddingMask?: Tensor | null
  /** [N, S]: true where there is padding. */
  memoryKeyPaddingMask?: Tensor | null
}
/** Masks one after the other, or by name. */
export type DecoderArguments =
  | [masks?: DecoderMasks]
  | [
      tgtMask: Tensor | null,
      memoryMask?: Tensor | null,
      tgtKeyPaddingMask?: Tensor | null,
      memoryKeyPaddingMask?: Tensor | null,
    ]
/** Their names, in PyTorch's order. */
export const decoderMaskNames = [
  'tgtMask',
  'memoryMask',
  'tgtKeyPaddingMask',
  'memoryKeyPaddingMask',
] as const

/**
 * Self-attention, attention to the encoder's output, and a feed-forward network.
 *
 * @example
 * new TransformerDecoderLayer(8, 2).call(ones([5, 1, 8]), ones([3, 1, 8])).shape // => [5, 1, 8]
 * @see torch.nn.TransformerDecoderLayer
 */
export class TransformerDecoderLayer extends Module implements Copyable<TransformerDecoderLayer> {
  readonly selfAttn: MultiheadAttention
  readonly multiheadAttn: MultiheadAttention
  readonly linear1: Linear
  readonly dropout: Dropout
  readonly linear2: Linear
  readonly normFirst: boolean
  readonly norm1: LayerNorm
  readonly norm2: LayerNorm
  readonly norm3: LayerNorm
  readonly dropout1: Dropout
  readonly dropout2: Dropout
  readonly dropout3: Dropout
  readonly #activation: (x: Tensor) => Tensor
  readonly #again: () => TransformerDecoderLayer

  constructor(dModel: number, nhead: number, options: TransformerLayerOptions = {}) {
    super()
    const {
      dimFeedforward = 2048,
      dropout = 0.1,
      activation = 'relu',
      layerNormEps = 1e-5,
      batchFirst = false,
      normFirst = false,
      ...factory
    } = options
    this.#activation = activationOf(activation)
    this.#again = () => new TransformerDecoderLayer(dModel, nhead, options)
    const norm = (): LayerNorm => new LayerNorm(dModel, { eps: layerNormEps, ...factory })
    this.selfAttn = new MultiheadAttention(dModel, nhead, { dropout, batchFirst, ...factory })
    this.multiheadAttn = new MultiheadAttention(dModel, nhead, { dropout, batchFirst, ...factory })
    this.linear1 = new Linear(dModel, dimFeedforward, factory)
    this.dropout = new Dropout({ p: dropout })
    this.linear2 = new Linear(dimFeedforward, dModel, factory)
    this.normFirst = normFirst
    this.norm1 = norm()
    this.norm2 = norm()
    this.norm3 = norm()
    this.dropout1 = new Dropout({ p: dropout })
    this.dropout2 = new Dropout({ p: dropout })
    this.dropout3 = new Dropout({ p: dropout })
  }

  /** @param masks tgtMask, memoryMask, tgtKeyPaddingMask and memoryKeyPaddingMask, one after the other or by name */
  override forward(tgt: Tensor, memory: Tensor, ...masks: DecoderArguments): Tensor {
    const {
      tgtMask = null,
      memoryMask = null,
      tgtKeyPaddingMask = null,
      memoryKeyPaddingMask = null,
    } = byName<DecoderMasks>(decoderMaskNames, masks)
    const attend = (x: Tensor): Tensor => {
      const options = { attnMask: tgtMask, keyPaddingMask: tgtKeyPaddingMask, needWeights: false }
      return this.dropout1.call(this.selfAttn.call(x, x, x, options)[0])
    }
    const look = (x: Tensor): Tensor => {
      const options = { attnMask: memoryMask, keyPaddingMask: memoryKeyPaddingMask, needWeights: false }
      return this.dropout2.call(this.multiheadAttn.call(x, memory, memory, options)[0])
    }
    const feed = (x: Tensor): Tensor =>
      this.dropout3.call(this.linear2.call(this.dropout.call(this.#activation(this.linear1.call(x)))))
    if (this.normFirst) {
      const x = tgt.add(attend(this.norm1.call(tgt)))
      const y = x.add(look(this.norm2.call(x)))
      return y.add(feed(this.norm3.call(y)))
    }
    const x = this.norm1.call(tgt.add(attend(tgt)))
    const y = this.norm2.call(x.add(look(x)))
    return this.norm3.call(y.add(feed(y)))
  }

  copy(): TransformerDecoderLayer {
    return copied(this, this.#again)
  }
}
