// The Tensor class: a window (shape, strides, offset, dtype) on a storage, and a slot for autograd.
import type { Backend, Device } from './backend/backend.ts'
import { realOf } from './dtype.ts'
import type { DType, DTypeInfo } from './dtype.ts'
import { supportsDtype } from './dispatch/complex.ts'
import { autograd, gradState } from './dispatch/hook.ts'
import type { AutogradMeta, BackwardOptions, GradFn, TensorHook } from './dispatch/hook.ts'
import { DTypeError, IndexError, ShapeError, check } from './errors.ts'
import { contiguousStrides, isContiguous, numelOf, wrapDim } from './shape/shape.ts'
import { Storage } from './storage.ts'
import type { VersionCounter } from './storage.ts'
import type { Methods } from './methods.ts'

/** Geometry and memory of a new tensor. */
export interface TensorParts {
  storage: Storage
  dtypeInfo: DTypeInfo
  shape: readonly number[]
  strides: readonly number[]
  offset: number
  /** The tensor of which this is a view, itself no view. */
  base: Tensor | null
  /** Counts the changes of the memory; not the storage for `.data`. */
  counter: VersionCounter
}

type Window = Pick<TensorParts, 'shape' | 'strides' | 'offset'>
let changeWindow: (self: Tensor, window: Window) => void
/** Gives a tensor another window on its memory: what the in-place geometry ops do, and nothing else may. */
export const setWindow = (self: Tensor, window: Window): void => changeWindow(self, window)

/** Every op is a method too; see {@link Methods}. */
export interface Tensor extends Methods {}

/**
 * An n-dimensional array of one dtype on one device, that may take part in automatic differentiation.
 *
 * @example
 * const x = tensor([[1, 2], [3, 4]])
 * x.t().at(0).tolist() // => [1, 3]
 * @see torch.Tensor
 */
export class Tensor {
  readonly storage: Storage
  readonly dtypeInfo: DTypeInfo
  /** Sizes of the dims. */
  readonly shape: readonly number[]
  /** In elements. */
  readonly strides: readonly number[]
  /** Of the first element in the storage, in elements. */
  readonly offset: number
  /** The tensor whose memory this one is a view of, or null. @see torch.Tensor._base */
  readonly base: Tensor | null
  /** Counts in-place changes; shared by views. */
  readonly counter: VersionCounter
  readonly elementCount: number
  /** Owned by @tt/autograd; null on tensors that have nothing to do with gradients. */
  autograd: AutogradMeta | null = null
  /** Of a view that was made under noGrad: the version it was made at, else −1; autograd forbids to mix such views with in-place changes. */
  noGradVersion = -1
  #contiguous: boolean | null

  static {
    changeWindow = (self, { shape, strides, offset }) => {
      const writable = self as { -readonly [K in 'shape' | 'strides' | 'offset' | 'elementCount']: Tensor[K] }
      writable.shape = shape
      writable.strides = strides
      writable.offset = offset
      writable.elementCount = numelOf(shape)
      self.#contiguous = null
    }
  }

  constructor(parts: TensorParts, contiguous: boolean | null = null) {
    this.storage = parts.storage
    this.dtypeInfo = parts.dtypeInfo
    this.shape = parts.shape
    this.strides = parts.strides
    this.offset = parts.offset
    this.base = parts.base
    this.counter = parts.counter
    this.elementCount = numelOf(parts.shape)
    this.#contiguous = contiguous
  }

  /** Name of the dtype. @see torch.Tensor.dtype */
  get dtype(): DType {
    return this.dtypeInfo.name
  }
  /** Name of the device that holds the elements. @see torch.Tensor.device */
  get device(): Device {
    return this.storage.backend.device
  }
  /** Number of dims. */
  get ndim(): number {
    return this.shape.length
  }
  /** Number of dims. @see torch.Tensor.dim */
  dim(): number {
    return this.shape.length
  }
  /** Number of elements. */
  numel(): number {
    return this.elementCount
  }
  /** Bytes of one element. */
  elementSize(): number {
    return this.dtypeInfo.itemSize
  }
  /** Bytes of all elements. */
  get nbytes(): number {
    return this.elementCount * this.dtypeInfo.itemSize
  }

