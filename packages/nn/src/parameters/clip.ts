// Gradient clipping.
import { ArgumentError, Tensor, check, stack, withGradMode, zeros } from '@tt/autograd'

const gradients = (parameters: Tensor | Iterable<Tensor>): Tensor[] =>
  (parameters instanceof Tensor ? [parameters] : [...parameters])
    .map(({ grad }) => grad)
    .filter((grad) => grad !== null)

/**
 * Scales all gradients down so that their common norm is at most `maxNorm`.
 *
 * @param parameters those without a gradient do not count
 * @param options normType: the p of the norm, Infinity for the largest element (default 2); errorIfNonfinite: throw
 *   where the norm is NaN or infinite (default false)
 * @returns the norm before, 0-dim
 * @throws ArgumentError with errorIfNonfinite
 * @example
 * const w = new Parameter(tensor([3, 4]))
 * w.pow(2).sum().backward()
 * clipGradNorm_(w, 1).item() // => 10
 * w.grad.tolist() // => [0.6, 0.8]
 * @see torch.nn.utils.clip_grad_norm_
 */
export function clipGradNorm_(
  parameters: Tensor | Iterable<Tensor>,
  maxNorm: number,
  { normType = 2, errorIfNonfinite = false }: { normType?: number; errorIfNonfinite?: boolean } = {},
): Tensor {
  const grads = gradients(parameters)
  if (grads.length === 0) return zeros([])
  return withGradMode(false, () => {
    const total = normOf(stack(grads.map((grad) => normOf(grad.detach(), normType))), normType)
    if (errorIfNonfinite) {
      const norm = total.item()
      check(
        Number.isFinite(norm),
        () => new ArgumentError('clipGradNorm_', `the norm of all gradients must be finite, got ${norm}`),
      )
    }
    const scale = total.add(1e-6).reciprocal().mul(maxNorm).minimum(total.onesLike())
    for (const grad of grads) grad.detach().mul_(scale)
    return total
  })
}

function normOf(x: Tensor, p: number): Tensor {
  if (p === Infinity) return x.abs().amax()
  if (p === 2) return x.mul(x).sum().sqrt()
  if (p === 1) return x.abs().sum()
  return x
    .abs()
    .pow(p)
    .sum()
    .pow(1 / p)
}

/**
 * Limits every element of the gradients to [-clipValue, clipValue].
 *
 * @example
 * const w = new Parameter(tensor([3, 4]))
 * w.pow(2).sum().backward()
 * clipGradValue_(w, 7)
 * w.grad.tolist() // => [6, 7]
 * @see torch.nn.utils.clip_grad_value_
 */
export function clipGradValue_(parameters: Tensor | Iterable<Tensor>, clipValue: number): void {
  withGradMode(false, () => {
    for (const grad of gradients(parameters)) grad.detach().clamp_(-clipValue, clipValue)
  })
}
