// Numbers and other literals as Python writes them: repr(float), '{:.4f}' and '{:.4e}'.

/**
 * A number as Python's `repr` writes it.
 *
 * @param isFloat true: a Python float (`2.0`); false: an int; absent: an int if it is a safe integer, else a float
 * @example
 * pyRepr(1e-5)    // => '1e-05'
 * pyRepr(2)       // => '2'
 * pyRepr(2, true) // => '2.0'
 * pyRepr(Infinity) // => 'inf'
 */
export function pyRepr(value: number, isFloat?: boolean): string {
  if (!Number.isFinite(value)) return nonFinite(value)
  if (isFloat === false || (isFloat === undefined && Number.isSafeInteger(value) && !Object.is(value, -0))) {
    return BigInt(value).toString()
  }
  const sign = isNegative(value) ? '-' : ''
  // The shortest digits that read back as the same number, in JavaScript as in Python.
  const [significand, exponentText] = Math.abs(value).toExponential().split('e')
  const exponent = Number(exponentText)
  const digits = significand.replace('.', '')
  if (exponent < -4 || exponent >= 16) return `${sign}${significand}e${pyExponent(exponent)}`
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0')
  return `${sign}${whole}.${digits.slice(exponent + 1) || '0'}`
}

/** What `pyLiteral` can write. */
export type PyValue = number | bigint | boolean | string | null | undefined | readonly PyValue[]

/**
 * A value as Python's `repr` writes it; arrays become tuples, null and undefined None.
 *
 * @example
 * pyLiteral([3, 3]) // => '(3, 3)'
 * pyLiteral(true)   // => 'True'
 */
export function pyLiteral(value: PyValue): string {
  if (value === null || value === undefined) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'number') return pyRepr(value)
  if (typeof value === 'string') return pyString(value)
  return pyTuple(value.map(pyLiteral))
}

/**
 * Items, already written, as a Python tuple: `()`, `(2,)`, `(2, 3)`.
 *
 * @example
 * pyTuple([2]) // => '(2,)'
 * pyTuple([2, 3]) // => '(2, 3)'
 */
export function pyTuple(items: readonly (string | number)[]): string {
  return items.length === 1 ? `(${items[0]},)` : `(${items.join(', ')})`
}

/**
 * A number as Python's `'{:.Nf}'` writes it: rounded exactly, ties to even (`toFixed` rounds them up).
 *
 * @param digits after the point, 0 to 100
 * @example
 * formatFixed(0.03125, 4) // => '0.0312'
 */
export function formatFixed(value: number, digits: number): string {
  if (!Number.isFinite(value)) return nonFinite(value)
  const sign = isNegative(value) ? '-' : ''
  const size = Math.abs(value)
  if (size >= 1e21) return `${sign}${BigInt(size)}${digits > 0 ? `.${'0'.repeat(digits)}` : ''}`
  const text = size.toFixed(digits)
  return sign + (isTie(size, digits) ? evenDown(text) : text)
}

/**
 * A number as Python's `'{:.Ne}'` writes it: ties to even, an exponent of at least two digits.
 *
 * @param digits after the point, 0 to 99
 * @example
 * formatExponential(12345, 2) // => '1.23e+04'
 */
export function formatExponential(value: number, digits: number): string {
  if (!Number.isFinite(value)) return nonFinite(value)
  const sign = isNegative(value) ? '-' : ''
  const size = Math.abs(value)
  const [significand, exponent] = size.toExponential(digits).split('e')
  const rounded = isTie(size, digits - Number(exponent)) ? evenDown(significand) : significand
  return `${sign}${rounded}e${pyExponent(Number(exponent))}`
}

/** Whether a number is exactly halfway between two multiples of 10^-decimals. */
function isTie(size: number, decimals: number): boolean {
  if (decimals >= 0) return (size * 2 ** (decimals + 1)) % 2 === 1 // 2·10^d·x is an odd integer when 2·2^d·x is
  if (!Number.isInteger(size)) return false
  const unit = 10n ** BigInt(-decimals)
  const doubled = 2n * BigInt(size)
  return doubled % unit === 0n && (doubled / unit) % 2n === 1n
}

/** Takes back the rounding up of a tie where it made the last digit odd (that needs no borrow). */
function evenDown(text: string): string {
  const last = Number(text.at(-1))
  return last % 2 === 1 ? text.slice(0, -1) + String(last - 1) : text
}

function pyExponent(exponent: number): string {
  return `${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
}

function nonFinite(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  return value > 0 ? 'inf' : '-inf'
}

function isNegative(value: number): boolean {
  return value < 0 || Object.is(value, -0)
}

function pyString(value: string): string {
  const quote = value.includes("'") && !value.includes('"') ? '"' : "'"
  const escaped = value
    .replaceAll('\\', '\\\\')
    .replaceAll(quote, `\\${quote}`)
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
  return quote + escaped + quote
}
