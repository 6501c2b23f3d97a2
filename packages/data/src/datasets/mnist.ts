// MNIST and the datasets of its form (Fashion-MNIST, KMNIST, EMNIST): two idx files.
import { check, FormatError } from '@tt/tensor'
import type { Tensor } from '@tt/tensor'
import { checkIndex, Dataset } from '../dataset.ts'
import { readIdx } from '../formats/idx.ts'
import { rowIndices } from './tensor-dataset.ts'

/** Options of {@link Mnist}. */
export interface MnistOptions {
  /** Subtracts `mean` and divides by `std` after the pixels were brought to 0..1; `Mnist.statistics` are the usual ones. */
  normalize?: { mean: number; std: number }
}

/** What an idx file is read from: bytes, a URL or, in Node, a path; also packed by gzip. */
export type IdxSource = string | URL | Uint8Array<ArrayBuffer>

/**
 * Images as float32 [1, height, width] in 0..1 and their labels as int64 []. The pixels stay bytes in memory and
 * become floats when they are asked for.
 *
 * @example
 * const images = Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 0, 255) // one image of 1 × 2 pixels
 * const labels = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 7)
 * const [image, label] = (await Mnist.fromFiles(images, labels)).get(0)
 * image.tolist() // => [[[0, 1]]]
 * label.item()   // => 7
 * @see torchvision.datasets.MNIST
 */
export class Mnist extends Dataset<[image: Tensor, label: Tensor]> {
  /** Mean and standard deviation of MNIST's training images. */
  static readonly statistics = { mean: 0.1307, std: 0.3081 } as const

  /** uint8 [N, height, width]. */
  readonly data: Tensor
  /** int64 [N]. */
  readonly targets: Tensor
  readonly #normalize: MnistOptions['normalize']

  /** @throws FormatError unless data is uint8 [N, height, width] and targets are N integers */
  constructor(data: Tensor, targets: Tensor, { normalize }: MnistOptions = {}) {
    super()
    check(
      data.dtype === 'uint8' && data.ndim === 3,
      () =>
        new FormatError(
          'Mnist',
          `the images must be uint8 [N, height, width], got ${describe(data)}. Are the files swapped?`,
        ),
    )
    check(
      targets.ndim === 1 && !targets.isFloatingPoint() && targets.shape[0] === data.shape[0],
      () =>
        new FormatError(
          'Mnist',
          `the labels must be integers [${data.shape[0]}], one per image, got ${describe(targets)}`,
        ),
    )
    this.data = data
    this.targets = targets.long()
    this.#normalize = normalize
  }

  /** Reads the two idx files. @throws FormatError if they are not what the format says, or do not fit each other */
  static async fromFiles(images: IdxSource, labels: IdxSource, options: MnistOptions = {}): Promise<Mnist> {
    const [data, targets] = await Promise.all([readIdx(images), readIdx(labels)])
    return new Mnist(data, targets, options)
  }

  get length(): number {
    return this.data.shape[0]
  }

  get(index: number): [image: Tensor, label: Tensor] {
    const row = checkIndex('Mnist', index, this.length)
    return [this.#toFloat(this.data.select(0, row).unsqueeze(0)), this.targets.select(0, row)]
  }

  override getBatch(indices: readonly number[]): [images: Tensor, labels: Tensor] {
    const rows = rowIndices('Mnist', indices, this.length)
    return [this.#toFloat(this.data.indexSelect(0, rows).unsqueeze(1)), this.targets.indexSelect(0, rows)]
  }

  #toFloat(bytes: Tensor): Tensor {
    const pixels = bytes.to('float32').div_(255)
    return this.#normalize ? pixels.sub_(this.#normalize.mean).div_(this.#normalize.std) : pixels
  }
}

const describe = ({ dtype, shape }: Tensor): string => `${dtype} [${shape.join(', ')}]`
