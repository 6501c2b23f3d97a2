// Rounding, and what is left of it.
import { resultInto } from '../dispatch/out.ts'
import type { OutOption } from '../dispatch/out.ts'
import { inPlaceForm, unary } from '../dispatch/define.ts'
import { ArgumentError, check } from '../errors.ts'
import type { Tensor } from '../tensor.ts'

/** Rounded down. @example floor(tensor([1.7, -1.2])).tolist() // => [1, -2] @see torch.floor */
export const floor = unary('floor', (x) => x.floor(), { refuses: ['bool'] })
/** Rounded up. @example ceil(tensor([1.2, -1.7])).tolist() // => [2, -1] @see torch.ceil */
export const ceil = unary('ceil', (x) => x.ceil(), { refuses: ['bool'] })
/** Rounded towards zero. @example trunc(tensor([1.7, -1.7])).tolist() // => [1, -1] @see torch.trunc */
export const trunc = unary('trunc', (x) => x.trunc(), { refuses: ['bool'] })
/**
 * The part after the point, with the sign of self.
 *
 * @example
 * frac(tensor([1.75, -1.75])).tolist() // => [0.75, -0.75]
 * @see torch.frac
 */
export const frac = unary('frac', (x) => x.sub(x.trunc()), { refuses: ['int', 'bool'] })

const roundWhole = unary('round', (x) => x.round(), { refuses: ['bool'] })
const roundScaled = unary('roundScaled', (x, { scale }) => x.mul(scale).round().div(scale), {
  options: { scale: 1 },
  gradName: 'RoundBackward1',
  refuses: ['int', 'bool'],
})
const roundTens = unary('roundTens', (x, { scale }) => x.div(scale).round().mul(scale), {
  options: { scale: 1 },
  gradName: 'RoundBackward1',
  refuses: ['int', 'bool'],
})
const rounding = (self: Tensor, decimals: number, inPlace: boolean): Tensor => {
  check(
    Number.isInteger(decimals),
    () => new ArgumentError('round', `decimals must be an integer, got ${decimals}`),
  )
  if (decimals === 0) return (inPlace ? roundWhole[inPlaceForm] : roundWhole)(self)
  const form = decimals > 0 ? roundScaled : roundTens
  return (inPlace ? form[inPlaceForm] : form)(self, { scale: 10 ** Math.abs(decimals) })
}

/**
 * Rounded to the nearest whole number, or to `decimals` places; halves go to the even neighbour.
 *
 * @param options `decimals`: places after the point; negative ones round to tens, hundreds, ...
 * @throws ArgumentError unless decimals is an integer
 * @example
 * round(tensor([0.5, 1.5, 2.4])).tolist() // => [0, 2, 2]
 * @see torch.round
 */
export const round = (self: Tensor, { out, decimals = 0 }: { decimals?: number } & OutOption = {}): Tensor =>
  out === undefined
    ? rounding(self, decimals, false)
    : resultInto('round', out, () => round(self, { decimals }))
/** In-place round. @see torch.Tensor.round_ */
export const round_ = (self: Tensor, { decimals = 0 }: { decimals?: number } = {}): Tensor =>
  rounding(self, decimals, true)
