// The modified Bessel function that is a function of torch itself; all others are in special.ts.
import { unary } from '../dispatch/define.ts'
import { i0 as besselI0 } from '../expr/modified-bessel.ts'

/**
 * The modified Bessel function of the first kind of order 0.
 *
 * @example
 * i0(tensor([0, 1])).tolist() // => [1, 1.26607]
 * @see torch.i0
 */
export const i0 = unary('i0', besselI0, { result: 'float' })
