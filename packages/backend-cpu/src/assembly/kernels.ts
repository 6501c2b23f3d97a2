// What the AssemblyScript kernels take. Pointers are byte addresses, strides and sizes count elements.
import type { AssemblyDType, AssemblyFloat, PerDType, PerSize, Pointer, ScalarOf } from './dtypes.ts'

/** gemm for every dtype. */
export type GemmByDType = { readonly [D in AssemblyDType]: Gemm<ScalarOf<D>> }

/**
 * `C[m, :] = alpha · A[m, :] · B + beta · C[m, :] + biasCol + biasRow[m]` for the rows m in [mStart, mEnd).
 * A is [M, k], B [k, n], C [M, n], each with a row and a column stride of any size; C is not read where beta is 0.
 * Split between threads by rows (mStart, mEnd), or by columns (move b, c and biasCol; each packs its own part of B).
 * @param biasCol n numbers added to every row, or 0
 * @param biasRow M numbers, biasRow[m] added to all of row m, or 0
 * @param scratch `gemmScratch(mEnd - mStart, n, k, itemSize)` bytes; not read by the integer forms
 */
export type Gemm<S> = (
  n: number,
  k: number,
  alpha: S,
  a: Pointer,
  aRowStride: number,
  aColStride: number,
  b: Pointer,
  bRowStride: number,
  bColStride: number,
  beta: S,
  c: Pointer,
  cRowStride: number,
  cColStride: number,
  biasCol: Pointer,
  biasRow: Pointer,
  mStart: number,
  mEnd: number,
  scratch: Pointer,
) => void

/**
 * Chains of plane rotations of the rows of Z, f64, `rowBytes` apart. The program lists for each chain the first row, the
 * direction (1 or −1) and the count, then c and s of each rotation.
 * @param scratch 64 · rows bytes
 */
export type RotateRows = (
  z: Pointer,
  rows: number,
  columns: number,
  rowBytes: number,
  program: Pointer,
  length: number,
  scratch: Pointer,
) => void

/**
 * `output[b] = input[b] ⋆ weight + bias` (cross-correlation) for the images b in [bStart, bEnd).
 * @param bias outChannels numbers, or 0
 * @param scratch `convForwardScratch(geometry, itemSize)` bytes
 */
export type ConvForward = (
  geometry: Pointer,
  input: Pointer,
  weight: Pointer,
  bias: Pointer,
  output: Pointer,
  bStart: number,
  bEnd: number,
  scratch: Pointer,
) => void

/**
 * Gradient by the input of the images in [bStart, bEnd); written, not added.
 * @param scratch `convGradInputScratch(geometry, itemSize)` bytes
 */
export type ConvGradInput = (
  geometry: Pointer,
  gradOutput: Pointer,
  weight: Pointer,
  gradInput: Pointer,
  bStart: number,
  bEnd: number,
  scratch: Pointer,
) => void

/**
 * Gradient by the weight, summed over the images in [bStart, bEnd).
 * @param accumulate 1 adds to gradWeight, 0 writes it (threads: one gradWeight each, then their sum)
 * @param scratch `convGradWeightScratch(geometry, itemSize)` bytes
 */
export type ConvGradWeight = (
  geometry: Pointer,
  input: Pointer,
  gradOutput: Pointer,
  gradWeight: Pointer,
  accumulate: number,
  bStart: number,
  bEnd: number,
  scratch: Pointer,
) => void

/**
 * Max pooling of the planes (images × channels) in [planeStart, planeEnd), as PyTorch: NaN wins, padding loses.
 * @param geometry only inH … dilationW are read
 * @param indices int64, the flat position in its plane of each maximum; 0 to leave it out
 */
export type MaxPoolForward = (
  geometry: Pointer,
  input: Pointer,
  output: Pointer,
  indices: Pointer,
  planeStart: number,
  planeEnd: number,
) => void

/** Adds each gradient where its index points; the planes of gradInput are zeroed first. */
export type MaxPoolBackward = (
  geometry: Pointer,
  gradOutput: Pointer,
  indices: Pointer,
  gradInput: Pointer,
  planeStart: number,
  planeEnd: number,
) => void

/** Average pooling (no dilation). countIncludePad is 0 or 1; divisorOverride 0 means none. */
export type AvgPoolForward = (
  geometry: Pointer,
  input: Pointer,
  output: Pointer,
  countIncludePad: number,
  divisorOverride: number,
  planeStart: number,
  planeEnd: number,
) => void

/** Spreads each gradient over its window; the planes of gradInput are zeroed first. */
export type AvgPoolBackward = (
  geometry: Pointer,
  gradOutput: Pointer,
  gradInput: Pointer,
  countIncludePad: number,
  divisorOverride: number,
  planeStart: number,
  planeEnd: number,
) => void

