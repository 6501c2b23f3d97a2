// torch.nn.functional: the functions that layers are made of. Most are ops of tensors; this is their PyTorch address.
// Convolutions.
export { conv1d, conv2d, conv3d, convTranspose1d, convTranspose2d, convTranspose3d } from '@tt/autograd'

// Pooling.
export {
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveAvgPool3d,
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  adaptiveMaxPool3d,
  avgPool1d,
  avgPool2d,
  avgPool3d,
  fractionalMaxPool2d,
  fractionalMaxPool2dWithIndices,
  fractionalMaxPool3d,
  fractionalMaxPool3dWithIndices,
  lpPool1d,
  lpPool2d,
  maxPool1d,
  maxPool2d,
  maxPool3d,
  maxUnpool1d,
  maxUnpool2d,
  maxUnpool3d,
} from '@tt/autograd'

// Activations.
export {
  gelu,
  gumbelSoftmax,
  glu,
  hardshrink,
  logSoftmax,
  logsigmoid,
  prelu,
  rrelu,
  sigmoid,
  softmax,
  softmin,
  softplus,
  softshrink,
  softsign,
  tanh,
  tanhshrink,
} from '@tt/autograd'

// Those with the option `inplace`.
export {
  celu,
  elu,
  hardsigmoid,
  hardswish,
  hardtanh,
  leakyRelu,
  mish,
  relu,
  relu6,
  selu,
  silu,
  threshold,
} from './inplace-option.ts'
export type { InplaceOption } from './inplace-option.ts'

// Normalisation.
export { batchNorm, groupNorm, instanceNorm, layerNorm, localResponseNorm, normalize } from '@tt/autograd'

// Linear layers, embeddings, dropout.
export {
  alphaDropout,
  bilinear,
  dropout,
  dropout1d,
  dropout2d,
  dropout3d,
  embedding,
  embeddingBag,
  featureAlphaDropout,
  linear,
  oneHot,
} from '@tt/autograd'

// Losses and distances.
export {
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  cosineEmbeddingLoss,
  cosineSimilarity,
  crossEntropy,
  ctcLoss,
  gaussianNllLoss,
  hingeEmbeddingLoss,
  huberLoss,
  klDiv,
  l1Loss,
  marginRankingLoss,
  mseLoss,
  multiMarginLoss,
  multilabelMarginLoss,
  multilabelSoftMarginLoss,
  nllLoss,
  pairwiseDistance,
  pdist,
  poissonNllLoss,
  smoothL1Loss,
  softMarginLoss,
  tripletMarginLoss,
  tripletMarginWithDistanceLoss,
} from '@tt/autograd'

// Attention.
export { _scaledDotProductAttention, scaledDotProductAttention } from '@tt/autograd'

// Images.
export {
  affineGrid,
  channelShuffle,
  fold,
  gridSample,
  interpolate,
  pad,
  pixelShuffle,
  pixelUnshuffle,
  upsample,
  upsampleBilinear,
  upsampleNearest,
} from '@tt/autograd'
// The sliding blocks of images; Tensor.unfold is another function.
export { im2col as unfold } from '@tt/autograd'
