// Anomaly mode: remembers where each op was called from, and checks what each node answers.
import { AutogradError, gradState, sourceRoot, withGradMode } from '@tt/tensor'
import type { Storage } from '@tt/tensor'
import { running } from '../engine/running.ts'
import type { Gradient, Gradients, Node } from './node.ts'

/** Whether anomalies are looked for; and NaN among them. */
export const anomaly = { enabled: false, checkNan: true }

/** Where a node was made, and in the backward of which node, for gradients of gradients. */
interface Call {
  readonly trace: string
  readonly parent: Node | null
}
const calls = new WeakMap<Node, Call>()
const changes = new WeakMap<Storage, string>()

/** Switches the mode; dispatch tells of in-place changes only while it is on. */
export function setAnomaly(enabled: boolean, checkNan: boolean): void {
  anomaly.enabled = enabled
  anomaly.checkNan = checkNan
  gradState.onChange = enabled ? (storage) => changes.set(storage, traceOfCaller()) : null
}

/** Notes where the op of `node` is being called. */
export const noteCall = (node: Node): void => {
  calls.set(node, { trace: traceOfCaller(), parent: running.node })
}

/** Says where the op of `node` was called. */
export function callOf(node: Node): string {
  const call = calls.get(node)
  if (call === undefined)
    return `The forward call of ${node.name} is not known: it was made outside anomaly mode.`
  const { trace, parent } = call
  const induced = parent === null ? '' : `\nThat was in the backward of ${parent.name}. ${callOf(parent)}`
  return `The forward call of ${node.name}:\n${trace}${induced}`
}

/** Says where the memory was last changed in place. */
export const changeOf = (storage: Storage): string =>
  changes.has(storage)
    ? `The call of ${storage.lastMutation}:\n${changes.get(storage)}`
    : `The call of ${storage.lastMutation} is not known: it was made outside anomaly mode.`

/** Runs a node; an error, or a NaN in what it answers, is reported with the forward call. */
export function applyChecked(node: Node, gradients: readonly Gradient[]): Gradients {
  const before = running.node
  running.node = node
  let answers: Gradients
  try {
    answers = node.apply(gradients)
  } catch (error) {
    const call = callOf(node)
    if (!String(error).includes(call)) console.warn(`backward: an error was thrown in ${node.name}. ${call}`)
    throw error
  } finally {
    running.node = before
  }
  if (anomaly.checkNan) answers.forEach((gradient, i) => gradient && checkNan(node, gradient, i))
  return answers
}

function checkNan(node: Node, gradient: NonNullable<Gradient>, i: number): void {
  const { backend } = gradient.storage
  if (!backend.canBlock) {
    throw new AutogradError(
      'detectAnomaly',
      `gradients must be on a device that can be read at once to be checked for NaN, got '${backend.device}'. ` +
        'Pass { checkNan: false }',
    )
  }
  if (!withGradMode(false, () => gradient.isnan().any().item<boolean>())) return
  throw new AutogradError(
    'backward',
    `gradients must have no NaN in anomaly mode, got NaN from ${node.name} for its input ${i}.\n${callOf(node)}`,
  )
}

// The stack above this call without the frames of tensor and autograd: their caller comes first. If nothing is left,
// as in a bundle of one file, all of it.
function traceOfCaller(): string {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 100
  const frames = (new Error().stack ?? '').split('\n').slice(1)
  Error.stackTraceLimit = limit
  const ours = (import.meta.url ?? '').replace(/graph\/[^/]*$/, '')
  const roots = [sourceRoot(), ours].filter((root) => root !== '').map(pathOf)
  const callers = frames.filter(
    (frame) =>
      !frame.includes('(node:') &&
      !frame.includes('at node:') &&
      !roots.some((root) => pathOf(frame).includes(root)),
  )
  return (callers.length > 0 ? callers : frames).slice(0, 8).join('\n')
}

const pathOf = (location: string): string => location.replaceAll('file://', '')
