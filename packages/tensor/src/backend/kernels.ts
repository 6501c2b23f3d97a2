// What a backend computes: kernels that shared code describes (expressions) and operands they work on.
import type { ComputeType, DTypeInfo } from '../dtype.ts'
import type { Expr } from '../expr/expr.ts'

/** A backend's own handle of a piece of memory. It is dropped when its last tensor is: collect it then. */
export type BufferHandle = object

/** A strided window on memory: what a kernel reads or writes. Every Tensor is one. */
export interface Operand {
  readonly storage: { readonly buffer: BufferHandle }
  readonly dtypeInfo: DTypeInfo
  readonly shape: readonly number[]
  /** In elements; 0 repeats, and reading ones may be negative nowhere. */
  readonly strides: readonly number[]
  /** Of the first element, in elements. */
  readonly offset: number
}

/** A run-time scalar of a kernel. */
export type KernelScalar = number | bigint

/** An elementwise kernel: n inputs, m outputs, some run-time scalars. Made once, compiled once by each backend. */
export interface MapKernel {
  readonly kind: 'map'
  /** Dense number: an array indexed by it is the cheapest cache. */
  readonly id: number
  /** For messages and profiles. */
  readonly name: string
  /** Storage dtype of each input; values are cast to `compute` on load. */
  readonly inputs: readonly DTypeInfo[]
  readonly paramCount: number
  readonly compute: ComputeType
  /** Value expressions are cast from `compute` on store; truth values are stored as 0 or 1. */
  readonly outputs: readonly { readonly expr: Expr; readonly dtype: DTypeInfo }[]
}

/** How a reduction combines two values; max and min give NaN if one is NaN. */
export type Combine = 'sum' | 'prod' | 'max' | 'min'

/** A reduction with a map before and after it: `finish(combine over the reduced dims of map(inputs))`. */
export interface ReduceKernel {
  readonly kind: 'reduce'
  /** Dense number, of the same sequence as those of the map kernels. */
  readonly id: number
  readonly name: string
  readonly inputs: readonly DTypeInfo[]
  readonly paramCount: number
  readonly compute: ComputeType
  readonly combine: Combine
  /** Over inputs and params. A truth value counts as 0 or 1. */
  readonly map: Expr
  /** Over input 0 = the combined value, and the same params; null: as it is. */
  readonly finish: Expr | null
  readonly output: DTypeInfo
}

/** Sizes of a convolution over the trailing spatial dims; one entry per spatial dim. */
export interface ConvolutionGeometry {
  readonly stride: readonly number[]
  /** Zeros added on both sides of each spatial dim. */
  readonly padding: readonly number[]
  readonly dilation: readonly number[]
  readonly groups: number
}

/** Sizes of a pooling window over the trailing spatial dims. */
export interface PoolGeometry {
  readonly kernelSize: readonly number[]
  readonly stride: readonly number[]
  readonly padding: readonly number[]
  readonly dilation: readonly number[]
}

/** What scatter does where the index points: overwrite, or combine with what is there. */
export type ScatterMode = 'set' | 'sum' | 'prod' | 'amax' | 'amin'

/**
 * The core kernels: every backend has them all. Shapes, dtypes and devices were checked and outputs allocated
 * by the caller; outputs do not overlap inputs unless they are the very same window (in-place).
 * Inputs of map and reduce broadcast against the output or `shape`: dims align right, size 1 repeats.
 */
export interface CoreKernels {
  /** `outputs[k] = exprs[k](inputs)` for every element. Covers fill (no inputs), copy and cast. */
  map(
    kernel: MapKernel,
    inputs: readonly Operand[],
    params: readonly KernelScalar[],
    outputs: readonly Operand[],
  ): void

  /** Reduces over the dims of `shape` where `output`, of the same rank, has size 1. Empty gives the identity. */
  reduce(
    kernel: ReduceKernel,
    shape: readonly number[],
    inputs: readonly Operand[],
    params: readonly KernelScalar[],
    output: Operand,
  ): void

