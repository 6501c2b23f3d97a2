// The options of printing tensors, and the ones in force.
import { ArgumentError, check } from '../errors.ts'

/** How tensors are printed. */
export interface PrintOptions {
  /** Digits after the point, 0 to 99. */
  precision: number
  /** Number of elements above which a tensor is summarized. */
  threshold: number
  /** Items shown at the beginning and the end of each summarized dim, at least 1. */
  edgeitems: number
  /** Characters per line. */
  linewidth: number
  /** Scientific notation always, never, or (null) where the values call for it. */
  sciMode: boolean | null
}

/** A named set of options. */
export type PrintProfile = 'default' | 'short' | 'full'

const profiles = {
  default: { precision: 4, threshold: 1000, edgeitems: 3, linewidth: 80 },
  short: { precision: 2, threshold: 1000, edgeitems: 2, linewidth: 80 },
  full: { precision: 4, threshold: Infinity, edgeitems: 3, linewidth: 80 },
} satisfies Record<PrintProfile, Omit<PrintOptions, 'sciMode'>>

let current: Readonly<PrintOptions> = { ...profiles.default, sciMode: null }

/** The options in force. @example getPrintOptions().precision // => 4 */
export const getPrintOptions = (): Readonly<PrintOptions> => current

/**
 * Changes the options in force; those not given stay, but `sciMode` goes back to automatic, as in PyTorch.
 *
 * @param options.profile a set to start from
 * @throws ArgumentError if an option is out of range; then nothing is changed
 * @example
 * setPrintOptions({ precision: 2 })
 * setPrintOptions({ profile: 'default' })
 * @see torch.set_printoptions
 */
export function setPrintOptions({
  profile,
  sciMode = null,
  ...given
}: Partial<PrintOptions> & { profile?: PrintProfile } = {}): void {
  check(
    profile === undefined || Object.hasOwn(profiles, profile),
    () =>
      new ArgumentError(
        'setPrintOptions',
        `profile must be 'default', 'short' or 'full', got '${String(profile)}'`,
      ),
  )
  const base = profile === undefined ? current : profiles[profile]
  const {
    precision = base.precision,
    threshold = base.threshold,
    edgeitems = base.edgeitems,
    linewidth = base.linewidth,
  } = given
  checkOption(
    'precision',
    precision,
    'an integer from 0 to 99',
    Number.isInteger(precision) && inRange(precision, 0, 99),
  )
  checkOption('threshold', threshold, 'a number of at least 0', threshold >= 0)
  checkOption(
    'edgeitems',
    edgeitems,
    'an integer of at least 1',
    Number.isInteger(edgeitems) && edgeitems >= 1,
  )
  checkOption('linewidth', linewidth, 'a number of at least 1', linewidth >= 1)
  current = { precision, threshold, edgeitems, linewidth, sciMode }
}

function inRange(value: number, low: number, high: number): boolean {
  return value >= low && value <= high
}

function checkOption(name: string, value: number, rule: string, holds: boolean): void {
  check(holds, () => new ArgumentError('setPrintOptions', `${name} must be ${rule}, got ${String(value)}`))
}
