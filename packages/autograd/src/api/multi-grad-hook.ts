// A hook on the gradients of several tensors at once.
import { AutogradError, check } from '@tt/tensor'
import type { Tensor } from '@tt/tensor'
import { running } from '../engine/running.ts'
import { edgesOf, onGradient, requiresGradOf } from '../graph/meta.ts'

/** Options of {@link registerMultiGradHook}. */
export interface MultiGradHookOptions<M extends 'all' | 'any' = 'all' | 'any'> {
  /** Call the hook once all gradients are there (default), or with the first one. */
  mode?: M
}

/**
 * Calls `hook` once in each backward that reaches one of `tensors`: with all their gradients in order, null for those
 * that get none; or, with mode 'any', with the first gradient that comes.
 *
 * @returns a function that removes the hook
 * @throws AutogradError if a tensor does not require grad, or there is none
 * @example
 * const [a, b] = [tensor([1], { requiresGrad: true }), tensor([2], { requiresGrad: true })]
 * const seen = []
 * registerMultiGradHook([a, b], (gradients) => { seen.push(gradients.map((g) => g.item())) })
 * a.mul(b).backward()
 * seen // => [[2, 1]]
 * @see torch.autograd.graph.register_multi_grad_hook
 */
export function registerMultiGradHook<M extends 'all' | 'any' = 'all'>(
  tensors: readonly Tensor[],
  hook: M extends 'any' ? (gradient: Tensor) => void : (gradients: readonly (Tensor | null)[]) => void,
  { mode }: MultiGradHookOptions<M> = {},
): () => void {
  const op = 'registerMultiGradHook'
  check(tensors.length > 0, () => new AutogradError(op, 'there must be at least one tensor, got []'))
  check(
    mode === undefined || mode === 'all' || mode === 'any',
    () => new AutogradError(op, `mode must be 'all' or 'any', got ${String(mode)}`),
  )
  tensors.forEach((tensor, i) =>
    check(
      requiresGradOf(tensor),
      () => new AutogradError(op, `all tensors must require grad, got tensor ${i} that does not`),
    ),
  )
  const nodes = tensors.map((tensor) => edgesOf([tensor]).nodes[0]!)
  const collected = new WeakMap<object, { gradients: (Tensor | null)[]; remaining: number }>()
  const removers = tensors.map((tensor, i) =>
    onGradient(tensor, (gradient) => {
      const task = running.task!
      const fresh = () => ({
        gradients: tensors.map(() => null),
        remaining: nodes.filter((node) => node.pending?.task === task).length,
      })
      const state = collected.get(task) ?? fresh()
      collected.set(task, state)
      if (mode === 'any') {
        if (gradient === null || state.remaining < 0) return
        state.remaining = -1 // done
        ;(hook as (gradient: Tensor) => void)(gradient)
        return
      }
      state.gradients[i] = gradient
      if (--state.remaining === 0) (hook as (gradients: readonly (Tensor | null)[]) => void)(state.gradients)
    }),
  )
  return () => {
    for (const remove of removers) remove()
  }
}
