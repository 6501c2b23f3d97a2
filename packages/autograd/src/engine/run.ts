// The engine: runs the graph backwards from some nodes. Nothing recurses: chains may be of any length.
// A node runs when all gradients of its outputs have come, the youngest first, as in PyTorch.
import { AutogradError, dtypes, formatShape, gradState, sameShape, storageLog } from '@tt/tensor'
import type { Tensor } from '@tt/tensor'
import { claim } from '../graph/claimed.ts'
import { anomaly, applyChecked } from '../graph/anomaly.ts'
import { runOutputHooks, runPosthooks, runPrehooks } from '../graph/hooks.ts'
import { ensureMeta } from '../graph/meta.ts'
import type { Gradient, Gradients, Node, OutputMeta } from '../graph/node.ts'
import { GradientMemory } from './gradient-memory.ts'
import type { Pending } from './pending.ts'
import { ReadyQueue } from './ready-queue.ts'
import { running } from './running.ts'

/** Where a backward begins, and with which gradient. */
export interface Root {
  readonly node: Node
  readonly output: number
  readonly gradient: Tensor
}
/** A place in the graph whose gradient is asked for. */
export interface Place {
  readonly node: Node
  readonly output: number
}

/** How the graph is run. */
export interface RunOptions {
  readonly retainGraph: boolean
  readonly createGraph: boolean
}

/**
 * Runs backward from `roots`. Without `places`, leaves accumulate into their `grad`; with them, only nodes that lead to
 * one run, leaves get nothing, and the answer has the gradient of each place (null where none came).
 */
export function runBackward(
  roots: readonly Root[],
  { retainGraph, createGraph }: RunOptions,
  places: readonly Place[] | null,
): Gradient[] {
  const task = {}
  const memory = createGraph ? null : new GradientMemory()
  const nodes = discover(task, roots)
  const results = new Array<Gradient>(places?.length ?? 0).fill(null)
  const before = gradState.enabled
  const outer = running.task
  const log = storageLog.current
  gradState.enabled = createGraph
  running.task = task
  try {
    if (places !== null) markNeeded(task, nodes, places)
    const ready = new ReadyQueue()
    for (const { node, output, gradient } of roots) accumulate(node, output, gradient, memory)
    for (const { node } of roots) {
      const pending = node.pending!
      if (pending.dependencies === 0) {
        pending.dependencies = -1 // a root twice is ready once
        ready.push(node)
      }
    }
    for (let node = ready.pop(); node !== null; node = ready.pop())
      runNode(node, ready, retainGraph, places !== null, results, memory)
  } finally {
    gradState.enabled = before
    running.task = outer
    storageLog.current = log
    for (const node of nodes) node.pending = node.pending!.previous
  }
  return results
}

// All nodes that the roots reach, each with a Pending that counts its edges.
function discover(task: object, roots: readonly Root[]): Node[] {
  const nodes: Node[] = []
  const visit = (node: Node): Pending => {
    let pending = node.pending
    if (pending === null || pending.task !== task) {
      pending = {
        task,
        dependencies: 0,
        gradients: new Array<Gradient>(node.outputs.length).fill(null),
        owned: 0,
        needed: true,
        captures: null,
        previous: pending,
      }
      node.pending = pending
      nodes.push(node)
    }
    return pending
  }
  for (const { node } of roots) visit(node)
  for (let i = 0; i < nodes.length; i++) {
    const { next } = nodes[i]
    for (let k = 0; k < next.length; k++) if (next[k] !== null) visit(next[k]!).dependencies++
  }
  return nodes
}

function markNeeded(task: object, nodes: readonly Node[], places: readonly Place[]): void {
  for (const node of nodes) node.pending!.needed = false
  places.forEach(({ node, output }, i) => {
    const { pending } = node
    if (pending?.task !== task) return // not reached: no gradient
    pending.needed = true
    ;(pending.captures ??= [])[i] = output
  })
  const byAge = nodes.toSorted((a, b) => a.sequence - b.sequence)
  for (const node of byAge) {
    const pending = node.pending!
    if (!pending.needed) pending.needed = node.next.some((next) => next !== null && next.pending!.needed)
  }
}

