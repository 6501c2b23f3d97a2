// Stacks of Transformer layers, and the whole model.
import { ArgumentError, check, full } from '@tt/autograd'
import type { Tensor } from '@tt/autograd'
import { xavierUniform_ } from '../init.ts'
import { Module } from '../module/module.ts'
import type { Layer } from '../module/module.ts'
import { byName } from './attention.ts'
import { ModuleList } from './container.ts'
import type { LayerFactory } from './linear.ts'
import { LayerNorm } from './norm.ts'
import { TransformerDecoderLayer, TransformerEncoderLayer, decoderMaskNames } from './transformer-layers.ts'
import type {
  Copyable,
  DecoderArguments,
  DecoderMasks,
  EncoderMasks,
  TransformerLayerOptions,
} from './transformer-layers.ts'

/** A layer that an encoder is made of. */
export type EncoderLayer = Module &
  Copyable<EncoderLayer> & { forward(src: Tensor, masks?: EncoderMasks): Tensor }
/** A layer that a decoder is made of. */
export type DecoderLayer = Module &
  Copyable<DecoderLayer> & { forward(tgt: Tensor, memory: Tensor, masks?: DecoderMasks): Tensor }

const copies = <M extends Module & Copyable<M>>(op: string, layer: M, count: number): ModuleList<M> => {
  check(
    Number.isInteger(count) && count >= 0,
    () => new ArgumentError(op, `numLayers must be an integer of at least 0, got ${count}`),
  )
  return new ModuleList(Array.from({ length: count }, () => layer.copy()))
}

/** Masks of an encoder's call: for the whole stack. */
export interface StackMasks {
  /** [L, L] */
  mask?: Tensor | null
  /** [N, L]: true where there is padding. */
  srcKeyPaddingMask?: Tensor | null
}
/** Masks one after the other, or by name. */
export type StackArguments = [masks?: StackMasks] | [mask: Tensor | null, srcKeyPaddingMask?: Tensor | null]

/**
 * Equal encoder layers one after the other.
 *
 * @param encoderLayer is copied: its own parameters are not used
 * @param options norm: a layer after the last one
 * @example
 * new TransformerEncoder(new TransformerEncoderLayer(8, 2), 2).call(ones([5, 1, 8])).shape // => [5, 1, 8]
 * @see torch.nn.TransformerEncoder
 */
export class TransformerEncoder extends Module {
  readonly layers: ModuleList<EncoderLayer>
  readonly numLayers: number
  readonly norm: Layer | null
  constructor(encoderLayer: EncoderLayer, numLayers: number, { norm = null }: { norm?: Layer | null } = {}) {
    super()
    this.layers = copies<EncoderLayer>('TransformerEncoder', encoderLayer, numLayers)
    this.numLayers = numLayers
    this.norm = norm
  }
  /** @param masks mask and srcKeyPaddingMask, one after the other or by name */
  override forward(src: Tensor, ...masks: StackArguments): Tensor {
    const { mask = null, srcKeyPaddingMask = null } = byName<StackMasks>(['mask', 'srcKeyPaddingMask'], masks)
    let x = src
    for (const layer of this.layers) x = layer.call(x, { srcMask: mask, srcKeyPaddingMask })
    return this.norm === null ? x : this.norm.call(x)
  }
}

/**
 * Equal decoder layers one after the other.
 *
 * @param decoderLayer is copied: its own parameters are not used
 * @param options norm: a layer after the last one
 * @example
 * new TransformerDecoder(new TransformerDecoderLayer(8, 2), 2).call(ones([5, 1, 8]), ones([3, 1, 8])).shape // => [5, 1, 8]
 * @see torch.nn.TransformerDecoder
 */
