// The seam between tensors and autograd: a slot on each tensor, a hook that @tt/autograd installs.
import { AutogradError } from '../errors.ts'
import type { Storage } from '../storage.ts'
import type { Tensor } from '../tensor.ts'
import type { OpRecord } from './record.ts'

/** A node of the graph of gradients, as users see it. */
export interface GradFn {
  /** PyTorch's name: 'MulBackward0'. */
  readonly name: string
  /** The nodes that get this node's gradients, and which of their outputs each belongs to. */
  readonly nextFunctions: readonly (readonly [GradFn | null, number])[]
  /** Calls `hook` after the node ran; what it answers replaces the gradients of the inputs. @returns a function that removes it */
  registerHook(hook: NodeHook): () => void
  /** Calls `hook` before the node runs; what it answers replaces the gradients of the outputs. @returns a function that removes it */
  registerPrehook(hook: NodePrehook): () => void
}

/** Gradients, null where none came. */
type Gradients = readonly (Tensor | null)[]
/** A hook after a node of the graph: sees the gradients of its inputs and outputs, may answer others for the inputs. */
export type NodeHook = (gradInputs: Gradients, gradOutputs: Gradients) => Gradients | void
/** A hook before a node of the graph: sees the gradients of its outputs, may answer others. */
export type NodePrehook = (gradOutputs: Gradients) => Gradients | void

/** What autograd keeps on a tensor. Absent on tensors that have nothing to do with gradients. */
export interface AutogradMeta {
  requiresGrad: boolean
  grad: Tensor | null
  gradFn: GradFn | null
}

/** Options of `backward`. */
export interface BackwardOptions {
  /** Keep the graph for another backward; default: the value of createGraph. */
  retainGraph?: boolean
  /** Record the backward itself, for gradients of gradients. */
  createGraph?: boolean
  /** Accumulate into these tensors only. */
  inputs?: readonly Tensor[]
}

/** A gradient hook: sees the gradient, may answer another one. */
export type TensorHook = (gradient: Tensor) => Tensor | void

/** What @tt/autograd installs. Dispatch calls it only when a tensor of the call requires grad (or for `set`s). */
export interface AutogradHook {
  /** Notes that `outputs` came from `tensors` by `op`; `attrs` are what the op's record was called with. */
  record(op: OpRecord, tensors: readonly Tensor[], attrs: unknown, outputs: readonly Tensor[]): void
  /**
   * Before an in-place op: throws if `self` is a leaf that requires grad, or a view that may not be changed. Given the
   * op and its tensors (the first is `self`), keeps a copy of what is overwritten if a gradient needs it.
   */
  beforeInPlace(opName: string, self: Tensor, op?: OpRecord | null, tensors?: readonly Tensor[]): void
  /** After an in-place op, the version already bumped: `self` (one of `tensors`) is the output as well. */
  recordInPlace(op: OpRecord, tensors: readonly Tensor[], attrs: unknown, self: Tensor): void
  /** Whether the op has a derivative formula of its own (a composite without one is differentiated through). */
  hasFormula(op: OpRecord): boolean

  requiresGrad(self: Tensor): boolean
  setRequiresGrad(self: Tensor, value: boolean): void
  isLeaf(self: Tensor): boolean
  grad(self: Tensor): Tensor | null
  setGrad(self: Tensor, value: Tensor | null): void
  gradFn(self: Tensor): GradFn | null
  backward(self: Tensor, gradient: Tensor | null, options: BackwardOptions): void
  detach_(self: Tensor): void
  retainGrad(self: Tensor): void
  retainsGrad(self: Tensor): boolean
  registerHook(self: Tensor, hook: TensorHook): () => void
  registerPostAccumulateGradHook(self: Tensor, hook: (self: Tensor) => void): () => void
}

/** Mutable state of dispatch: one object, so that reading it is one load. `onChange` is told of in-place changes, for anomaly mode. */
export const gradState: {
  hook: AutogradHook | null
  enabled: boolean
  onChange: ((storage: Storage) => void) | null
} = { hook: null, enabled: true, onChange: null }

/**
 * Where the files of this package are, for traces that leave them out; '' where modules have no address.
 *
 * @example
 * sourceRoot().includes('tensor') // => true
 */
export const sourceRoot = (): string => (import.meta.url ?? '').replace(/dispatch\/[^/]*$/, '')

/** Installs the autograd engine. @tt/autograd calls it when it is imported. */
export function installAutograd(hook: AutogradHook): void {
  gradState.hook = hook
}

/** The installed engine. @throws AutogradError that says what to import */
export function autograd(op: string): AutogradHook {
  if (gradState.hook === null) {
    throw new AutogradError(op, "no autograd engine is loaded. Add: import '@tt/autograd'")
  }
  return gradState.hook
}

/**
 * Whether ops on tensors that require grad are recorded.
 *
 * @example
 * isGradEnabled() // => true
 * @see torch.is_grad_enabled
 */
export const isGradEnabled = (): boolean => gradState.enabled

/**
 * Runs `fn` with recording on or off, and restores what was before.
 *
 * @example
 * withGradMode(false, () => isGradEnabled()) // => false
 */
export function withGradMode<T>(enabled: boolean, fn: () => T): T {
  const before = gradState.enabled
  gradState.enabled = enabled
  try {
    return fn()
  } finally {
    gradState.enabled = before
  }
}

/**
 * Whether the call is to be recorded: grad mode is on and a tensor requires grad.
 *
 * @example
 * needsGrad([tensor([1], { requiresGrad: true })]) // => true
 */
export function needsGrad(tensors: readonly Tensor[]): boolean {
  if (!gradState.enabled || gradState.hook === null) return false
  for (let i = 0; i < tensors.length; i++) {
    const { autograd: meta, base } = tensors[i]
    if (
      meta !== null
        ? meta.requiresGrad
        : base !== null && base.autograd !== null && base.autograd.requiresGrad
    )
      return true
  }
  return false
}
