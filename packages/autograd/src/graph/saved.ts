// Tensors kept for backward: those changed in place since, or freed, are refused.
import { AutogradError, formatShape } from '@tt/tensor'
import type { Tensor } from '@tt/tensor'

/** Tensors by slot (null where a slot is unused) and the versions at which they were saved. */
export class SavedTensors {
  #tensors: readonly (Tensor | null)[] | null
  readonly #versions: number[]

  /** @param changed tensor that the op itself has just changed: tensors of its memory are expected as they were before */
  constructor(tensors: readonly (Tensor | null)[], changed: Tensor | null, resultSlot: number) {
    this.#tensors = tensors
    this.#versions = new Array<number>(tensors.length)
    for (let i = 0; i < tensors.length; i++) {
      const tensor = tensors[i]
      const before =
        changed !== null && i < resultSlot && tensor !== null && tensor.counter === changed.counter ? 1 : 0
      this.#versions[i] = tensor === null ? 0 : tensor.counter.version - before
    }
  }

  /** The tensor of a slot. @throws AutogradError after release(), or if it was changed in place */
  get(slot: number, nodeName: string): Tensor {
    if (this.#tensors === null) {
      throw new AutogradError(
        'backward',
        'Trying to backward through the graph a second time (or to use saved tensors after they ' +
          `have been freed), got the freed ${nodeName}. Pass { retainGraph: true } to the first backward or grad`,
      )
    }
    const tensor = this.#tensors[slot]!
    const { version } = tensor.counter
    if (version !== this.#versions[slot]) {
      throw new AutogradError(
        'backward',
        'a tensor that is needed for the gradient must not be changed in place, got a tensor of shape ' +
          `${formatShape(tensor.shape)}, saved by ${nodeName}, changed by ${tensor.storage.lastMutation}: it is at version ${version}, ` +
          `expected version ${this.#versions[slot]}. Clone it before the change, or use the out-of-place op`,
      )
    }
    return tensor
  }

  /** The tensors of all slots; null where a slot is unused. */
  all(nodeName: string): (Tensor | null)[] {
    return this.#versions.map((_, slot) => (this.#tensors?.[slot] === null ? null : this.get(slot, nodeName)))
  }

  /** Lets the tensors go. */
  release(): void {
    this.#tensors = null
  }
}