export class TransformerDecoder extends Module {
  readonly layers: ModuleList<DecoderLayer>
  readonly numLayers: number
  readonly norm: Layer | null
  constructor(decoderLayer: DecoderLayer, numLayers: number, { norm = null }: { norm?: Layer | null } = {}) {
    super()
    this.layers = copies<DecoderLayer>('TransformerDecoder', decoderLayer, numLayers)
    this.numLayers = numLayers
    this.norm = norm
  }
  /** @param masks those of {@link TransformerDecoderLayer} */
  override forward(tgt: Tensor, memory: Tensor, ...masks: DecoderArguments): Tensor {
    const named = byName<DecoderMasks>(decoderMaskNames, masks)
    let x = tgt
    for (const layer of this.layers) x = layer.call(x, memory, named)
    return this.norm === null ? x : this.norm.call(x)
  }
}

/** Options of {@link Transformer}. */
export interface TransformerOptions extends TransformerLayerOptions {
  /** Default 512. */
  dModel?: number
  /** Default 8. */
  nhead?: number
  /** Default 6. */
  numEncoderLayers?: number
  /** Default 6. */
  numDecoderLayers?: number
}
/** Masks of a Transformer's call. */
export interface TransformerMasks extends DecoderMasks {
  /** [S, S] */
  srcMask?: Tensor | null
  /** [N, S]: true where there is padding. */
  srcKeyPaddingMask?: Tensor | null
}

/**
 * The encoder and decoder of "Attention is all you need" (Vaswani et al. 2017), without embeddings.
 *
 * @example
 * const model = new Transformer({ dModel: 8, nhead: 2, numEncoderLayers: 1, numDecoderLayers: 1, dimFeedforward: 16 })
 * model.call(ones([3, 1, 8]), ones([5, 1, 8])).shape // => [5, 1, 8]
 * @see torch.nn.Transformer
 */
export class Transformer extends Module {
  readonly encoder: TransformerEncoder
  readonly decoder: TransformerDecoder
  readonly dModel: number
  readonly nhead: number
  readonly batchFirst: boolean

  constructor(options: TransformerOptions = {}) {
    super()
    const { dModel = 512, nhead = 8, numEncoderLayers = 6, numDecoderLayers = 6, ...layer } = options
    const { layerNormEps = 1e-5, batchFirst = false, dtype, device } = layer
    const factory: LayerFactory = { ...(dtype && { dtype }), ...(device && { device }) }
    const norm = (): LayerNorm => new LayerNorm(dModel, { eps: layerNormEps, ...factory })
    this.encoder = new TransformerEncoder(
      new TransformerEncoderLayer(dModel, nhead, layer),
      numEncoderLayers,
      { norm: norm() },
    )
    this.decoder = new TransformerDecoder(
      new TransformerDecoderLayer(dModel, nhead, layer),
      numDecoderLayers,
      { norm: norm() },
    )
    this.dModel = dModel
    this.nhead = nhead
    this.batchFirst = batchFirst
    this.resetParameters()
  }

  /** Draws all matrices anew: Glorot's uniform. */
  resetParameters(): void {
    for (const parameter of this.parameters()) if (parameter.ndim > 1) xavierUniform_(parameter)
  }

  /**
   * @param src [S, N, E]
   * @param tgt [T, N, E]
   * @param masks by name
   * @returns [T, N, E]
   */
  override forward(
    src: Tensor,
    tgt: Tensor,
    { srcMask = null, srcKeyPaddingMask = null, ...masks }: TransformerMasks = {},
  ): Tensor {
    const memory = this.encoder.call(src, { mask: srcMask, srcKeyPaddingMask })
    return this.decoder.call(tgt, memory, masks)
  }

  /**
   * A mask for self-attention: −∞ above the diagonal, so that no position sees a later one.
   *
   * @example
   * Transformer.generateSquareSubsequentMask(2).tolist() // => [[0, -Infinity], [0, 0]]
   * @see torch.nn.Transformer.generate_square_subsequent_mask
   */
  static generateSquareSubsequentMask(size: number, factory: LayerFactory = {}): Tensor {
    return full([size, size], -Infinity, factory).triu({ diagonal: 1 })
  }
}
