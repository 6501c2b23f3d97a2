// The matrix product as its sum is written. Convolutions follow from map and reduce.
import { combinationOf, meaningOf, wideType } from '@tt/tensor'
import type { CoreKernels } from '@tt/tensor'
import { Elements, pathOf, walk } from './walk.ts'

export const matmul: CoreKernels['matmul'] = (a, b, bias, out) => {
  const wide = wideType(out.dtypeInfo.compute)
  const { identity: zero, combine: plus } = combinationOf('sum', wide)
  const times = meaningOf('mul', wide) as typeof plus
  const [left, right, target, added] = [a, b, out, bias ?? out].map((operand) => new Elements(operand))
  // From element to element of `out`: along the rows of a, the columns of b.
  const rows = { start: a.offset, strides: a.strides.with(2, 0) }
  const columns = { start: b.offset, strides: b.strides.with(1, 0) }
  const paths = [rows, columns, pathOf(out, out.shape), pathOf(bias ?? out, out.shape)]
  walk(out.shape, paths, ([row, column, place, biasPlace]) => {
    let total = bias === null ? zero : added.get(biasPlace)
    for (let k = 0; k < a.shape[2]; k++) {
      const [x, y] = [left.get(row + k * a.strides[2]), right.get(column + k * b.strides[1])]
      total = plus(total, times(x, y))
    }
    target.set(place, total)
  })
}
