// Timing: warm up, then the median of many measurements within a budget of time.
import type { Engine, Run } from './cases.ts'

/** Milliseconds per run. */
export interface Measurement {
  readonly median: number
  readonly min: number
  readonly p90: number
  readonly runs: number
}

/**
 * Measures `run`, `inner` runs at a time and then `finish` unless the last one has waited for its result itself, for about
 * `budget` milliseconds.
 */
export async function measure(
  run: Run,
  finish: Engine['finish'],
  inner: number,
  budget: number,
): Promise<Measurement> {
  const once = async (): Promise<number> => {
    const start = performance.now()
    let waited = false
    for (let i = 0; i < inner; i++) {
      const pending = run()
      waited = pending instanceof Promise
      if (waited) await pending
    }
    if (finish !== undefined && !waited) await finish()
    return (performance.now() - start) / inner
  }
  const warm = performance.now()
  for (let i = 0; i < 3 || (performance.now() - warm < budget / 3 && i < 2000); i++) await once()
  const times: number[] = []
  const start = performance.now()
  while (times.length < 5 || (performance.now() - start < budget && times.length < 5000))
    times.push(await once())
  times.sort((a, b) => a - b)
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))]
  return { median: at(0.5), min: times[0], p90: at(0.9), runs: times.length * inner }
}