  /** The shape, or the size of one dim. @throws IndexError if `dim` is out of range */
  size(): readonly number[]
  size(dim: number): number
  size(dim?: number): number | readonly number[] {
    return dim === undefined ? this.shape : this.#alongDim('size', this.shape, dim)
  }

  /** The strides in elements, or that of one dim. @throws IndexError if `dim` is out of range */
  stride(): readonly number[]
  stride(dim: number): number
  stride(dim?: number): number | readonly number[] {
    return dim === undefined ? this.strides : this.#alongDim('stride', this.strides, dim)
  }

  #alongDim(op: string, values: readonly number[], dim: number): number {
    check(
      values.length > 0,
      () => new IndexError(op, 'a dim of a 0-dim tensor was asked for, got one that has no dims'),
    )
    return values[wrapDim(op, dim, values.length)]
  }

  /** Offset of the first element in the storage, in elements. */
  storageOffset(): number {
    return this.offset
  }

  /** Whether the elements lie row-major without gaps. */
  isContiguous(): boolean {
    return (this.#contiguous ??= isContiguous(this.shape, this.strides))
  }

  /** Whether it is a module's parameter, and printed as one; subclasses say so. */
  get isParameter(): boolean {
    return false
  }

  /** Whether the dtype is a floating-point one. @see torch.is_floating_point */
  isFloatingPoint(): boolean {
    return this.dtypeInfo.category === 'float'
  }

  /** How often the memory was changed in place. @see torch.Tensor._version */
  get version(): number {
    return this.counter.version
  }

  /** Notes that `op` changed the memory in place. Custom kernels that write into tensors call it. */
  bumpVersion(op: string): void {
    this.counter.version++
    this.storage.lastMutation = op
    if (gradState.onChange !== null) gradState.onChange(this.storage)
  }

  /** Gives the memory back at once, for all views of it. Not needed: memory is automatic. */
  dispose(): void {
    this.storage.dispose()
  }
  /** dispose(), at the end of the scope of a `using` declaration. */
  [Symbol.dispose](): void {
    this.storage.dispose()
  }

  /** The transposed matrix; all dims reversed. @see torch.Tensor.T */
  get T(): Tensor {
    return this.permute(this.shape.map((_, i) => this.ndim - 1 - i))
  }
  /** The last two dims swapped. @see torch.Tensor.mT */
  get mT(): Tensor {
    return this.ndim === 0 ? this : this.transpose(-2, -1)
  }
  /** The conjugate transpose of a matrix. @see torch.Tensor.H */
  get H(): Tensor {
    check(
      this.ndim === 0 || this.ndim === 2,
      () => new ShapeError('H', `self must be a matrix, got ${this.ndim} dims. Use mH for a batch`),
    )
    return this.mH
  }
  /** The conjugate transpose: the last two dims swapped, complex numbers conjugated. @see torch.Tensor.mH */
  get mH(): Tensor {
    return this.mT.conj()
  }
  /**
   * The same memory outside the graph of gradients; unlike detach, changes of it are not seen by the checks of
   * backward. It cannot be assigned to: use copy_ under noGrad. @see torch.Tensor.data
   */
  get data(): Tensor {
    const { storage, dtypeInfo, shape, strides, offset } = this
    return new Tensor(
      { storage, dtypeInfo, shape, strides, offset, base: null, counter: { version: 0 } },
      this.isContiguous(),
    )
  }

  // ── autograd: declared here, done by @tt/autograd ──

  /** Whether gradients are computed for this tensor. Setting it makes a leaf. @see torch.Tensor.requires_grad */
  get requiresGrad(): boolean {
    return (
      (this.autograd ?? this.base?.autograd ?? null) !== null && autograd('requiresGrad').requiresGrad(this)
    )
  }
  set requiresGrad(value: boolean) {
    autograd('requiresGrad').setRequiresGrad(this, value)
  }
  /** Sets requiresGrad and returns self. @throws AutogradError on integers, or on results of recorded ops */
  requiresGrad_(value = true): this {
    autograd('requiresGrad_').setRequiresGrad(this, value)
    return this
  }
  /** The gradient that backward accumulated, or null. */
  get grad(): Tensor | null {
    return this.autograd === null ? null : autograd('grad').grad(this)
  }
  set grad(value: Tensor | null) {
    autograd('grad').setGrad(this, value)
  }
  /** The graph node that made this tensor, or null. */
  get gradFn(): GradFn | null {
    return (this.autograd ?? this.base?.autograd ?? null) === null ? null : autograd('gradFn').gradFn(this)
  }
  /** Whether the tensor was made by the user, not by a recorded op. */
  get isLeaf(): boolean {
    return (this.autograd ?? this.base?.autograd ?? null) === null || autograd('isLeaf').isLeaf(this)
  }
  /**
   * Adds the gradients of this tensor to the `grad` of the leaves it was computed from.
   *
   * @param gradient of self's shape; may be left out for one element (then 1)
   * @throws AutogradError without the engine, without a graph, on a second backward
   */
  backward(gradient: Tensor | null = null, options: BackwardOptions = {}): void {
    autograd('backward').backward(this, gradient, options)
  }
  /** Takes this tensor out of the graph, in place. */
  detach_(): this {
    autograd('detach_').detach_(this)
    return this
  }
  /** Keeps `grad` of this non-leaf. */
  retainGrad(): void {
    autograd('retainGrad').retainGrad(this)
  }
  /** Whether retainGrad() was called on this non-leaf. @see torch.Tensor.retains_grad */
  get retainsGrad(): boolean {
    return this.autograd !== null && autograd('retainsGrad').retainsGrad(this)
  }
  /** Calls `hook` with each gradient of this tensor; what it answers replaces it. @returns a function that removes it */
  registerHook(hook: TensorHook): () => void {
    return autograd('registerHook').registerHook(this, hook)
  }
  /**
   * Calls `hook` with this leaf each time backward has added to its `grad`. @returns a function that removes it
   *
   * @see torch.Tensor.register_post_accumulate_grad_hook
   */
  registerPostAccumulateGradHook(hook: (self: Tensor) => void): () => void {
    return autograd('registerPostAccumulateGradHook').registerPostAccumulateGradHook(this, hook)
  }
}

