// Initialisation of tensors, number for number as PyTorch's for the same seed. All change the tensor in place, outside
// the graph, and return it.
import {
  ArgumentError,
  NotImplementedError,
  ShapeError,
  check,
  formatShape,
  numelOf,
  primitives,
  randperm,
  tensor as makeTensor,
  withGradMode,
} from '@tt/autograd'
import type { Tensor } from '@tt/autograd'

/** Names of activations that have a recommended gain; the spellings are PyTorch's. */
export type Nonlinearity =
  | 'linear'
  | 'conv1d'
  | 'conv2d'
  | 'conv3d'
  | 'conv_transpose1d'
  | 'conv_transpose2d'
  | 'conv_transpose3d'
  | 'sigmoid'
  | 'tanh'
  | 'relu'
  | 'leaky_relu'
  | 'selu'

/** Which number of connections keeps its variance: forward's or backward's. */
export type FanMode = 'fan_in' | 'fan_out'

const noGrad = (tensor: Tensor, change: () => void): Tensor => {
  withGradMode(false, change)
  return tensor
}

/**
 * The factor by which an activation's weights should be larger than those of a linear layer.
 *
 * @param options param: the negative slope of 'leaky_relu' (default 0.01)
 * @throws ArgumentError for an unknown nonlinearity
 * @example
 * calculateGain('tanh') // => 1.6666666666666667
 * @see torch.nn.init.calculate_gain
 */
export function calculateGain(
  nonlinearity: Nonlinearity,
  { param = null }: { param?: number | null } = {},
): number {
  if (nonlinearity === 'tanh') return 5 / 3
  if (nonlinearity === 'relu') return Math.SQRT2
  if (nonlinearity === 'leaky_relu') return Math.sqrt(2 / (1 + (param ?? 0.01) ** 2))
  if (nonlinearity === 'selu') return 3 / 4
  check(
    nonlinearity === 'linear' || nonlinearity === 'sigmoid' || /^conv(_transpose)?[123]d$/.test(nonlinearity),
    () =>
      new ArgumentError('calculateGain', `the nonlinearity must be one that is known, got '${nonlinearity}'`),
  )
  return 1
}

/**
 * Connections into and out of one unit of a weight [out, in, ...].
 *
 * @throws ShapeError for fewer than 2 dims
 * @example
 * calculateFans(ones([8, 3, 5, 5])) // => { fanIn: 75, fanOut: 200 }
 */
export function calculateFans(tensor: Tensor): { fanIn: number; fanOut: number } {
  check(
    tensor.ndim >= 2,
    () =>
      new ShapeError(
        'init',
        `fan in and fan out need a tensor of at least 2 dims, got ${formatShape(tensor.shape)}`,
      ),
  )
  const field = numelOf(tensor.shape.slice(2))
  return { fanIn: tensor.shape[1] * field, fanOut: tensor.shape[0] * field }
}

function fanOf(tensor: Tensor, mode: FanMode): number {
  check(
    mode === 'fan_in' || mode === 'fan_out',
    () => new ArgumentError('init', `mode must be 'fan_in' or 'fan_out', got '${String(mode)}'`),
  )
  const { fanIn, fanOut } = calculateFans(tensor)
  return mode === 'fan_in' ? fanIn : fanOut
}

/**
 * Uniform numbers in [a, b).
 *
 * @example
 * manualSeed(0)
 * uniform_(empty([2]), { a: -1, b: 1 }).tolist() // => [-0.00748682, 0.536444]
 * @see torch.nn.init.uniform_
 */
export const uniform_ = (tensor: Tensor, { a = 0, b = 1 }: { a?: number; b?: number } = {}): Tensor =>
  noGrad(tensor, () => tensor.uniform_(a, b))

/**
 * Normal numbers.
 *
 * @example
 * manualSeed(0)
 * normal_(empty([2]), { std: 0.5 }).tolist() // => [0.770498, -0.146714]
 * @see torch.nn.init.normal_
 */
export const normal_ = (
  tensor: Tensor,
  { mean = 0, std = 1 }: { mean?: number; std?: number } = {},
): Tensor => noGrad(tensor, () => tensor.normal_(mean, std))

// Φ, of the standard normal distribution.
const normalCdf = (x: number): number => (1 + primitives.erf.float(x / Math.SQRT2)) / 2

/**
 * Normal numbers, those outside [a, b] drawn again (by inverting the distribution function).
 *
 * @example
 * truncNormal_(empty([100]), { a: -1, b: 1 }).abs().max().item() <= 1 // => true
 * @see torch.nn.init.trunc_normal_
 */
