// Saved tensors under hooks: what `pack` made of each, and the tensor that `unpack` makes of that again.
import { AutogradError, Tensor, check, storageLog, withGradMode } from '@tt/tensor'
import { running } from '../engine/running.ts'
import { AccumulateGrad } from './accumulate-grad.ts'
import { edgesOf, ensureMeta, setHistory } from './meta.ts'
import type { Node } from './node.ts'

/** The hooks in force; the inner ones hide the outer. */
export interface SavedHooks {
  pack(tensor: Tensor): unknown
  unpack(packed: unknown): Tensor
}
/** The hooks for tensors saved from now on; null for none. */
export const savedHooks: { current: SavedHooks | null } = { current: null }

/** A tensor that was given to `pack`. */
export class PackedTensor {
  readonly #packed: unknown
  readonly #hooks: SavedHooks
  /** Where the gradients of the tensor go; null if it needs none, or is a result, whose node exists only later. */
  readonly #node: Node | null
  readonly #output: number
  #unpacked: Tensor | null = null
  #task: object | null = null

  /** @param isResult whether it is an output of the op that saves it */
  constructor(tensor: Tensor, hooks: SavedHooks, isResult: boolean) {
    const { version } = tensor.counter
    this.#hooks = hooks
    this.#packed = withGradMode(false, () => hooks.pack(tensor.detach()))
    check(
      tensor.counter.version === version,
      () =>
        new AutogradError(
          'savedTensorsHooks',
          `pack must not change its tensor in place, got a change by ${tensor.storage.lastMutation}. Clone it first`,
        ),
    )
    const { nodes, outputs } = isResult ? noEdge : edgesOf([tensor])
    this.#node = nodes[0]
    this.#output = outputs[0]
  }

  /** The tensor again, in its place in the graph; `result` says of which node it is an output. Unpacked once for each backward. */
  unpack(result: readonly [Node, number] | null): Tensor {
    if (this.#unpacked !== null && this.#task === running.task) return this.#unpacked
    const tensor = unlogged(() => this.#hooks.unpack(this.#packed))
    check(
      tensor instanceof Tensor,
      () =>
        new AutogradError(
          'savedTensorsHooks',
          `unpack must answer a tensor, got ${tensor === null ? 'null' : typeof tensor}`,
        ),
    )
    const placed = tensor.detach()
    if (result !== null) setHistory(placed, ...result)
    else if (this.#node !== null) placeAt(placed, this.#node, this.#output)
    if (running.task !== null) {
      this.#unpacked = placed
      this.#task = running.task
    }
    return placed
  }
}
// The user's code may keep what it makes.
function unlogged<T>(run: () => T): T {
  const log = storageLog.current
  storageLog.current = null
  try {
    return run()
  } finally {
    storageLog.current = log
  }
}
const noEdge = { nodes: [null], outputs: [0] } as const

// The gradients of `tensor` go to `node`: its accumulator if it is a leaf.
function placeAt(tensor: Tensor, node: Node, output: number): void {
  if (!(node instanceof AccumulateGrad)) {
    setHistory(tensor, node, output)
    return
  }
  const meta = ensureMeta(tensor)
  meta.requiresGrad = true
  meta.accumulator = node
}
