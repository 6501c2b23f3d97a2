// Elementwise functions of two operands beyond arithmetic.
import { binary } from '../dispatch/define.ts'
import { hypotenuse } from '../expr/complex.ts'

/**
 * Larger of two, NaN if either is.
 *
 * @example
 * maximum(tensor([1, NaN]), tensor([2, 0])).tolist() // => [2, NaN]
 * @see torch.maximum
 */
export const maximum = binary('maximum', (x, y) => x.max(y))
/**
 * Smaller of two, NaN if either is.
 *
 * @example
 * minimum(tensor([1, NaN]), tensor([2, 0])).tolist() // => [1, NaN]
 * @see torch.minimum
 */
export const minimum = binary('minimum', (x, y) => x.min(y))
/**
 * Larger of two, the other one where one is NaN.
 *
 * @example
 * fmax(tensor([1, NaN]), tensor([2, 0])).tolist() // => [2, 0]
 * @see torch.fmax
 */
export const fmax = binary('fmax', (x, y) => x.isNaN().select(y, y.isNaN().select(x, x.max(y))))
/**
 * Smaller of two, the other one where one is NaN.
 *
 * @example
 * fmin(tensor([1, NaN]), tensor([2, 0])).tolist() // => [1, 0]
 * @see torch.fmin
 */
export const fmin = binary('fmin', (x, y) => x.isNaN().select(y, y.isNaN().select(x, x.min(y))))
/**
 * Magnitude of self with the sign of other.
 *
 * @example
 * copysign(tensor([1, 2]), tensor([-3, 3])).tolist() // => [-1, 2]
 * @see torch.copysign
 */
export const copysign = binary('copysign', (x, y) => x.copysign(y), { result: 'float' })
/**
 * The angle of the point (other, self), in radians from −π to π.
 *
 * @example
 * atan2(tensor([1, -1]), tensor([0, 0])).tolist() // => [1.5708, -1.5708]
 * @see torch.atan2
 */
export const atan2 = binary('atan2', (x, y) => x.atan2(y), { result: 'float' })
/**
 * √(self² + other²) without overflow.
 *
 * @example
 * hypot(tensor([3]), tensor([4])).tolist() // => [5]
 * @see torch.hypot
 */
export const hypot = binary('hypot', hypotenuse, { refuses: ['int', 'bool'] })