/**
 * `out[p] = self[p with p[dim] replaced by index[p]]` for p in the index's shape.
 * @param shape ndim int32, the index's shape; the strides are ndim int32 each, in elements
 * @param dimSize self's size along dim
 * @param scratch 4 · ndim bytes
 * @returns the address of the first index outside [0, dimSize), found before anything is written, or 0 (`>>> 0` it:
 * WebAssembly returns addresses from 2 GB on as negative numbers)
 */
export type Gather = (
  ndim: number,
  shape: Pointer,
  dim: number,
  dimSize: number,
  self: Pointer,
  selfStrides: Pointer,
  index: Pointer,
  indexStrides: Pointer,
  out: Pointer,
  outStrides: Pointer,
  scratch: Pointer,
) => Pointer

/** `self[p with p[dim] replaced by index[p]] = src[p]`; src strides of 0 make src a scalar. Else as Gather. */
export type Scatter = (
  ndim: number,
  shape: Pointer,
  dim: number,
  dimSize: number,
  self: Pointer,
  selfStrides: Pointer,
  index: Pointer,
  indexStrides: Pointer,
  src: Pointer,
  srcStrides: Pointer,
  scratch: Pointer,
) => Pointer

/** The `op` of ScatterReduce. */
export const reduceOps = { sum: 1, prod: 2, amax: 3, amin: 4 } as const

/** Scatter that combines with what is there by one of `reduceOps`; NaN goes through amax and amin. */
export type ScatterReduce = (
  op: number,
  ndim: number,
  shape: Pointer,
  dim: number,
  dimSize: number,
  self: Pointer,
  selfStrides: Pointer,
  index: Pointer,
  indexStrides: Pointer,
  src: Pointer,
  srcStrides: Pointer,
  scratch: Pointer,
) => Pointer

/**
 * `out[o, i, :] = src[o, index[i], :]` for contiguous src [outer, dimSize, inner] and out [outer, n, inner].
 * @returns the address of the first index outside [0, dimSize), found before anything is written, or 0 (`>>> 0` it:
 * WebAssembly returns addresses from 2 GB on as negative numbers)
 */
export type IndexSelect = (
  outer: number,
  dimSize: number,
  innerBytes: number,
  n: number,
  src: Pointer,
  index: Pointer,
  indexStride: number,
  out: Pointer,
) => Pointer

/** `self[o, index[i], :] = src[o, i, :]`, else as IndexSelect. */
export type IndexCopy = (
  outer: number,
  dimSize: number,
  innerBytes: number,
  n: number,
  self: Pointer,
  index: Pointer,
  indexStride: number,
  src: Pointer,
) => Pointer

/** `self[o, index[i], :] += alpha · src[o, i, :]`; inner counts elements. Else as IndexSelect. */
export type IndexAdd<S> = (
  outer: number,
  dimSize: number,
  inner: number,
  n: number,
  self: Pointer,
  index: Pointer,
  indexStride: number,
  src: Pointer,
  alpha: S,
) => Pointer

/**
 * Advanced indexing over the result's shape: self (for indexGet read, for indexPut written, for indexPutAdd added to) at
 * `Σ p[d]·selfStrides[d] + Σ wrap(index_j[p])·steps[j]`, other (out or src) at `Σ p[d]·otherStrides[d]`.
 * @param selfStrides ndim int32, 0 along the dimensions that come from the indices
 * @param indices k addresses (uint32) of int64 tensors; indexStrides k × ndim int32, 0 where broadcast
 * @param sizes k int32, self's sizes along the indexed dimensions (negative indices wrap); steps k int32, its strides
 * @param scratch 8 + 4 · ndim bytes
 * @returns the address of the first index out of range, found before anything is written, with its j stored as int32 at
 * scratch; or 0
 */
export type IndexAdvanced = (
  ndim: number,
  shape: Pointer,
  self: Pointer,
  selfStrides: Pointer,
  k: number,
  indices: Pointer,
  indexStrides: Pointer,
  sizes: Pointer,
  steps: Pointer,
  other: Pointer,
  otherStrides: Pointer,
  scratch: Pointer,
) => Pointer

/**
 * The first k of each row of [rows, n] in stable order, NaN as the greatest; k = n sorts.
 * @param descending 1 or 0 (for topk: largest)
 * @param values [rows, k], or 0 for the indices alone; indices [rows, k] int64
 * @param scratch `sortScratch(n, itemSize)` bytes
 */
export type TopK = (
  rows: number,
  n: number,
  k: number,
  descending: number,
  input: Pointer,
  values: Pointer,
  indices: Pointer,
  scratch: Pointer,
) => void

/**
 * The element of each row of [rows, n] that a stable sort puts at `places` [rows] (int64), and its position (int64).
 * @param scratch `sortScratch(n, itemSize)` bytes
 */
export type KthValue = (
  rows: number,
  n: number,
  places: Pointer,
  input: Pointer,
  values: Pointer,
  indices: Pointer,
  scratch: Pointer,
) => void

