// How arguments of modules are written in their printed form, as Python does.
import { pyRepr, pyTuple } from '@tt/autograd'

/** True or False. */
export const pyBool = (value: boolean): string => (value ? 'True' : 'False')

/** A number that is a float in PyTorch, even if whole: `1.0`. */
export const pyFloat = (value: number): string => pyRepr(value, true)

/** A number; whole ones are ints unless they are the default, which PyTorch has as a float. */
export const pyNumber = (value: number, floatDefault: number | null = null): string =>
  pyRepr(value, value === floatDefault || !Number.isInteger(value))

/** An int, or a tuple of ints; null is None. */
export const pySizes = (value: number | readonly (number | null)[] | null): string =>
  value === null
    ? 'None'
    : typeof value === 'number'
      ? String(value)
      : pyTuple(value.map((n) => (n === null ? 'None' : n)))
