// What is measured: the work of each case, so that times become rates. Engines implement the cases they can.

/** A case: its work in `unit`s decides how its rate is shown. */
export interface Case {
  readonly name: CaseName
  readonly describe: string
  /** Floating-point operations, or elements, of one run; null: only the time counts. */
  readonly work: number | null
  readonly rate: 'GFLOP/s' | 'ns/element' | 'ops/s'
  /** Runs per measurement, for cases far shorter than the clock's resolution. A GPU is waited for once, at the end. */
  readonly inner: number
}

const million = 1_000_000
/** Sizes of a training step of two layers, the same in every engine. */
export interface Mlp {
  readonly batch: number
  readonly sizes: readonly [number, number, number]
  readonly lr: number
}
export const mlp: Mlp = { batch: 128, sizes: [784, 256, 10], lr: 0.01 }
export const smallMlp: Mlp = { batch: 64, sizes: [64, 128, 10], lr: 0.01 }
export const lenet = { batch: 64, lr: 0.01 } as const
/** Float32 numbers that are uploaded and read back. */
export const transfer = { small: 2 ** 20, large: 2 ** 24 } as const
/** Order of the matrices of linear algebra. */
export const order = 256
/** Convolution of the middle of a small network: [32, 64, 28, 28] by [64, 64, 3, 3], padding 1. */
export const conv = { batch: 32, channels: 64, size: 28, kernel: 3, padding: 1 } as const
const convFlops = 2 * conv.batch * conv.channels ** 2 * conv.kernel ** 2 * conv.size ** 2

const table = {
  'add 1': ['add of two 1-element tensors', 1, 'ops/s', 2000],
  'add 1 grad': ['the same, recorded for gradients', 1, 'ops/s', 2000],
  'add 1e6': ['add of two tensors of 1,000,000 float32, the result freed at once', million, 'ns/element', 4],
  'add 1e6 dropped': ['the same, the result just dropped: memory is automatic', million, 'ns/element', 4],
  'exp 1e6': ['exp of 1,000,000 float32', million, 'ns/element', 4],
  'tanh 1e6': ['tanh of 1,000,000 float32', million, 'ns/element', 4],
  'sum 1e6': ['sum of 1,000,000 float32', million, 'ns/element', 4],
  'softmax 1000x1000': ['softmax over rows of 1000', million, 'ns/element', 4],
  'sort 1e6': ['sort of 1,000,000 float32', million, 'ns/element', 1],
  'sort 1000x1000': ['sort of rows of 1000', million, 'ns/element', 1],
  'topk 10 of 1e6': ['the 10 largest of 1,000,000 float32, in order', million, 'ns/element', 1],
  upload: [
    'a tensor of 2^20 float32 (4 MB) from host memory, and one element back',
    transfer.small,
    'ns/element',
    4,
  ],
  'upload large': ['the same of 2^24 (64 MB)', transfer.large, 'ns/element', 1],
  'read back': ['2^20 float32 (4 MB), doubled, to host memory', transfer.small, 'ns/element', 1],
  'read back large': ['the same of 2^24 (64 MB)', transfer.large, 'ns/element', 1],
  'matmul 64': ['64 x 64 times 64 x 64, float32', 2 * 64 ** 3, 'GFLOP/s', 50],
  'matmul 512': ['512 x 512 times 512 x 512, float32', 2 * 512 ** 3, 'GFLOP/s', 1],
  'matmul 1024': ['1024 x 1024 times 1024 x 1024, float32', 2 * 1024 ** 3, 'GFLOP/s', 1],
  conv2d: ['convolution [32, 64, 28, 28] by [64, 64, 3, 3], padding 1', convFlops, 'GFLOP/s', 1],
  'conv2d backward': ['its gradients by input and weight', 2 * convFlops, 'GFLOP/s', 1],
  'cholesky 256': ['Cholesky factor of a 256 x 256 matrix, float32', null, 'ops/s', 1],
  'solve 256': ['256 x 256 system with 256 right-hand sides, float32', null, 'ops/s', 1],
  'qr 256': ['Q and R of a 256 x 256 matrix, float32', null, 'ops/s', 1],
  'eigh 256': ['eigenvalues and eigenvectors of a symmetric 256 x 256 matrix, float32', null, 'ops/s', 1],
  'svd 256': ['singular values and vectors of a 256 x 256 matrix, float32', null, 'ops/s', 1],
  'small mlp step': ['64-128-10, batch 64, SGD: forward, backward, update', null, 'ops/s', 10],
  'small mlp step read': ['the same, with its loss read after each step', null, 'ops/s', 1],
  'small mlp adam': ['64-128-10, batch 64, Adam', null, 'ops/s', 10],
  'mlp step': ['784-256-10, batch 128, SGD: forward, backward, update', null, 'ops/s', 4],
  'lenet step': ['LeNet-5 on [64, 1, 28, 28], SGD: forward, backward, update', null, 'ops/s', 4],
} as const satisfies Record<string, readonly [string, number | null, Case['rate'], number]>

/** Name of a case. */
export type CaseName = keyof typeof table
/** All cases, in the order in which they are shown. */
export const cases: readonly Case[] = Object.entries(table).map(([name, [describe, work, rate, inner]]) => ({
  name: name as CaseName,
  describe,
  work,
  rate,
  inner,
}))

/** One run of a case, on data that was made before. A promise is waited for. */
export type Run = () => void | Promise<void>
/** A framework in the comparison. `cases` makes the data of a case when it is measured. */
export interface Engine {
  readonly name: string
  readonly version: string
  readonly cases: Partial<Record<CaseName, () => Run | Promise<Run>>>
  /** Waits for what the runs started, where they only record it. */
  readonly finish?: () => Promise<void>
}

/** Numbers that every engine can make alike: uniform in −1..1, from a linear congruential generator. */
export function numbers(count: number, seed = 1): Float32Array<ArrayBuffer> {
  const out = new Float32Array(count)
  let state = seed >>> 0
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    out[i] = state / 2 ** 31 - 1
  }
  return out
}
/** Class labels 0 to 9 for a batch. */
export const labels = (count: number): Int32Array<ArrayBuffer> =>
  Int32Array.from({ length: count }, (_, i) => (i * 7) % 10)