  /** First position of the largest (smallest) element along `dim`, NaN counting as such; `values` if not null. */
  argReduce(mode: 'max' | 'min', input: Operand, dim: number, values: Operand | null, indices: Operand): void

  /** Running combination along `dim`; `indices` (max, min only): the last position of the extreme so far. */
  scan(mode: Combine, input: Operand, dim: number, output: Operand, indices: Operand | null): void

  /** `out[b] = a[b] · b[b] (+ bias)`: [B, M, K] · [B, K, N], same dtype, any strides; bias broadcasts to out. */
  matmul(a: Operand, b: Operand, bias: Operand | null, out: Operand): void

  /** Cross-correlation: input [N, Cin, ...], weight [Cout, Cin/groups, ...], bias [Cout], out [N, Cout, ...]. */
  convolution(
    input: Operand,
    weight: Operand,
    bias: Operand | null,
    out: Operand,
    geometry: ConvolutionGeometry,
  ): void
  /** Gradient of convolution by its input; also the transposed convolution. Overwrites `out`, [N, Cin, ...]. */
  convolutionInput(gradient: Operand, weight: Operand, out: Operand, geometry: ConvolutionGeometry): void
  /** Gradient of convolution by its weight. Overwrites `out`, [Cout, Cin/groups, ...]. */
  convolutionWeight(gradient: Operand, input: Operand, out: Operand, geometry: ConvolutionGeometry): void

  /** `out[i][j] = input[index[i][j]][j]` for dim 0 and so on. @throws IndexError before any write */
  gather(input: Operand, dim: number, index: Operand, out: Operand): void
  /** `target[index[i][j]][j] (mode)= source[i][j]`; source may be larger than index. @throws IndexError */
  scatter(target: Operand, dim: number, index: Operand, source: Operand, mode: ScatterMode): void
  /**
   * Advanced indexing: `indices[d]` is null (dim d is kept) or an int64 index; all indices have the shape `at`.
   * The indexed dims are replaced by those of `at`, at position `where`. Negative indices count from the end.
   * @throws IndexError before any write
   */
  indexGet(input: Operand, indices: readonly (Operand | null)[], where: number, out: Operand): void
  /** Writes (or adds, duplicates included) `source`, of the shape that indexGet would give. @throws IndexError */
  indexPut(
    target: Operand,
    indices: readonly (Operand | null)[],
    where: number,
    source: Operand,
    accumulate: boolean,
  ): void

  /** Stable sort along `dim`, NaN greatest; int64 positions in `indices`. */
  sort(input: Operand, dim: number, descending: boolean, values: Operand, indices: Operand): void
}

/**
 * Fused kernels that a backend may have; without one the op is computed by its decomposition.
 * Each answers false if it does not take these operands (dtype, layout): the decomposition runs then.
 * Operands are arguments, or entries of a list that is one, never fields of an object: a backend may map them all.
 */
