// Switches for recording: noGrad, enableGrad, inferenceMode, setGradEnabled.
import { gradState } from '@tt/tensor'
import { guard, runScoped } from './scope.ts'
import type { ScopeGuard } from './scope.ts'

function enter(enabled: boolean): () => void {
  const before = gradState.enabled
  gradState.enabled = enabled
  return () => {
    gradState.enabled = before
  }
}

function switchTo<T>(enabled: boolean, fn?: () => T): T | ScopeGuard {
  const leave = enter(enabled)
  return fn === undefined ? guard(leave) : runScoped(leave, fn)
}

/** A mode switch: with a function it runs it and gives its result, without one it lasts until the guard is disposed. */
export interface GradModeSwitch {
  (): ScopeGuard
  <T>(fn: () => T): T
}

/**
 * Runs `fn` without recording, or switches recording off until the guard goes: `using _ = noGrad()`.
 *
 * The mode is global. If `fn` is async, it is restored when its promise settles, and everything that runs meanwhile
 * sees it; a guard must not span an `await`.
 *
 * @example
 * const x = tensor(2, { requiresGrad: true })
 * noGrad(() => x.mul(3)).requiresGrad // => false
 * @see torch.no_grad
 */
export const noGrad = ((fn?: () => unknown) => switchTo(false, fn)) as GradModeSwitch
/**
 * Runs `fn` with recording, or switches it on until the guard goes; inside noGrad.
 *
 * @example
 * noGrad(() => enableGrad(() => isGradEnabled())) // => true
 * @see torch.enable_grad
 */
export const enableGrad = ((fn?: () => unknown) => switchTo(true, fn)) as GradModeSwitch
/**
 * As noGrad. Unlike PyTorch, tensors made inside may take part in a graph later.
 *
 * @example
 * inferenceMode(() => isGradEnabled()) // => false
 * @see torch.inference_mode
 */
export const inferenceMode: GradModeSwitch = noGrad
/**
 * Switches recording on or off, at once and for good, or until the guard goes.
 *
 * @example
 * setGradEnabled(false)
 * isGradEnabled() // => false
 * setGradEnabled(true)
 * @see torch.set_grad_enabled
 */
export const setGradEnabled = (enabled: boolean): ScopeGuard => guard(enter(enabled))