function runNode(
  node: Node,
  ready: ReadyQueue,
  retainGraph: boolean,
  capturing: boolean,
  results: Gradient[],
  memory: GradientMemory | null,
): void {
  const pending = node.pending!
  const { gradients } = pending
  if (node.hooks !== null) runOutputHooks(node.hooks, gradients)
  if (node.retained !== null) retain(node, gradients)
  pending.captures?.forEach((output, place) => {
    const gradient = (results[place] = gradients[output])
    if (gradient !== null) memory?.keep(gradient)
  })
  const { next, nextOutputs } = node
  // A leaf takes nothing when gradients are asked for; of the others only those run that lead to a place.
  const runs =
    pending.needed &&
    !(capturing && next.length === 0) &&
    gradients.some((gradient) => gradient !== null) &&
    !(capturing && !next.some((to) => to !== null && to.pending!.needed))
  const closed = node.closed && node.hooks === null
  if (closed) memory?.begin()
  const answers = runs ? applyNode(node, gradients) : none
  if (runs && !retainGraph) node.release()
  for (let i = 0; i < next.length; i++) {
    const to = next[i]
    if (to === null) continue
    const gradient = answers[i]
    if (gradient) accumulate(to, nextOutputs[i], fit(gradient, to.outputs[nextOutputs[i]], node, i), memory)
    if (--to.pending!.dependencies === 0) ready.push(to)
  }
  if (closed) memory?.end()
  for (let i = 0; i < gradients.length; i++) {
    const gradient = gradients[i]
    if (gradient !== null) memory?.drop(gradient)
    gradients[i] = null // nothing of it is held any longer than needed
  }
}
const none: readonly Gradient[] = []

function applyNode(node: Node, gradients: Gradient[]): Gradients {
  if (node.hooks === null) return anomaly.enabled ? applyChecked(node, gradients) : node.apply(gradients)
  runPrehooks(node.hooks, gradients)
  const answers = anomaly.enabled ? applyChecked(node, gradients) : node.apply(gradients)
  return runPosthooks(node.hooks, fitAll(answers, node), gradients)
}

// Hooks see gradients as their tensors will get them.
function fitAll(answers: Gradients, node: Node): Gradients {
  return answers.map((gradient, i) => {
    const to = node.next[i]
    return gradient && to !== null ? fit(gradient, to.outputs[node.nextOutputs[i]], node, i) : gradient
  })
}

// Un-broadcasts the gradient and gives it the dtype of the tensor it belongs to.
function fit(gradient: Tensor, { shape, dtypeInfo }: OutputMeta, node: Node, i: number): Tensor {
  let fitted = gradient
  if (gradient.shape !== shape && !sameShape(gradient.shape, shape)) {
    if (!expands(shape, gradient.shape)) {
      throw new AutogradError(
        'backward',
        `the gradient of input ${i} of ${node.name} must have a shape that ${formatShape(shape)} expands to, ` +
          `got ${formatShape(gradient.shape)}`,
      )
    }
    fitted = gradient.sumToSize(shape)
  }
  return fitted.dtypeInfo === dtypeInfo || dtypeInfo === dtypes.bool
    ? fitted
    : fitted.to({ dtype: dtypeInfo.name })
}
const expands = (small: readonly number[], large: readonly number[]): boolean =>
  small.length <= large.length &&
  small.every((n, i) => n === 1 || n === large[i + large.length - small.length])

// Adds to the sum that waits at a node; in place only into a sum that was made here.
function accumulate(node: Node, output: number, gradient: Tensor, memory: GradientMemory | null): void {
  const pending = node.pending!
  const sum = pending.gradients[output]
  const bit = output < 31 ? 1 << output : 0
  if (sum === null) {
    pending.gradients[output] = gradient
    memory?.hold(gradient)
  } else if (pending.owned & bit && !gradState.enabled) sum.add_(gradient)
  else {
    const next = (pending.gradients[output] = sum.add(gradient))
    memory?.hold(next)
    memory?.drop(sum)
    pending.owned |= bit
  }
}

function retain(node: Node, gradients: readonly Gradient[]): void {
  node.retained!.forEach((tensor, output) => {
    const gradient = gradients[output]
    if (tensor === undefined || gradient === null) return
    claim(gradient)
    const meta = ensureMeta(tensor)
    meta.grad = meta.grad === null ? gradient : meta.grad.add(gradient)
  })
}