/**
 * A contiguous tensor with memory of its own, uninitialised.
 *
 * @example
 * newTensor(getBackend('cpu'), dtypes.float32, [2, 3]).shape // => [2, 3]
 */
export function newTensor(
  backend: Backend,
  dtypeInfo: DTypeInfo,
  shape: readonly number[],
  op = 'empty',
): Tensor {
  if (!supportsDtype(backend, dtypeInfo)) {
    throw new DTypeError(
      op,
      `device '${backend.device}' does not store ${dtypeInfo.name}. Cast to a dtype it has, such as float32`,
    )
  }
  const bytes = numelOf(shape) * dtypeInfo.itemSize
  const storage = new Storage(backend, bytes, backend.allocate(bytes, realOf(dtypeInfo)))
  return new Tensor(
    {
      storage,
      dtypeInfo,
      shape,
      strides: contiguousStrides(shape),
      offset: 0,
      base: null,
      counter: storage,
    },
    true,
  )
}

/**
 * A view of `self`: same storage, other geometry; in elements of `dtypeInfo`, by default those of self.
 *
 * @example
 * viewOf(tensor([1, 2, 3, 4]), [2], [2], 1).tolist() // => [2, 4]
 */
export function viewOf(
  self: Tensor,
  shape: readonly number[],
  strides: readonly number[],
  offset: number,
  dtypeInfo: DTypeInfo = self.dtypeInfo,
): Tensor {
  const view = new Tensor({
    storage: self.storage,
    dtypeInfo,
    shape,
    strides,
    offset,
    base: self.base ?? self,
    counter: self.counter,
  })
  if (!gradState.enabled) view.noGradVersion = self.counter.version
  return view
}
