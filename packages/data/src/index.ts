// @tt/data: datasets, samplers, the DataLoader, and the idx format of MNIST.
export { defaultCollate } from './collate.ts'
export type { Collated } from './collate.ts'
export { DataLoader } from './data-loader.ts'
export type { DataLoaderOptions } from './data-loader.ts'
export { Dataset, IterableDataset } from './dataset.ts'
export type { DataSource, MapDataset } from './dataset.ts'
export { ChainDataset, ConcatDataset } from './datasets/concat.ts'
export { Mnist } from './datasets/mnist.ts'
export type { IdxSource, MnistOptions } from './datasets/mnist.ts'
export { randomSplit, Subset } from './datasets/subset.ts'
export { TensorDataset } from './datasets/tensor-dataset.ts'
export { gunzip, isGzip } from './formats/gzip.ts'
export { parseIdx, readIdx } from './formats/idx.ts'
export type { IdxFile } from './formats/idx.ts'
export {
  BatchSampler,
  RandomSampler,
  SequentialSampler,
  SubsetRandomSampler,
  WeightedRandomSampler,
} from './samplers.ts'
export type { RandomSamplerOptions, Sampler, Sized } from './samplers.ts'
