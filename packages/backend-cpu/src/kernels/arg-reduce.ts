// Positions of the largest or smallest elements along a dim.
import type { CoreKernels } from '@tt/tensor'
import { count } from './iteration.ts'
import { addressOf } from './temporaries.ts'
import type { Temporaries } from './temporaries.ts'

type Elements = { [index: number]: number }

/** The argReduce kernel of the backend. */
export function createArgReduce(temporaries: () => Temporaries): CoreKernels['argReduce'] {
  return (mode, input, dim, values, indices) => {
    const total = count(input.shape)
    if (total === 0) return
    temporaries().run((t) => {
      const [x, v, at] = [t.dense(input), values && t.result(values), t.result(indices)]
      const n = input.shape[dim] ?? 1
      const inner = count(input.shape.slice(dim + 1))
      const lines = total / n
      const { buffer } = t.runtime.heap.memory
      const from = new x.dtypeInfo.array(buffer, addressOf(x), total) as unknown as Elements
      const to = new Int32Array(buffer, addressOf(at), lines * 2) // int64: low and high words
      const extremes = v && (new v.dtypeInfo.array(buffer, addressOf(v), lines) as unknown as Elements)
      for (let line = 0; line < lines; line++) {
        const start = Math.floor(line / inner) * n * inner + (line % inner)
        const best = mode === 'max' ? largest(from, start, n, inner) : smallest(from, start, n, inner)
        to[2 * line] = best
        to[2 * line + 1] = 0
        if (extremes) extremes[line] = from[start + best * inner]
      }
    })
  }
}

// NaN counts as the extreme, and the first of equals wins.
function largest(from: Elements, start: number, n: number, stride: number): number {
  let best = from[start]
  let position = 0
  for (let i = 1; i < n && best === best; i++) {
    const x = from[start + i * stride]
    if (!(x <= best)) {
      best = x
      position = i
    }
  }
  return position
}

function smallest(from: Elements, start: number, n: number, stride: number): number {
  let best = from[start]
  let position = 0
  for (let i = 1; i < n && best === best; i++) {
    const x = from[start + i * stride]
    if (!(x >= best)) {
      best = x
      position = i
    }
  }
  return position
}