export function truncNormal_(
  tensor: Tensor,
  { mean = 0, std = 1, a = -2, b = 2 }: { mean?: number; std?: number; a?: number; b?: number } = {},
): Tensor {
  const low = normalCdf((a - mean) / std)
  const high = normalCdf((b - mean) / std)
  return noGrad(tensor, () => {
    tensor.uniform_(2 * low - 1, 2 * high - 1)
    tensor
      .erfinv_()
      .mul_(std * Math.SQRT2)
      .add_(mean)
      .copy_(tensor.clamp(a, b))
  })
}

/**
 * One number everywhere.
 *
 * @example
 * constant_(empty([2]), 0.5).tolist() // => [0.5, 0.5]
 * @see torch.nn.init.constant_
 */
export const constant_ = (tensor: Tensor, val: number): Tensor => noGrad(tensor, () => tensor.fill_(val))
/** Ones. @example ones_(empty([2])).tolist() // => [1, 1] @see torch.nn.init.ones_ */
export const ones_ = (tensor: Tensor): Tensor => constant_(tensor, 1)
/** Zeros. @example zeros_(empty([2])).tolist() // => [0, 0] @see torch.nn.init.zeros_ */
export const zeros_ = (tensor: Tensor): Tensor => constant_(tensor, 0)

/**
 * The identity matrix.
 *
 * @throws ShapeError unless there are 2 dims
 * @example
 * eye_(empty([2, 3])).tolist() // => [[1, 0, 0], [0, 1, 0]]
 * @see torch.nn.init.eye_
 */
export function eye_(tensor: Tensor): Tensor {
  check(
    tensor.ndim === 2,
    () => new ShapeError('eye_', `the tensor must have 2 dims, got ${formatShape(tensor.shape)}`),
  )
  return noGrad(tensor, () => {
    tensor.zero_()
    tensor.diagonal().fill_(1)
  })
}

/**
 * The convolution that gives its input: ones at the centre of the kernels that join equal channels.
 *
 * @throws ShapeError unless there are 3 to 5 dims; ArgumentError unless groups divides dim 0
 * @example
 * dirac_(empty([1, 1, 3])).tolist() // => [[[0, 1, 0]]]
 * @see torch.nn.init.dirac_
 */
export function dirac_(tensor: Tensor, { groups = 1 }: { groups?: number } = {}): Tensor {
  const { shape, ndim } = tensor
  check(
    ndim >= 3 && ndim <= 5,
    () => new ShapeError('dirac_', `the tensor must have 3 to 5 dims, got ${formatShape(shape)}`),
  )
  check(
    shape[0] % groups === 0,
    () => new ArgumentError('dirac_', `dim 0 must be divisible by groups, got ${shape[0]} and ${groups}`),
  )
  const perGroup = shape[0] / groups
  return noGrad(tensor, () => {
    tensor.zero_()
    let centre = tensor // [out, in] at the centre of the kernel
    for (let dim = ndim - 1; dim >= 2; dim--) centre = centre.select(dim, Math.floor(shape[dim] / 2))
    for (let group = 0; group < groups; group++)
      centre
        .narrow(0, group * perGroup, perGroup)
        .diagonal()
        .fill_(1)
  })
}

/**
 * Uniform in ±gain·√(6 / (fanIn + fanOut)) (Glorot & Bengio 2010).
 *
 * @example
 * xavierUniform_(empty([3, 3])).abs().max().item() <= 1 // => true
 * @see torch.nn.init.xavier_uniform_
 */
export function xavierUniform_(tensor: Tensor, { gain = 1 }: { gain?: number } = {}): Tensor {
  const { fanIn, fanOut } = calculateFans(tensor)
  const bound = Math.sqrt(3) * gain * Math.sqrt(2 / (fanIn + fanOut))
  return uniform_(tensor, { a: -bound, b: bound })
}
/**
 * Normal with std gain·√(2 / (fanIn + fanOut)) (Glorot & Bengio 2010).
 *
 * @example
 * manualSeed(0)
 * xavierNormal_(empty([1, 2])).tolist() // => [[1.25822, -0.239584]]
 * @see torch.nn.init.xavier_normal_
 */
export function xavierNormal_(tensor: Tensor, { gain = 1 }: { gain?: number } = {}): Tensor {
  const { fanIn, fanOut } = calculateFans(tensor)
  return normal_(tensor, { std: gain * Math.sqrt(2 / (fanIn + fanOut)) })
}

/** Options of the Kaiming initialisations. */
export interface KaimingOptions {
  /** The negative slope of 'leaky_relu'; only used with it. */
  a?: number
  mode?: FanMode
  nonlinearity?: Nonlinearity
}
/**
 * Uniform in ±gain·√(3 / fan) (He et al. 2015).
 *
 * @example
 * kaimingUniform_(empty([3, 6]), { nonlinearity: 'relu' }).abs().max().item() <= 1 // => true
 * @see torch.nn.init.kaiming_uniform_
 */
