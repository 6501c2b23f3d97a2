// Anomaly mode: where a wrong gradient comes from.
import { anomaly, setAnomaly } from '../graph/anomaly.ts'
import { guard, runScoped } from './scope.ts'
import type { ScopeGuard } from './scope.ts'

/** Options of {@link detectAnomaly}. */
export interface AnomalyOptions {
  /** Look for NaN in what each node answers (default); it reads every gradient, so the device must be one that can block. */
  checkNan?: boolean
}

function enter(mode: boolean, { checkNan = true }: AnomalyOptions): () => void {
  const before = { ...anomaly }
  setAnomaly(mode, checkNan)
  return () => setAnomaly(before.enabled, before.checkNan)
}

/**
 * Anomaly mode while `fn` runs, or until the guard goes: `using _ = detectAnomaly()`.
 *
 * Ops remember the line that called them. Backward then throws at the first NaN and names the op and the line of its
 * forward call; an error in backward is preceded by a warning with that line; and the error of a saved tensor that
 * was changed in place tells the lines of the op that saved it and of the one that changed it. It is slow: for debugging.
 *
 * @param fn forward and backward; if it is async, the mode ends when its promise settles
 * @example
 * const x = tensor([0], { requiresGrad: true })
 * let message = ''
 * detectAnomaly(() => {
 *   const y = x.mul(0).div(x.mul(0))
 *   try {
 *     y.backward()
 *   } catch (error) {
 *     message = error.message
 *   }
 * })
 * message.includes('got NaN from DivBackward0') // => true
 * @see torch.autograd.detect_anomaly
 */
export function detectAnomaly(options?: AnomalyOptions): ScopeGuard
export function detectAnomaly<T>(fn: () => T, options?: AnomalyOptions): T
export function detectAnomaly<T>(
  first: (() => T) | AnomalyOptions = {},
  options: AnomalyOptions = {},
): T | ScopeGuard {
  return typeof first === 'function' ? runScoped(enter(true, options), first) : guard(enter(true, first))
}

/**
 * Switches anomaly mode on or off, for good or until the guard goes.
 *
 * @example
 * const guard = setDetectAnomaly(true)
 * isAnomalyEnabled() // => true
 * guard.end()
 * isAnomalyEnabled() // => false
 * @see torch.autograd.set_detect_anomaly
 */
export const setDetectAnomaly = (mode: boolean, options: AnomalyOptions = {}): ScopeGuard =>
  guard(enter(mode, options))

/**
 * Whether anomaly mode is on.
 *
 * @example
 * detectAnomaly(() => isAnomalyEnabled()) // => true
 * @see torch.is_anomaly_enabled
 */
export const isAnomalyEnabled = (): boolean => anomaly.enabled
