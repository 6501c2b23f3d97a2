// torch.nn.functional: the functions that layers are made of. They are ops of tensors; this is their PyTorch address.

// Convolutions.
export {
  conv1d, conv2d, conv3d, convTranspose1d, convTranspose2d, convTranspose3d,
} from '@tt/autograd'

// Pooling.
export {
  avgPool1d, avgPool2d, avgPool3d, lpPool1d, lpPool2d, maxPool1d, maxPool2d, maxPool3d,
} from '@tt/autograd'

// Activations.
export {
  celu, elu, gelu, hardshrink, hardsigmoid, hardswish, hardtanh, leakyRelu, logSoftmax, logsigmoid, mish,
  prelu, relu, relu6, selu, sigmoid, silu, softmax, softmin, softplus, softshrink, softsign, tanh,
  tanhshrink, threshold,
} from '@tt/autograd'

// Linear layers, embeddings, dropout.
export {
  alphaDropout, bilinear, dropout, dropout1d, dropout2d, dropout3d, embedding, featureAlphaDropout, linear,
  oneHot,
} from '@tt/autograd'

// Losses and distances.
export {
  crossEntropy, nllLoss,
} from '@tt/autograd'

// Images.
export {
  channelShuffle, pad, pixelShuffle, pixelUnshuffle,
} from '@tt/autograd'
