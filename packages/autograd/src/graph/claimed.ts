// Memory that is some `grad` already, or that user code may hold: a gradient in it is copied, not taken over.
import type { Storage, Tensor } from '@tt/tensor'

const claimed = new WeakSet<Storage>()

/** Notes that somebody else may hold the memory of this gradient. */
export const claim = (tensor: Tensor): void => {
  claimed.add(tensor.storage)
}

/** Whether somebody else may hold the memory of this gradient. */
export const isClaimed = (tensor: Tensor): boolean => claimed.has(tensor.storage)
