// The records that ops are: pointwise (an expression), structured (infer + kernel), composite (a decomposition).
import type { Backend } from '../backend/backend.ts'
import type { DTypeInfo } from '../dtype.ts'
import type { Tensor } from '../tensor.ts'
import type { OverlapRule } from './overlap.ts'
import type { PointwiseVariant } from './pointwise-record.ts'

/** Shape and dtype of an output to allocate. */
export interface OutputSpec {
  readonly shape: readonly number[]
  readonly dtype: DTypeInfo
}

/** A window on the memory of the input. */
export interface ViewSpec {
  readonly shape: readonly number[]
  readonly strides: readonly number[]
  readonly offset: number
  /** Its elements are of this dtype; default: that of the input. */
  readonly dtype?: DTypeInfo
}

interface NamedRecord {
  /** The op's name; the derivative table, the fused kernels and the errors are keyed by it. */
  readonly name: string
  /** Name of the graph node if it is not `<Name>Backward0`. */
  readonly gradName?: string
}

/** An op with kernels of its own. `attrs` are its non-tensor arguments, already checked and normalised. */
export interface StructuredRecord<Attrs = never> extends NamedRecord {
  readonly kind: 'structured'
  /** Checks the arguments and says what to allocate. */
  infer(tensors: readonly Tensor[], attrs: Attrs): readonly OutputSpec[]
  /**
   * What `run` does with complex tensors. 'parts': it runs on the real parts and again on the imaginary ones (it moves or
   * adds elements); its outputs are not contiguous then. 'product': it is linear in each of its first two tensors and runs
   * on pairs of parts. 'whole': it takes them as they are. Absent: the op refuses them.
   */
  readonly complex?: 'parts' | 'product' | 'whole'
  /** Fills the outputs. */
  run(backend: Backend, tensors: readonly Tensor[], attrs: Attrs, outputs: readonly Tensor[]): void
  /** What its in-place form allows of shared memory. */
  readonly overlap?: OverlapRule
}

/** An op whose result shares the input's memory. */
export interface ViewRecord<Attrs = never> extends NamedRecord {
  readonly kind: 'view'
  view(self: Tensor, attrs: Attrs): ViewSpec
}

/** An op that gives several views of the input: split, unbind. Their gradients come together in one node. */
export interface MultiViewRecord<Attrs = never> extends NamedRecord {
  readonly kind: 'multiView'
  views(self: Tensor, attrs: Attrs): readonly ViewSpec[]
}

/** An op made of other ops; `fused` may compute it at once where the backend can. */
export interface CompositeRecord<Attrs = never> extends NamedRecord {
  readonly kind: 'composite'
  /** The definition: always correct, differentiable. */
  decompose(tensors: readonly Tensor[], attrs: Attrs): readonly Tensor[]
  /** The same by the backend's fused kernel; null if it has none for these operands. */
  fuse?(backend: Backend, tensors: readonly Tensor[], attrs: Attrs): readonly Tensor[] | null
}

/** Whatever the autograd hook is told of. A pointwise op is seen as the variant that ran. */
export type OpRecord = PointwiseVariant | StructuredRecord | ViewRecord | MultiViewRecord | CompositeRecord
