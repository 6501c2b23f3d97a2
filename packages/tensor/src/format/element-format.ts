// How the elements of one tensor are written, chosen from the values that are shown (PyTorch's _Formatter).
import { Complex } from '../complex-number.ts'
import type { PrintOptions } from './print-options.ts'
import { formatExponential, formatFixed } from './python-number.ts'

/** An element as `at` gives it. */
export type Element = number | bigint | boolean | Complex

/** Writes the elements of a tensor, right-aligned to one width. */
export interface ElementFormat {
  readonly width: number
  write(value: Element): string
}

/**
 * The format of a tensor's elements.
 *
 * @param values those that will be shown
 */
export function elementFormat(
  values: readonly Element[],
  isFloat: boolean,
  options: PrintOptions,
): ElementFormat {
  if (values[0] instanceof Complex) return complexFormat(values as readonly Complex[], options)
  return isFloat ? floatFormat(values.map(Number), options) : plainFormat(values)
}

// The parts are formatted apart, each for all numbers; the imaginary ones as wide as they come.
function complexFormat(values: readonly Complex[], options: PrintOptions): ElementFormat {
  const re = floatFormat(
    values.map((z) => z.re),
    options,
  )
  const im = floatFormat(
    values.map((z) => z.im),
    options,
  )
  return {
    width: re.width + im.width + 1,
    write: (value) => {
      const z = value as Complex
      const imaginary = im.write(z.im).trimStart()
      return `${re.write(z.re)}${imaginary.startsWith('-') ? '' : '+'}${imaginary}j`
    },
  }
}

function plainFormat(values: readonly Element[]): ElementFormat {
  let width = 1
  for (const value of values) width = Math.max(width, plain(value).length)
  return { width, write: (value) => plain(value).padStart(width) }
}

function plain(value: Element): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return String(value)
}

function floatFormat(values: readonly number[], { precision, sciMode }: PrintOptions): ElementFormat {
  const finite = values.filter((value) => Number.isFinite(value) && value !== 0)
  const scientific = (value: number) => formatExponential(value, precision)
  const fixed = (value: number) => formatFixed(value, precision)
  // Whole numbers get a point at the end; nan and inf do not, and no width is set aside for them.
  const whole = (value: number) => formatFixed(value, 0) + (Number.isFinite(value) ? '.' : '')

  let smallest = Infinity
  let largest = 0
  for (const value of finite) {
    const size = Math.abs(value)
    if (size < smallest) smallest = size
    if (size > largest) largest = size
  }
  const integral = finite.every(Number.isInteger)
  const wide =
    finite.length > 0 && (largest / smallest > 1000 || largest > 1e8 || (!integral && smallest < 1e-4))
  const natural = wide ? scientific : integral ? whole : fixed
  let width = 1
  for (const value of finite) width = Math.max(width, natural(value).length)

  // A forced notation keeps the width of the natural one, and zeros, inf and nan alone stay as they are, as in PyTorch.
  const automatic = sciMode === null || finite.length === 0
  const forced = automatic ? natural : sciMode ? scientific : integral ? whole : fixed
  return { width, write: (value) => forced(Number(value)).padStart(width) }
}
