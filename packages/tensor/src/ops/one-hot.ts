// Integers as rows with a single 1.
import { ArgumentError, check } from '../errors.ts'
import { asIndex, checkBounds } from '../host/index-bounds.ts'
import { checkReadable } from '../host/reads.ts'
import type { Tensor } from '../tensor.ts'
import { zeros } from './creation.ts'
import { item } from './reading.ts'
import { amax } from './reduce.ts'
import { scatter_ } from './scatter.ts'
import { unsqueeze } from './views.ts'

/**
 * Integers as rows with a single 1.
 *
 * @param numClasses −1: one more than the largest, which must be read
 * @returns int64 [...self.shape, numClasses]
 * @throws DeviceError if it is −1 on a device that cannot be read synchronously
 * @throws ArgumentError for negative classes, or those of at least numClasses
 * @example
 * tensor([1n, 0n]).oneHot().tolist() // => [[0, 1], [1, 0]]
 * @see torch.nn.functional.one_hot
 */
export function oneHot(self: Tensor, numClasses = -1): Tensor {
  const index = asIndex('oneHot', self)
  check(
    numClasses > 0 || numClasses === -1,
    () => new ArgumentError('oneHot', `numClasses must be positive or -1, got ${numClasses}`),
  )
  check(
    numClasses > 0 || self.elementCount > 0,
    () => new ArgumentError('oneHot', 'numClasses must be given for an empty tensor, got -1'),
  )
  if (numClasses === -1) checkReadable('oneHot', 'the largest class', self)
  const classes = numClasses > 0 ? numClasses : Math.max(item(amax(index)), 0) + 1
  checkBounds('oneHot', index, self.ndim, classes)
  return scatter_(
    zeros([...self.shape, classes], { dtype: 'int64', device: self.device }),
    -1,
    unsqueeze(index, -1),
    1,
  )
}
