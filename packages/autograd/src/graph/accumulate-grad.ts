// The sink of the graph: adds gradients to the `grad` of a leaf.
import { gradState } from '@tt/tensor'
import type { Tensor } from '@tt/tensor'
import { claim, isClaimed } from './claimed.ts'
import { Node } from './node.ts'
import type { Edges, Gradient, Gradients } from './node.ts'
import type { VariableMeta } from './meta.ts'

const noEdges: Edges = { nodes: [], outputs: [] }

/** Adds the gradients of a leaf to its `grad`. It runs before any other node that is ready. */
export class AccumulateGrad extends Node {
  readonly name = 'AccumulateGrad'
  readonly variable: Tensor
  /** Called with the leaf after each addition. */
  afterwards: Set<(leaf: Tensor) => void> | null = null
  readonly #meta: VariableMeta

  constructor(variable: Tensor, meta: VariableMeta) {
    super(noEdges, [variable], Infinity)
    this.variable = variable
    this.#meta = meta
  }

  override apply([gradient]: readonly Gradient[]): Gradients {
    if (gradient === null) return []
    addToGrad(this.#meta, gradient)
    for (const hook of this.afterwards ?? []) hook(this.variable)
    return []
  }
}

/** Adds a gradient to the slot's `grad`: in place, unless the addition is itself recorded. */
export function addToGrad(meta: VariableMeta, gradient: Tensor): void {
  const { grad } = meta
  if (grad === null) meta.grad = gradState.enabled ? gradient.clone() : adopt(gradient)
  else if (gradState.enabled || grad.storage === gradient.storage) meta.grad = grad.add(gradient)
  else grad.add_(gradient)
}

// Takes the memory over if it is row-major and nobody else's.
function adopt(gradient: Tensor): Tensor {
  const own = gradient.isContiguous() && !isClaimed(gradient)
  const grad = own
    ? gradient.base === null && gradient.autograd === null
      ? gradient
      : gradient.detach()
    : gradient.detach().clone()
  claim(grad)
  return grad
}
