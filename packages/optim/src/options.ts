// Checks of the options that optimizers share.
import { ArgumentError, check } from '@tt/autograd'

/** Throws unless the number is at least 0. */
export function checkAtLeastZero(op: string, name: string, value: number): void {
  check(value >= 0, () => new ArgumentError(op, `${name} must be at least 0, got ${value}`))
}

/** Throws unless the number is in [0, 1). */
export function checkFraction(op: string, name: string, value: number): void {
  check(value >= 0 && value < 1, () => new ArgumentError(op, `${name} must be in [0, 1), got ${value}`))
}

/** −1 to maximize, 1 to minimize: the factor of the gradient. */
export const directionOf = ({ maximize }: { maximize: boolean }): number => (maximize ? -1 : 1)
