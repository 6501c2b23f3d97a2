// Switches for recording: noGrad, enableGrad, inferenceMode, setGradEnabled.
import { gradState } from '@tt/tensor'

/** Restores the mode that was before; made by `using`. */
export interface GradModeGuard extends Disposable {
  /** Restores the mode that was before. Twice is once. */
  end(): void
}

function guard(enabled: boolean): GradModeGuard {
  const before = gradState.enabled
  gradState.enabled = enabled
  let open = true
  const end = (): void => {
    if (open) gradState.enabled = before
    open = false
  }
  return { end, [Symbol.dispose]: end }
}

const isPromise = (value: unknown): value is Promise<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'

function run<T>(enabled: boolean, fn: () => T): T {
  const { end } = guard(enabled)
  let result: T
  try {
    result = fn()
  } catch (error) {
    end()
    throw error
  }
  if (isPromise(result)) return result.finally(end) as T
  end()
  return result
}

function noGradImpl<T>(fn?: () => T): T | GradModeGuard {
  return fn === undefined ? guard(false) : run(false, fn)
}
function enableGradImpl<T>(fn?: () => T): T | GradModeGuard {
  return fn === undefined ? guard(true) : run(true, fn)
}

/** A mode switch: with a function it runs it and gives its result, without one it lasts until the guard is disposed. */
export interface GradModeSwitch {
  (): GradModeGuard
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
export const noGrad = noGradImpl as GradModeSwitch
/**
 * Runs `fn` with recording, or switches it on until the guard goes; inside noGrad.
 *
 * @example
 * noGrad(() => enableGrad(() => isGradEnabled())) // => true
 * @see torch.enable_grad
 */
export const enableGrad = enableGradImpl as GradModeSwitch
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
export const setGradEnabled = (enabled: boolean): GradModeGuard => guard(enabled)
