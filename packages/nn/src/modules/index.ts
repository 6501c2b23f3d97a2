// All layers, losses and containers.
export * from './activation.ts'
export { MultiheadAttention } from './attention.ts'
export type { AttentionArguments, AttentionCallOptions, MultiheadAttentionOptions } from './attention.ts'
export * from './container.ts'
export * from './conv.ts'
export * from './ctc-loss.ts'
export * from './dropout.ts'
export * from './embedding.ts'
export * from './fold.ts'
export * from './fractional-pooling.ts'
export { Bilinear, Identity, Linear } from './linear.ts'
export type { LayerFactory, LinearOptions } from './linear.ts'
export {
  BCELoss,
  BCEWithLogitsLoss,
  CrossEntropyLoss,
  HuberLoss,
  KLDivLoss,
  L1Loss,
  MSELoss,
  NLLLoss,
  SmoothL1Loss,
} from './loss.ts'
export type { BCEWithLogitsOptions, CrossEntropyOptions, LossOptions, NLLOptions, Reduction } from './loss.ts'
export * from './margin-loss.ts'
export * from './norm.ts'
export * from './padding.ts'
export * from './pixel.ts'
export * from './pooling.ts'
export { GRUCell, LSTMCell, RNNCell } from './rnn-cells.ts'
export { GRU, LSTM, RNN } from './rnn.ts'
export type { LSTMOptions, RNNOptions, RecurrentOptions } from './rnn.ts'
export * from './shape.ts'
export * from './softmax.ts'
export type { Sizes } from './sizes.ts'
export { TransformerDecoderLayer, TransformerEncoderLayer } from './transformer-layers.ts'
export type {
  Copyable,
  DecoderArguments,
  DecoderMasks,
  EncoderArguments,
  EncoderMasks,
  TransformerActivation,
  TransformerLayerOptions,
} from './transformer-layers.ts'
export * from './transformer.ts'
export * from './unpooling.ts'
export * from './upsampling.ts'
