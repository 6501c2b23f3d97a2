// The sink of the graph: adds gradients to the `grad` of a leaf.
import { gradState } from '@tt/tensor'
import type { Storage, Tensor } from '@tt/tensor'
import { Node } from './node.ts'
import type { Edges, Gradient, Gradients } from './node.ts'
import type { VariableMeta } from './meta.ts'

const noEdges: Edges = { nodes: [], outputs: [] }

/** Memory that is some `grad` already, or that user code may hold: a gradient in it is copied, not taken over. */
const claimed = new WeakSet<Storage>()
/** Notes that somebody else may hold the memory of this gradient. */
export const claim = (tensor: Tensor): void => {
  claimed.add(tensor.storage)
}

/** Adds the gradients of a leaf to its `grad`. It runs before any other node that is ready. */
export class AccumulateGrad extends Node {
  readonly name = 'AccumulateGrad'
  readonly variable: Tensor
  readonly #meta: VariableMeta

  constructor(variable: Tensor, meta: VariableMeta) {
    super(noEdges, [variable], Infinity)
    this.variable = variable
    this.#meta = meta
  }

  override apply([gradient]: readonly Gradient[]): Gradients {
    if (gradient !== null) addToGrad(this.#meta, gradient)
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
  const own = gradient.isContiguous() && !claimed.has(gradient.storage)
  const grad = own
    ? gradient.base === null && gradient.autograd === null
      ? gradient
      : gradient.detach()
    : gradient.detach().clone()
  claimed.add(grad.storage)
  return grad
}
