// Eigen- and singular vectors are unique up to their signs (complex ones: phases): brings those of a result to the signs of
// the golden ones.
import { cat, where } from '@tt/tensor'
import type { Tensor } from '@tt/tensor'
import { resultTensor } from './decode.ts'
import { isEncodedTensor } from './format.ts'
import type { GoldenCase } from './format.ts'

// Fields whose columns are vectors; fields whose rows follow the columns of the former.
const columnFields = new Set(['U', 'eigenvectors', 'Q', 'V'])
const rowFields = new Set(['Vh', 'R'])

/**
 * The outputs with column k (row k of Vh and R) of all multiplied by the sign that the first of them needs (rows by its
 * conjugate); columns that only one output has, by their own. The product is differentiated, as the golden cotangents ask.
 */
export function withGoldenSigns(
  outputs: readonly unknown[],
  { names = [], outputs: expected }: GoldenCase,
  device: string,
): readonly unknown[] {
  let shared: Tensor | null = null // [..., 1, K]
  return outputs.map((output, i) => {
    const [golden, isRow] = [expected[i], rowFields.has(names[i])]
    if (!isEncodedTensor(golden) || !(isRow || columnFields.has(names[i]))) return output
    const actual = output as Tensor
    if (actual.numel() === 0 || actual.shape.join() !== golden.shape.join()) return output
    const matrix = isRow ? actual.mH : actual
    const target = resultTensor(golden, device)
    const own = signs(matrix.detach(), isRow ? target.mH : target)
    const count = own.shape[own.ndim - 1]
    const common: Tensor = shared ?? own
    const k = Math.min(count, common.shape[common.ndim - 1])
    const all = cat([common.narrow(-1, 0, k), own.narrow(-1, k, count - k)], -1)
    shared = common
    return actual.mul(isRow ? all.mH : all)
  })
}

function signs(actual: Tensor, expected: Tensor): Tensor {
  const turn = actual.conj().mul(expected).sum([-2], { keepdim: true })
  return where(turn.eq(0), actual.newOnes([]), turn.sgn())
}
