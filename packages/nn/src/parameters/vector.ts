// All parameters as one vector, and back.
import { ShapeError, cat, check, withGradMode } from '@tt/autograd'
import type { Tensor } from '@tt/autograd'

/**
 * The elements of all parameters, one after the other, in one 1-dim tensor. Gradients flow through.
 *
 * @example
 * parametersToVector([tensor([[1], [2]]), tensor([3])]).tolist() // => [1, 2, 3]
 * @see torch.nn.utils.parameters_to_vector
 */
export const parametersToVector = (parameters: Iterable<Tensor>): Tensor =>
  cat([...parameters].map((parameter) => parameter.reshape([-1])))

/**
 * Copies the elements of a vector into the parameters.
 *
 * @param vector 1-dim, as many elements as the parameters have together
 * @throws ShapeError otherwise; nothing is changed
 * @example
 * const w = new Parameter(zeros([2, 1]))
 * vectorToParameters(tensor([1, 2]), [w])
 * w.tolist() // => [[1], [2]]
 * @see torch.nn.utils.vector_to_parameters
 */
export function vectorToParameters(vector: Tensor, parameters: Iterable<Tensor>): void {
  const list = [...parameters]
  const count = list.reduce((sum, parameter) => sum + parameter.numel(), 0)
  check(
    vector.ndim === 1 && vector.numel() === count,
    () =>
      new ShapeError(
        'vectorToParameters',
        `the vector must have one dim of ${count} elements, got [${vector.shape.join(', ')}]`,
      ),
  )
  withGradMode(false, () => {
    let start = 0
    for (const parameter of list) {
      parameter.copy_(vector.narrow(0, start, parameter.numel()).view(parameter.shape))
      start += parameter.numel()
    }
  })
}
