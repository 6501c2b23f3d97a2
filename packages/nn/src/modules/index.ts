// All layers, losses and containers.
export * from './activation.ts'
export * from './container.ts'
export * from './conv.ts'
export * from './dropout.ts'
export * from './embedding.ts'
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
export * from './shape.ts'
export type { Sizes } from './sizes.ts'
export * from './unpooling.ts'