/** softmax or logSoftmax of each row of [rows, n]; output may be input. */
export type SoftmaxForward = (rows: number, n: number, input: Pointer, output: Pointer) => void

/** Gradient by the input, from the result and the gradient by it; gradInput may be grad. */
export type SoftmaxBackward = (
  rows: number,
  n: number,
  result: Pointer,
  grad: Pointer,
  gradInput: Pointer,
) => void

/**
 * `scale · Σ_j x_j e^(sign·2πi·jk/n)` of each row of n interleaved complex numbers; output may not be input.
 * @param factors count int32, whose product is n: the radices of the passes
 * @param roots e^(2πi·k/n) for k < n, interleaved
 * @param sign 1 or -1
 * @param scratch the bytes of one row
 */
export type Fourier = (
  rows: number,
  n: number,
  factors: Pointer,
  count: number,
  roots: Pointer,
  sign: number,
  scale: number,
  input: Pointer,
  output: Pointer,
  scratch: Pointer,
) => void

/** Running sum or product along the middle of [outer, n, inner]; dst may be src. float32 accumulates in float64. */
export type Cumulate = (outer: number, n: number, inner: number, src: Pointer, dst: Pointer) => void

/** Running extremum along the middle of [outer, n, inner], with int64 indices; the latest of equals, NaN wins. */
export type CumulateExtremum = (
  outer: number,
  n: number,
  inner: number,
  src: Pointer,
  values: Pointer,
  indices: Pointer,
) => void

/**
 * `n` uniform numbers in [from, to) as PyTorch's CPU generator draws them: 24 bits of one word for float32, 53 bits of
 * two words for float64. The state is 624 words and the index of the next one (2500 bytes).
 */
export type MtUniform = (state: Pointer, out: Pointer, n: number, from: number, to: number) => void

type Floats<F> = PerDType<F, AssemblyFloat>
type Scans<F> = PerDType<F, 'float32' | 'float64' | 'int32' | 'int64'>

/** Every AssemblyScript kernel, over one memory. Arguments are not checked: the caller has done that. */
export interface AssemblyKernels {
  /** Which build was chosen. */
  readonly build: 'simd' | 'relaxed-simd'
  /** All exports of the modules in turn: the same position is the same function on every thread. */
  readonly exports: readonly unknown[]

  readonly gemm: GemmByDType
  readonly rotateRows: { readonly float64: RotateRows }
  /** Bytes of scratch that `gemm` needs for a product of m × k and k × n. */
  readonly gemmScratch: (m: number, n: number, k: number, itemSize: number) => number

  readonly convForward: Floats<ConvForward>
  readonly convForwardScratch: (geometry: Pointer, itemSize: number) => number
  readonly convGradInput: Floats<ConvGradInput>
  readonly convGradInputScratch: (geometry: Pointer, itemSize: number) => number
  readonly convGradWeight: Floats<ConvGradWeight>
  readonly convGradWeightScratch: (geometry: Pointer, itemSize: number) => number

  readonly maxPoolForward: Floats<MaxPoolForward>
  readonly maxPoolBackward: Floats<MaxPoolBackward>
  readonly avgPoolForward: Floats<AvgPoolForward>
  readonly avgPoolBackward: Floats<AvgPoolBackward>

  readonly gather: PerSize<Gather>
  readonly scatter: PerSize<Scatter>
  readonly scatterReduce: PerDType<ScatterReduce>
  readonly indexSelect: IndexSelect
  readonly indexCopy: IndexCopy
  readonly indexAdd: { readonly [D in AssemblyDType]: IndexAdd<ScalarOf<D>> }
  readonly indexGet: PerSize<IndexAdvanced>
  readonly indexPut: PerSize<IndexAdvanced>
  readonly indexPutAdd: PerDType<IndexAdvanced>

  /** Sort is topk with k = n. */
  readonly topk: PerDType<TopK>
  readonly kthvalue: PerDType<KthValue>
  readonly sortScratch: (n: number, itemSize: number) => number

  readonly softmaxForward: Floats<SoftmaxForward>
  readonly logSoftmaxForward: Floats<SoftmaxForward>
  readonly softmaxBackward: Floats<SoftmaxBackward>
  readonly logSoftmaxBackward: Floats<SoftmaxBackward>

  readonly fourier: Floats<Fourier>

  readonly cumsum: Scans<Cumulate>
  readonly cumprod: Scans<Cumulate>
  readonly cummax: Scans<CumulateExtremum>
  readonly cummin: Scans<CumulateExtremum>

  /** Fills the 2500-byte generator state from a 32-bit seed. */
  readonly mtSeed: (state: Pointer, seed: number) => void
  /** The next n 32-bit words. */
  readonly mtWords: (state: Pointer, out: Pointer, n: number) => void
  readonly mtUniform: Floats<MtUniform>
}
