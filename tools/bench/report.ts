// The table that is printed: medians, rates, and how many times faster than each other engine we are.
import type { Case } from './cases.ts'
import type { Measurement } from './measure.ts'

/** Results of one case by engine; a text says why there is no number. */
export type Row = Record<string, Measurement | string>

/** Milliseconds with three digits, in a readable unit. */
export function formatTime(ms: number): string {
  const [value, unit] =
    ms >= 1000 ? [ms / 1000, 's'] : ms >= 1 ? [ms, 'ms'] : ms >= 1e-3 ? [ms * 1e3, 'µs'] : [ms * 1e6, 'ns']
  return `${value.toPrecision(3)} ${unit}`
}

/** The rate of a case at this time per run. */
export function formatRate({ work, rate }: Case, ms: number): string {
  if (work === null || rate === 'ops/s') return ''
  return rate === 'GFLOP/s'
    ? `${(work / ms / 1e6).toFixed(1)} GFLOP/s`
    : `${((ms * 1e6) / work).toFixed(2)} ns/element`
}

/** One line per engine of a case; ratios above 1 mean that ours, the first, is faster. */
export function formatRow(item: Case, row: Row): string[] {
  const [[, ours]] = Object.entries(row)
  return Object.entries(row).map(([engine, result]) => {
    if (typeof result === 'string') return `  ${engine.padEnd(14)} ${'—'.padStart(10)}  ${result}`
    const ratio =
      result !== ours && typeof ours !== 'string' ? `${(result.median / ours.median).toFixed(2)}x` : ''
    return `  ${engine.padEnd(14)} ${formatTime(result.median).padStart(10)}  ${formatRate(item, result.median).padEnd(18)} ${ratio}`
  })
}
