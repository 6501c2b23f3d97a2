// Divisors and multiples of integers.
import { binary } from '../dispatch/define.ts'

/**
 * The greatest common divisor, never negative.
 *
 * @throws DTypeError for floats and bool
 * @example
 * gcd(tensor([12n, -9n]), tensor([18n, 6n])).tolist() // => [6, 3]
 * @see torch.gcd
 */
export const gcd = binary('gcd', (x, y) => x.gcd(y), { refuses: ['float', 'bool'] })
/**
 * The least common multiple, never negative; 0 if one is 0.
 *
 * @example
 * lcm(tensor([4n, 6n]), tensor([6n, 0n])).tolist() // => [12, 0]
 * @see torch.lcm
 */
export const lcm = binary(
  'lcm',
  (x, y) => {
    const divisor = x.gcd(y)
    return divisor.eq(0).select(0, x.div(divisor).mul(y).abs())
  },
  { refuses: ['float', 'bool'] },
)
