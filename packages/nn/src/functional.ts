// torch.nn.functional: the functions that layers are made of. Most are ops of tensors; this is their PyTorch address.
import { ShapeError, check, formatShape, wrapDim } from '@tt/autograd'
import type { Tensor } from '@tt/autograd'

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
  celu,
  elu,
  gelu,
  hardshrink,
  hardsigmoid,
  hardswish,
  hardtanh,
  leakyRelu,
  logSoftmax,
  logsigmoid,
  mish,
  prelu,
  relu,
  relu6,
  selu,
  sigmoid,
  silu,
  softmax,
  softmin,
  softplus,
  softshrink,
  softsign,
  tanh,
  tanhshrink,
  threshold,
} from '@tt/autograd'

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
  poissonNllLoss,
  smoothL1Loss,
  softMarginLoss,
  tripletMarginLoss,
  tripletMarginWithDistanceLoss,
} from '@tt/autograd'

// Images.
export { channelShuffle, pad, pixelShuffle, pixelUnshuffle } from '@tt/autograd'

/**
 * The first half of the input along `dim`, times σ of the second half (Dauphin et al. 2017).
 *
 * @throws ShapeError if the size of the dim is odd
 * @example
 * glu(tensor([3, 4, 0, 0])).tolist() // => [1.5, 2]
 * @see torch.nn.functional.glu
 */
export function glu(input: Tensor, dim = -1): Tensor {
  const at = input.ndim === 0 ? 0 : wrapDim('glu', dim, input.ndim)
  check(
    input.ndim > 0 && input.shape[at] % 2 === 0,
    () => new ShapeError('glu', `the size along dim ${dim} must be even, got ${formatShape(input.shape)}`),
  )
  const half = input.shape[at] / 2
  return input.narrow(at, 0, half).mul(input.narrow(at, half, half).sigmoid())
}