export function kaimingUniform_(
  tensor: Tensor,
  { a = 0, mode = 'fan_in', nonlinearity = 'leaky_relu' }: KaimingOptions = {},
): Tensor {
  if (tensor.numel() === 0) return tensor
  const bound = Math.sqrt(3) * (calculateGain(nonlinearity, { param: a }) / Math.sqrt(fanOf(tensor, mode)))
  return uniform_(tensor, { a: -bound, b: bound })
}
/**
 * Normal with std gain / √fan (He et al. 2015).
 *
 * @example
 * manualSeed(0)
 * kaimingNormal_(empty([1, 2]), { nonlinearity: 'relu' }).tolist() // => [[1.541, -0.293429]]
 * @see torch.nn.init.kaiming_normal_
 */
export function kaimingNormal_(
  tensor: Tensor,
  { a = 0, mode = 'fan_in', nonlinearity = 'leaky_relu' }: KaimingOptions = {},
): Tensor {
  if (tensor.numel() === 0) return tensor
  return normal_(tensor, { std: calculateGain(nonlinearity, { param: a }) / Math.sqrt(fanOf(tensor, mode)) })
}

/**
 * A random matrix with orthonormal rows or columns, whichever are fewer; dims after the first count as columns
 * (Saxe et al. 2013).
 *
 * @throws ShapeError for fewer than 2 dims; NotImplementedError on devices that cannot be read synchronously
 * @example
 * const q = orthogonal_(empty([2, 3]))
 * q.matmul(q.t()).allclose(eye(2), { atol: 1e-6 }) // => true
 * @see torch.nn.init.orthogonal_
 */
export function orthogonal_(tensor: Tensor, { gain = 1 }: { gain?: number } = {}): Tensor {
  check(
    tensor.ndim >= 2,
    () =>
      new ShapeError('orthogonal_', `the tensor must have at least 2 dims, got ${formatShape(tensor.shape)}`),
  )
  check(
    tensor.storage.backend.canBlock,
    () =>
      new NotImplementedError(
        'orthogonal_',
        `device '${tensor.device}' cannot be read synchronously. Initialise on 'cpu' and move the module`,
      ),
  )
  if (tensor.numel() === 0) return tensor
  const rows = tensor.shape[0]
  const columns = tensor.numel() / rows
  return noGrad(tensor, () => {
    const flat = tensor.newEmpty([rows, columns]).normal_()
    const tall = rows < columns ? flat.t() : flat
    const vectors = orthonormalColumns(
      tall.t().double().contiguous().toTypedArray() as Float64Array,
      tall.shape[1],
      tall.shape[0],
    )
    const q = makeTensor(vectors, { device: tensor.device }).view([tall.shape[1], tall.shape[0]]) // one vector per row
    tensor.copy_((rows < columns ? q : q.t()).reshape(tensor.shape)).mul_(gain)
  })
}

// Gram-Schmidt, twice for orthogonality to the last bit: the Q of a QR decomposition whose R has a positive diagonal.
function orthonormalColumns(vectors: Float64Array, count: number, length: number): Float64Array {
  const dot = (i: number, j: number): number => {
    let sum = 0
    for (let k = 0; k < length; k++) sum += vectors[i * length + k] * vectors[j * length + k]
    return sum
  }
  for (let i = 0; i < count; i++) {
    for (let pass = 0; pass < 2; pass++) {
      for (let j = 0; j < i; j++) {
        const along = dot(i, j)
        for (let k = 0; k < length; k++) vectors[i * length + k] -= along * vectors[j * length + k]
      }
    }
    const norm = Math.sqrt(dot(i, i))
    for (let k = 0; k < length; k++) vectors[i * length + k] /= norm
  }
  return vectors
}

/**
 * Normal numbers with a fraction of each column set to 0 (Martens 2010).
 *
 * @param sparsity fraction in [0, 1]
 * @throws ShapeError unless there are 2 dims
 * @example
 * sparse_(empty([4, 2]), 0.5).countNonzero(0).tolist() // => [2, 2]
 * @see torch.nn.init.sparse_
 */
export function sparse_(tensor: Tensor, sparsity: number, { std = 0.01 }: { std?: number } = {}): Tensor {
  check(
    tensor.ndim === 2,
    () => new ShapeError('sparse_', `the tensor must have 2 dims, got ${formatShape(tensor.shape)}`),
  )
  const [rows, columns] = tensor.shape
  const zeroCount = Math.ceil(sparsity * rows)
  return noGrad(tensor, () => {
    tensor.normal_(0, std)
    for (let column = 0; column < columns; column++) {
      const order = randperm(rows).toTypedArray()
      for (let i = 0; i < zeroCount; i++) tensor.select(1, column).select(0, Number(order[i])).fill_(0)
    }
  })
}
