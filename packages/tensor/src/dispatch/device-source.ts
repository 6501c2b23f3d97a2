// Random numbers that a device draws by itself: words of Philox, from the counted stream of a generator.
import type { Backend } from '../backend/backend.ts'
import type { FusedKernels } from '../backend/kernels.ts'
import { dtypes } from '../dtype.ts'
import type { DTypeInfo } from '../dtype.ts'
import { DeviceError, check } from '../errors.ts'
import type { Generator } from '../random/generator.ts'
import { newTensor } from '../tensor.ts'
import type { Tensor } from '../tensor.ts'

/**
 * Uniform numbers and words of a device, the next ones at each call.
 *
 * @example
 * const coins = (source: DeviceSource, shape: readonly number[]): Tensor => source.uniform(shape).lt(0.5)
 */
export class DeviceSource {
  readonly #backend: Backend
  readonly #random: FusedKernels['random']
  readonly #generator: Generator

  constructor(backend: Backend, random: FusedKernels['random'], generator: Generator) {
    this.#backend = backend
    this.#random = random
    this.#generator = generator
  }

  /** float32 numbers uniform in [0, 1), with 24 random bits. */
  uniform(shape: readonly number[]): Tensor {
    return this.#draw(dtypes.float32, shape)
  }

  /** int32 words of 32 random bits. */
  words(shape: readonly number[]): Tensor {
    return this.#draw(dtypes.int32, shape)
  }

  #draw(dtype: DTypeInfo, shape: readonly number[]): Tensor {
    const out = newTensor(this.#backend, dtype, shape, 'random')
    const { seed, first } = this.#generator.takeBlocks(Math.ceil(out.elementCount / 4))
    check(
      this.#random(seed, first, out),
      () =>
        new DeviceError(
          'random',
          `device '${this.#backend.device}' must fill a contiguous tensor, and refused`,
        ),
    )
    return out
  }
}