export interface FusedKernels {
  /** Over the last dim. */
  softmax(input: Operand, log: boolean, out: Operand): boolean
  /** Gradient of softmax (log: of logSoftmax) over the last dim, given its result. */
  softmaxBackward(gradient: Operand, result: Operand, log: boolean, out: Operand): boolean
  /** [N, C, H, W]; indices int64 are h·W + w in the input plane. */
  maxPool2d(input: Operand, geometry: PoolGeometry, out: Operand, indices: Operand): boolean
  /** Gradient of maxPool2d. Overwrites `out`. */
  maxPool2dBackward(gradient: Operand, indices: Operand, out: Operand): boolean
  avgPool2d(input: Operand, geometry: PoolGeometry, options: AvgPoolOptions, out: Operand): boolean
  avgPool2dBackward(gradient: Operand, geometry: PoolGeometry, options: AvgPoolOptions, out: Operand): boolean
  /**
   * `scale · Σ_j x_j e^(sign·2πi·jk/n)` of every row of complex numbers as pairs of a float dtype: input and out are
   * [B, n, 2], roots [n, 2] are e^(2πi·k/n).
   */
  fourier(input: Operand, roots: Operand, sign: 1 | -1, scale: number, out: Operand): boolean
  /** The k largest (smallest) along the last dim. */
  topk(
    input: Operand,
    k: number,
    largest: boolean,
    sorted: boolean,
    values: Operand,
    indices: Operand,
  ): boolean
  /** The elements that a stable sort along the last dim puts at `places` (int64 from 0, size 1 there, as the results). */
  kthvalue(input: Operand, places: Operand, values: Operand, indices: Operand): boolean
  /**
   * `C ← C + sign · A B` on arrays of the host: A [m, k] and B [k, n] dense, the rows of C `step` apart from `at` on.
   * Linear algebra runs on the host and does its large products by it.
   */
  hostProduct(
    c: Float64Array,
    at: number,
    step: number,
    a: Float64Array,
    b: Float64Array,
    m: number,
    k: number,
    n: number,
    sign: 1 | -1,
  ): boolean
  /**
   * `(x − mean) / √(variance + eps) · weight + bias` of dense rows [R, n], and mean, 1 / √(variance + eps) and variance of
   * each row. Weight and bias are dense; `affine` says which element of them is meant.
   */
  normalizeRows(
    input: Operand,
    weight: Operand | null,
    bias: Operand | null,
    options: { readonly eps: number; readonly affine: AffineIndex },
    outputs: readonly [out: Operand, mean: Operand, invstd: Operand, variance: Operand],
  ): boolean
  /** Gradient of normalizeRows by its input. Overwrites `out`. */
  normalizeRowsBackward(
    gradient: Operand,
    input: Operand,
    mean: Operand,
    invstd: Operand,
    weight: Operand | null,
    affine: AffineIndex,
    out: Operand,
  ): boolean
  /**
   * nllLoss of log-probabilities [N, C] and int64 targets [N] (weights [C]): the sum or mean in `out`, the sum of the
   * weights in `total`, both 0-dim. Targets that are `ignoreIndex` do not count. @throws IndexError for other bad ones
   */
  nllLoss(
    input: Operand,
    target: Operand,
    weight: Operand | null,
    options: NllLossKernelOptions,
    out: Operand,
    total: Operand,
  ): boolean
  /** Gradient of nllLoss, of the 0-dim `gradient`. Overwrites `out`, [N, C]. */
  nllLossBackward(
    gradient: Operand,
    target: Operand,
    total: Operand,
    weight: Operand | null,
    options: NllLossKernelOptions,
    out: Operand,
  ): boolean
  /**
   * Chains of plane rotations of the rows of Z [rows, columns], dense. The program lists for each chain the first row, the
   * direction (1 or −1) and the count, then c and s of each rotation, by which x and y of a row and the next one in that
   * direction become `c x + s y` and `c y − s x`.
   */
  hostRotations(
    z: Float64Array,
    rows: number,
    columns: number,
    program: Float64Array,
    length: number,
  ): boolean
  /**
   * Random words: element i of `out` is word i mod 4 of the block `first` + ⌊i / 4⌋ of Philox 4x32-10 under the key
   * `seed`, the block's number being the low half of the counter. int32: the word; float32: its upper 24 bits · 2⁻²⁴. A
   * backend that has it draws all random numbers on the device, of the same uniform ones on every adapter; without it
   * they are made on the host, as PyTorch's CPU generator does.
   */
  random(seed: bigint, first: bigint, out: Operand): boolean
}

/** Element `(row mod rows) · step + ⌊column / span⌋` of weight and bias belongs to a place of the rows. */
export interface AffineIndex {
  readonly rows: number
  readonly step: number
  readonly span: number
}

/** How the fused nllLoss reduces. */
export interface NllLossKernelOptions {
  readonly ignoreIndex: number
  /** The mean by the weights instead of the sum. */
  readonly mean: boolean
}

/** What counts as the divisor of an average pool. */
export interface AvgPoolOptions {
  readonly countIncludePad: boolean
  readonly divisorOverride: number | null
}
