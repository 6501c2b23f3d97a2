// The graph node of an elementwise op.
import { applyPointwise, newTensor, fillElements } from '@tt/tensor'
import type { KernelScalar, PointwiseVariant, Tensor } from '@tt/tensor'
import { pointwiseDerivative, slotsToSave } from '../derivatives/pointwise.ts'
import type { InputGradient, PointwiseDerivative } from '../derivatives/pointwise.ts'
import { Node } from './node.ts'
import type { Edges, Gradient, Gradients } from './node.ts'
import { SavedTensors } from './saved.ts'

/** Gradients of an elementwise op, from the expressions derived of its own. */
export class PointwiseNode extends Node {
  readonly #derivative: PointwiseDerivative
  readonly #params: readonly KernelScalar[]
  readonly #saved: SavedTensors | null

  /** @param changed the tensor that the op wrote into, if it was in place */
  constructor(
    variant: PointwiseVariant,
    edges: Edges,
    tensors: readonly Tensor[],
    params: readonly KernelScalar[],
    output: Tensor,
    changed: Tensor | null,
  ) {
    super(edges, [{ shape: output.shape, dtypeInfo: output.dtypeInfo }]) // not the output itself: the graph must not hold it
    this.#derivative = pointwiseDerivative(variant)
    this.#params = params
    let needs = 0
    for (let i = 0; i < tensors.length; i++) if (edges.nodes[i] !== null) needs |= 1 << i
    const slots = slotsToSave(this.#derivative, needs)
    this.#saved =
      slots === 0 ? null : new SavedTensors(select(slots, tensors, output), changed, tensors.length)
  }

  get name(): string {
    return this.#derivative.name
  }

  override get closed(): boolean {
    return true
  }

  override apply([g]: readonly Gradient[]): Gradients {
    const { inputs } = this.#derivative
    const gradients = new Array<Gradient>(inputs.length)
    for (let i = 0; i < inputs.length; i++)
      gradients[i] = this.needs(i) ? this.#gradient(inputs[i], g!) : null
    return gradients
  }

  #gradient({ kind, record, slots, params, factor }: InputGradient, g: Tensor): Tensor {
    if (kind === 'pass' || (factor >= 0 && Number(this.#params[factor]) === 1)) return g
    if (kind === 'zero') return zerosAs(g)
    if (kind === 'missing') throw this.#derivative.error!
    const operands: (Tensor | KernelScalar)[] = [g]
    for (let i = 0; i < slots.length; i++) operands.push(this.#saved!.get(slots[i], this))
    for (let i = 0; i < params.length; i++) operands.push(this.#params[params[i]])
    return applyPointwise(record!, operands, undefined)
  }

  override release(): void {
    this.#saved?.release()
  }
}

function zerosAs(g: Tensor): Tensor {
  const result = newTensor(g.storage.backend, g.dtypeInfo, g.shape, 'backward')
  fillElements(result, 0)
  return result
}

function select(slots: number, tensors: readonly Tensor[], output: Tensor): (Tensor | null)[] {
  const saved = new Array<Tensor | null>(tensors.length + 1)
  for (let i = 0; i < tensors.length; i++) saved[i] = slots & (1 << i) ? tensors[i] : null
  saved[tensors.length] = slots & (1 << tensors.length) ? output : null
  return saved
}
