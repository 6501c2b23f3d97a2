// Randomized leaky ReLU.
import { ArgumentError, check } from '../errors.ts'
import { canRead } from '../host/reads.ts'
import { defaultGenerator } from '../random/index.ts'
import { newTensor } from '../tensor.ts'
import type { Tensor } from '../tensor.ts'
import { leakyRelu } from './activation.ts'
import { encodeElements } from '../host/encode.ts'
import { withGradMode } from '../dispatch/hook.ts'
import { where } from './choice.ts'
import { emptyLike } from './like.ts'
import { uniform_ } from './random-fill.ts'
import type { RandomOptions } from './random-fill.ts'

/** Options of rrelu. */
export interface RreluOptions extends RandomOptions {
  /** Smallest slope; default 1/8. */
  lower?: number
  /** Largest slope; default 1/3. */
  upper?: number
  /** Draw the slopes; without it their mean is taken. Default false. */
  training?: boolean
  /** Change the input; default false. */
  inplace?: boolean
}

/**
 * x where positive, elsewhere x times a slope that is drawn from [lower, upper) when training (Xu et al. 2015).
 *
 * @throws ArgumentError if lower is above upper
 * @example
 * rrelu(tensor([-48, 1])).tolist() // => [-11, 1]
 * @see torch.nn.functional.rrelu
 */
export function rrelu(
  input: Tensor,
  { lower = 1 / 8, upper = 1 / 3, training = false, inplace = false, generator }: RreluOptions = {},
): Tensor {
  check(
    lower <= upper,
    () => new ArgumentError('rrelu', `lower must be at most upper, got ${lower} and ${upper}`),
  )
  check(
    input.dtypeInfo.category === 'float',
    () => new ArgumentError('rrelu', `the input must be floating-point, got ${input.dtype}`),
  )
  if (!training) {
    const negativeSlope = (lower + upper) / 2
    return inplace ? input.leakyRelu_({ negativeSlope }) : leakyRelu(input, { negativeSlope })
  }
  const slopes = withGradMode(false, () => drawn(input.detach(), lower, upper, generator))
  return inplace ? input.mul_(slopes) : input.mul(slopes)
}

/** PyTorch draws for the elements that are not positive only, so the input must be read. */
function drawn(x: Tensor, lower: number, upper: number, generator = defaultGenerator): Tensor {
  if (!canRead(x)) return where(x.le(0), uniform_(emptyLike(x), lower, upper), 1)
  const scaled = x.le(0).toTypedArray() // not NaN
  const slopes = new Float64Array(scaled.length).fill(1)
  for (let i = 0; i < slopes.length; i++)
    if (scaled[i] !== 0) slopes[i] = generator.uniform53() * (upper - lower) + lower
  const result = newTensor(x.storage.backend, x.dtypeInfo, x.shape)
  if (slopes.length > 0)
    result.storage.backend.write(
      result.storage.buffer,
      0,
      encodeElements('rrelu', slopes, slopes.length, x.dtypeInfo).bytes,
    )
  return result
}
