// GPT-2 (Radford et al. 2019): token and position embeddings, blocks of causal attention and a two-layer network, each
// after a layer norm and added to what came in; the output layer shares the weights of the token embedding.
import type { Tensor } from '@tt/autograd'
import { arange } from '@tt/autograd'
import { Embedding, LayerNorm, Linear, Module, ModuleList, functional as F, init } from '@tt/nn'

/** Sizes of a model; GPT-2 small has 12 layers, 12 heads, width 768, context 1024 and vocabulary 50257. */
export interface GptSizes {
  readonly layers: number
  readonly heads: number
  readonly width: number
  readonly context: number
  readonly vocabulary: number
}

class Block extends Module {
  readonly norm1: LayerNorm
  readonly qkv: Linear
  readonly project: Linear
  readonly norm2: LayerNorm
  readonly up: Linear
  readonly down: Linear
  readonly heads: number

  constructor({ heads, width }: GptSizes) {
    super()
    this.heads = heads
    this.norm1 = new LayerNorm(width)
    this.qkv = new Linear(width, 3 * width)
    this.project = new Linear(width, width)
    this.norm2 = new LayerNorm(width)
    this.up = new Linear(width, 4 * width)
    this.down = new Linear(4 * width, width)
  }

  override forward(x: Tensor): Tensor {
    const h = x.add(this.#attend(this.norm1.call(x)))
    return h.add(this.down.call(F.gelu(this.up.call(this.norm2.call(h)), { approximate: 'tanh' })))
  }

  #attend(x: Tensor): Tensor {
    const [b, t, c] = x.shape
    const split = this.qkv
      .call(x)
      .view([b, t, 3, this.heads, c / this.heads])
      .permute([2, 0, 3, 1, 4])
    const [q, k, v] = split.unbind(0) // [B, H, T, C / H] each
    const y = F.scaledDotProductAttention(q, k, v, null, { isCausal: true })
    return this.project.call(y.transpose(1, 2).reshape([b, t, c]))
  }
}

/** The model: token numbers [B, T] to logits [B, T, vocabulary]. */
export class Gpt extends Module {
  readonly tokens: Embedding
  readonly positions: Embedding
  readonly blocks: ModuleList<Block>
  readonly norm: LayerNorm

  constructor(sizes: GptSizes) {
    super()
    this.tokens = new Embedding(sizes.vocabulary, sizes.width)
    this.positions = new Embedding(sizes.context, sizes.width)
    for (const { weight } of [this.tokens, this.positions]) init.normal_(weight, { std: 0.02 })
    this.blocks = new ModuleList(Array.from({ length: sizes.layers }, () => new Block(sizes)))
    this.norm = new LayerNorm(sizes.width)
  }

  override forward(tokens: Tensor): Tensor {
    const places = arange(tokens.shape[1], null, 1, { device: tokens.device })
    let x = this.tokens.call(tokens).add(this.positions.call(places)) // [B, T, width]
    for (const block of this.blocks) x = block.call(x)
    return F.linear(this.norm.call(x), this.tokens.weight)
  }
}
