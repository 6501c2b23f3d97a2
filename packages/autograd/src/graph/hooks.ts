// Hooks of a node: on the gradient of each output, before and after it runs.
import { AutogradError, check, formatShape, sameShape } from '@tt/tensor'
import type { NodeHook, NodePrehook, Tensor } from '@tt/tensor'
import { claim } from './claimed.ts'
import type { Gradient, Gradients } from './node.ts'

/** Sees the gradient of a tensor, or null if none came; may answer another one. */
export type OutputHook = (gradient: Gradient) => Tensor | void

/** The hooks of one node. */
export class NodeHooks {
  /** By output: run first. */
  readonly byOutput: (Set<OutputHook> | undefined)[] = []
  /** Run with all gradients, before the node does. */
  readonly pre = new Set<NodePrehook>()
  /** Run after the node, with the gradients of its inputs and outputs. */
  readonly post = new Set<NodeHook>()
}

/** Adds a hook and answers what removes it; the same function twice is two hooks. */
export function addHook<A extends readonly unknown[], R>(
  hooks: Set<(...args: A) => R>,
  hook: (...args: A) => R,
): () => void {
  const entry = (...args: A): R => hook(...args)
  hooks.add(entry)
  return () => {
    hooks.delete(entry)
  }
}

/** Runs the hooks of single outputs; what they answer replaces the entry of `gradients`. */
export function runOutputHooks({ byOutput }: NodeHooks, gradients: Gradient[]): void {
  byOutput.forEach((hooks, output) => {
    for (const hook of hooks ?? []) {
      const gradient = gradients[output]
      if (gradient !== null) claim(gradient) // the hook may keep it
      const answer = hook(gradient)
      if (!answer || gradient === null) continue
      checkShape(gradient, answer)
      claim(answer)
      gradients[output] = answer
    }
  })
}

/** Runs the hooks before a node; what they answer replaces all of `gradients`. */
export function runPrehooks({ pre }: NodeHooks, gradients: Gradient[]): void {
  for (const hook of pre) {
    gradients.forEach((gradient) => gradient && claim(gradient))
    replace('registerPrehook', hook([...gradients]), gradients)
  }
}

/** Runs the hooks after a node; gives the gradients of its inputs, as they or the hooks say. */
export function runPosthooks(
  { post }: NodeHooks,
  answers: Gradients,
  gradients: readonly Gradient[],
): Gradients {
  if (post.size === 0) return answers
  const inputs = answers.map((gradient) => gradient || null)
  for (const hook of post) {
    for (const gradient of [...inputs, ...gradients]) if (gradient !== null) claim(gradient)
    replace('registerHook', hook([...inputs], [...gradients]), inputs)
  }
  return inputs
}

function replace(op: string, answer: Gradients | void, gradients: Gradient[]): void {
  if (!answer) return
  check(
    Array.isArray(answer) && answer.length === gradients.length,
    () =>
      new AutogradError(
        op,
        `a hook must answer a list of ${gradients.length} gradients or nothing, got ${
          Array.isArray(answer) ? `${answer.length}` : typeof answer
        }`,
      ),
  )
  answer.forEach((gradient, i) => {
    const before = gradients[i]
    if (gradient && before !== null) checkShape(before, gradient)
    if (gradient) claim(gradient)
    gradients[i] = gradient || null
  })
}

function checkShape(before: Tensor, answer: Tensor): void {
  check(
    sameShape(answer.shape, before.shape),
    () =>
      new AutogradError(
        'registerHook',
        `a hook must answer a gradient of the same shape, got ${formatShape(answer.shape)} for ${formatShape(before.shape)}`,
      ),
  )
}
