// Connectionist temporal classification as a module.
import type { Lengths, Tensor } from '@tt/autograd'
import * as F from '../functional.ts'
import { Module } from '../module/module.ts'
import type { LossOptions, Reduction } from './loss.ts'

/** Options of {@link CTCLoss}. */
export interface CTCLossOptions extends LossOptions {
  /** The class that means nothing (default 0). */
  blank?: number
  /** Whether infinite losses, of sequences too short for their target, become 0 (default false). */
  zeroInfinity?: boolean
}

/**
 * `−ln p(target | input)`, summed over all alignments of the target to the input.
 *
 * @example
 * const logProbs = zeros([2, 1, 2]).logSoftmax(2) // [T, N, C]
 * new CTCLoss().call(logProbs, tensor([[1n]]), [2], [1]).item() // => 0.287682
 * @see torch.nn.CTCLoss
 */
export class CTCLoss extends Module {
  readonly blank: number
  readonly reduction: Reduction
  readonly zeroInfinity: boolean
  constructor({ blank = 0, reduction = 'mean', zeroInfinity = false }: CTCLossOptions = {}) {
    super()
    this.blank = blank
    this.reduction = reduction
    this.zeroInfinity = zeroInfinity
  }
  override forward(logProbs: Tensor, targets: Tensor, inputLengths: Lengths, targetLengths: Lengths): Tensor {
    const { blank, reduction, zeroInfinity } = this
    return F.ctcLoss(logProbs, targets, inputLengths, targetLengths, { blank, reduction, zeroInfinity })
  }
}
