// What a backward in progress keeps on a node. Backwards may nest (a hook may call backward), so it is a stack.
import type { Gradient } from '../graph/node.ts'

/** State of one node in one backward. */
export interface Pending {
  /** The backward that it belongs to. */
  readonly task: object
  /** How many edges into the node are still to come. */
  dependencies: number
  /** The sum of the gradients that came, by output. */
  readonly gradients: Gradient[]
  /** Bit i is set if gradient i is a sum made here, that nobody else has: it may be added to in place. */
  owned: number
  /** Whether the node leads to an asked-for input; always true if all leaves are. */
  needed: boolean
  /** By output: where to put the gradient, for `grad()`. */
  captures: number[] | null
  /** State of the backward around this one. */
  readonly previous: Pending | null
}
