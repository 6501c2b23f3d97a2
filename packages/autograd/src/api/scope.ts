// What lasts while a function runs, or until a guard goes: grad modes, saved-tensor hooks, anomaly mode.

/** Ends what it was made for: by `using`, or by `end()`. */
export interface ScopeGuard extends Disposable {
  /** Puts back what was before. Twice is once. */
  end(): void
}

const isPromise = (value: unknown): value is Promise<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'

/** A guard that calls `leave` once. */
export function guard(leave: () => void): ScopeGuard {
  let open = true
  const end = (): void => {
    if (open) leave()
    open = false
  }
  return { end, [Symbol.dispose]: end }
}

/** Runs `fn`, then calls `leave`: also if it throws; if it answers a promise, once that settles. */
export function runScoped<T>(leave: () => void, fn: () => T): T {
  let result: T
  try {
    result = fn()
  } catch (error) {
    leave()
    throw error
  }
  if (isPromise(result)) return result.finally(leave) as T
  leave()
  return result
}
