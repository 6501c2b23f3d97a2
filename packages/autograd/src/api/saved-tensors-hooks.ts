// What becomes of tensors that are kept for backward: packed when saved, unpacked when asked for.
import { AutogradError, check } from '@tt/tensor'
import type { Tensor } from '@tt/tensor'
import { savedHooks } from '../graph/packed.ts'
import type { SavedHooks } from '../graph/packed.ts'
import { guard, runScoped } from './scope.ts'
import type { ScopeGuard } from './scope.ts'

function enter(hooks: SavedHooks): () => void {
  const before = savedHooks.current
  savedHooks.current = hooks
  return () => {
    savedHooks.current = before
  }
}

/**
 * Gives each tensor that an op saves for backward to `pack` and keeps what that answers; backward gets what `unpack`
 * makes of it. In force while `fn` runs, or until the guard goes: `using _ = savedTensorsHooks(pack, unpack)`.
 *
 * Inner hooks hide outer ones. Changes in place of a packed tensor are not noticed.
 *
 * @param pack gets a detached tensor, which it must not change; answers anything
 * @param unpack answers a tensor of the same shape, dtype and device
 * @throws AutogradError if `pack` changes its tensor, or `unpack` answers no tensor
 * @example
 * const x = tensor([2, 3], { requiresGrad: true })
 * const pack = (t) => t.to('float16')
 * const unpack = (half) => half.to('float32')
 * savedTensorsHooks(pack, unpack, () => x.mul(x).sum()).backward()
 * x.grad.tolist() // => [4, 6]
 * @see torch.autograd.graph.saved_tensors_hooks
 */
export function savedTensorsHooks<P>(pack: (tensor: Tensor) => P, unpack: (packed: P) => Tensor): ScopeGuard
export function savedTensorsHooks<P, T>(
  pack: (tensor: Tensor) => P,
  unpack: (packed: P) => Tensor,
  fn: () => T,
): T
export function savedTensorsHooks<P, T>(
  pack: (tensor: Tensor) => P,
  unpack: (packed: P) => Tensor,
  fn?: () => T,
): T | ScopeGuard {
  for (const hook of [pack, unpack])
    check(
      typeof hook === 'function',
      () => new AutogradError('savedTensorsHooks', `pack and unpack must be functions, got ${typeof hook}`),
    )
  const leave = enter({ pack, unpack: unpack as SavedHooks['unpack'] })
  return fn === undefined ? guard(leave) : runScoped(leave, fn)
}

/**
 * Keeps tensors that are saved for backward on the cpu, and moves them back when backward needs them; while `fn` runs,
 * or until the guard goes.
 *
 * The device must be one that can be read at once. Unlike PyTorch there is no pinned memory.
 *
 * @example
 * const x = tensor([2, 3], { requiresGrad: true })
 * saveOnCpu(() => x.mul(x).sum()).backward()
 * x.grad.tolist() // => [4, 6]
 * @see torch.autograd.graph.save_on_cpu
 */
export function saveOnCpu(): ScopeGuard
export function saveOnCpu<T>(fn: () => T): T
export function saveOnCpu<T>(fn?: () => T): T | ScopeGuard {
  const pack = (tensor: Tensor) => ({ device: tensor.device, kept: tensor.to({ device: 'cpu' }) })
  const unpack = ({ device, kept }: ReturnType<typeof pack>) => kept.to({ device })
  return fn === undefined ? savedTensorsHooks(pack, unpack) : savedTensorsHooks(pack, unpack, fn)
}
