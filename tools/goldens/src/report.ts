// Counts per op and their print.
import type { Outcome, Status } from './outcome.ts'

export interface OpReport {
  readonly op: string
  readonly group: string
  readonly passed: number
  readonly failed: number
  readonly notImplemented: number
  readonly notApplicable: number
  /** Cases that did not pass, with their reasons. */
  readonly others: readonly Outcome[]
}

/** Counts the outcomes of one op. */
export function reportOf(op: string, group: string, outcomes: readonly Outcome[]): OpReport {
  const count = (status: Status): number => outcomes.filter((outcome) => outcome.status === status).length
  return {
    op,
    group,
    passed: count('passed'),
    failed: count('failed'),
    notImplemented: count('not implemented'),
    notApplicable: count('not applicable'),
    others: outcomes.filter(({ status }) => status !== 'passed'),
  }
}

/** One line of the table. */
export function formatLine({ op, passed, failed, notImplemented, notApplicable }: OpReport): string {
  const counts = [
    `${passed} passed`,
    failed ? `${failed} FAILED` : '',
    notImplemented ? `${notImplemented} not implemented` : '',
    notApplicable ? `${notApplicable} not applicable` : '',
  ]
  return `${op.padEnd(48)} ${counts.filter(Boolean).join(', ')}`
}

/** The first cases of each reason, for -v. */
export function formatReasons({ others }: OpReport, limit = 4): string[] {
  const failed = others.filter(({ status }) => status === 'failed')
  const lines = failed.slice(0, limit).map(({ id, reason }) => `    ${id}: ${reason}`)
  return failed.length > limit ? [...lines, `    and ${failed.length - limit} more`] : lines
}

/** Sums over all ops. */
export function totalOf(reports: readonly OpReport[]): OpReport {
  const sum = (pick: (report: OpReport) => number): number =>
    reports.reduce((total, report) => total + pick(report), 0)
  return {
    op: `total of ${reports.length} ops`,
    group: '',
    passed: sum((r) => r.passed),
    failed: sum((r) => r.failed),
    notImplemented: sum((r) => r.notImplemented),
    notApplicable: sum((r) => r.notApplicable),
    others: [],
  }
}
