// Nodes of the graph of gradients: a node gets the gradients of an op's outputs and gives those of its inputs.
import type { DTypeInfo, GradFn, NodeHook, NodePrehook, Tensor } from '@tt/tensor'
import type { Pending } from '../engine/pending.ts'
import { NodeHooks, addHook } from './hooks.ts'

/** What the engine must know of a forward output, to fit gradients to it. A Tensor is one. */
export interface OutputMeta {
  readonly shape: readonly number[]
  readonly dtypeInfo: DTypeInfo
}

/** A gradient, or none: null counts as zeros that nobody had to make. */
export type Gradient = Tensor | null
/** What a node answers, one for each input; undefined and false (from `needs && gradient`) mean null. */
export type Gradients = readonly (Tensor | null | undefined | false)[]

/** Where the gradients of some tensors go: node and output number for each, null where none is needed. */
export interface Edges {
  readonly nodes: readonly (Node | null)[]
  readonly outputs: readonly number[]
}

let created = 0

/**
 * One op in the graph of gradients.
 *
 * @example
 * tensor([1], { requiresGrad: true }).mul(2).gradFn.name // => 'MulBackward0'
 */
export abstract class Node implements GradFn {
  abstract readonly name: string
  /** Order of creation: a node is always younger than those it gives gradients to. */
  readonly sequence: number
  readonly next: readonly (Node | null)[]
  readonly nextOutputs: readonly number[]
  /** The forward outputs, in order. */
  readonly outputs: readonly OutputMeta[]
  /** What is called with its gradients; null for nothing. */
  hooks: NodeHooks | null = null
  /** By output: the tensor whose `grad` is to be kept. */
  retained: (Tensor | undefined)[] | null = null
  /** State of the backward in progress; null outside. */
  pending: Pending | null = null

  constructor(edges: Edges, outputs: readonly OutputMeta[], sequence = created++) {
    this.sequence = sequence
    this.next = edges.nodes
    this.nextOutputs = edges.outputs
    this.outputs = outputs
  }

  /** The gradients of the inputs from those of the outputs (at least one is not null, but for custom functions). */
  abstract apply(gradients: readonly Gradient[]): Gradients

  /** Drops what was saved for backward. */
  release(): void {}

  /** Whether `apply` runs no user code: nobody has the memory that it takes, but for its answers. */
  get closed(): boolean {
    return false
  }

  /** Whether the gradient of input `i` is asked for. */
  needs(i: number): boolean {
    return i < this.next.length && this.next[i] !== null // optional inputs may have been left out
  }

  /** Whether output `i`, if it is floating-point, carries a gradient. */
  differentiates(_i: number): boolean {
    return true
  }

  /** Whether output `i` is floating-point and carries a gradient. */
  isDifferentiable(i: number): boolean {
    return this.outputs[i].dtypeInfo.differentiable && this.differentiates(i)
  }

  registerHook(hook: NodeHook): () => void {
    return addHook((this.hooks ??= new NodeHooks()).post, hook)
  }

  registerPrehook(hook: NodePrehook): () => void {
    return addHook((this.hooks ??= new NodeHooks()).pre, hook)
  }

  get nextFunctions(): readonly (readonly [Node | null, number])[] {
    return this.next.map((node, i) => [node, this.nextOutputs[i]] as const)
  }
}
