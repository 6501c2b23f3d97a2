// Tensors kept for backward: those changed in place since, or freed, are refused.
import { AutogradError, formatShape } from '@tt/tensor'
import type { Tensor } from '@tt/tensor'
import { anomaly, callOf, changeOf } from './anomaly.ts'
import type { Node } from './node.ts'
import { PackedTensor, savedHooks } from './packed.ts'

/** Tensors by slot (null where a slot is unused) and the versions at which they were saved. */
export class SavedTensors {
  #tensors: readonly (Tensor | PackedTensor | null)[] | null
  readonly #versions: number[]
  readonly #resultSlot: number

  /** @param changed tensor that the op itself has just changed: tensors of its memory are expected as they were before */
  constructor(tensors: readonly (Tensor | null)[], changed: Tensor | null, resultSlot: number) {
    this.#tensors = tensors
    this.#resultSlot = resultSlot
    this.#versions = new Array<number>(tensors.length)
    for (let i = 0; i < tensors.length; i++) {
      const tensor = tensors[i]
      const before =
        changed !== null && i < resultSlot && tensor !== null && tensor.counter === changed.counter ? 1 : 0
      this.#versions[i] = tensor === null ? 0 : tensor.counter.version - before
    }
    if (savedHooks.current !== null) this.#tensors = this.#pack(tensors)
  }

  /** The tensor of a slot. @throws AutogradError after release(), or if it was changed in place */
  get(slot: number, node: Node): Tensor {
    if (this.#tensors === null) {
      throw new AutogradError(
        'backward',
        'Trying to backward through the graph a second time (or to use saved tensors after they ' +
          `have been freed), got the freed ${node.name}. Pass { retainGraph: true } to the first backward or grad`,
      )
    }
    const tensor = this.#tensors[slot]!
    if (tensor instanceof PackedTensor) {
      const output = slot - this.#resultSlot
      return tensor.unpack(output >= 0 && node.isDifferentiable(output) ? [node, output] : null)
    }
    const { version } = tensor.counter
    if (version !== this.#versions[slot]) {
      throw new AutogradError(
        'backward',
        'a tensor that is needed for the gradient must not be changed in place, got a tensor of shape ' +
          `${formatShape(tensor.shape)}, saved by ${node.name}, changed by ${tensor.storage.lastMutation}: it is at version ${version}, ` +
          `expected version ${this.#versions[slot]}. Clone it before the change, or use the out-of-place op` +
          (anomaly.enabled
            ? `.\n${callOf(node)}\n${changeOf(tensor.storage)}`
            : '. detectAnomaly() tells the lines of both'),
      )
    }
    return tensor
  }

  /** The tensors of all slots; null where a slot is unused. */
  all(node: Node): (Tensor | null)[] {
    return this.#versions.map((_, slot) => (this.#tensors?.[slot] === null ? null : this.get(slot, node)))
  }

  /** Lets the tensors go. */
  release(): void {
    this.#tensors = null
  }
  // A tensor that the op itself has overwritten is not packed: asking for it is an error, as without hooks.
  #pack(tensors: readonly (Tensor | null)[]): (Tensor | PackedTensor | null)[] {
    return tensors.map((tensor, i) =>
      tensor === null || tensor.counter.version !== this.#versions[i]
        ? tensor
        : new PackedTensor(tensor, savedHooks.current!, i >= this.#resultSlot),
    )
  }
}
