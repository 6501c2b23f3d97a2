// Gradients of the pseudo-inverse and of least squares.
import { linalg } from '@tt/tensor'
import type { Tensor } from '@tt/tensor'
import type { Gradients } from '../graph/node.ts'

const adjoint = (x: Tensor): Tensor => x.mH

/** Golub and Pereyra: with K = gᴴ A⁺ (or A⁺ gᴴ), the smaller of both products. */
export function pinvGradient(g: Tensor, pinv: Tensor, a: Tensor): Tensor {
  const [m, n] = a.shape.slice(-2)
  const [gh, ph] = [adjoint(g), adjoint(pinv)]
  if (m <= n) {
    const k = gh.matmul(pinv)
    const kp = k.matmul(ph)
    return kp
      .sub(adjoint(pinv.matmul(k)))
      .sub(a.matmul(pinv).matmul(kp))
      .add(ph.matmul(pinv).matmul(gh.sub(k.matmul(a))))
  }
  const k = pinv.matmul(gh)
  const pk = ph.matmul(k)
  return pk
    .sub(adjoint(k.matmul(pinv)))
    .add(gh.sub(a.matmul(k)).matmul(pinv).matmul(ph))
    .sub(pk.matmul(pinv).matmul(a))
}

/** X = A⁺ B: gB = A⁺ᴴ g, and through A⁺ its gradient g Bᴴ; `b` is null if that of A is not asked for. */
export function lstsqGradients(g: Tensor, a: Tensor, b: Tensor | null): Gradients {
  const pinv = linalg.pinv(a)
  const gb = adjoint(pinv).matmul(g)
  return [b !== null && pinvGradient(g.matmul(adjoint(b)), pinv, a), gb]
}
