// Matrix product and convolution, as their sums are written.
import type { ConvolutionGeometry, CoreKernels, Operand } from '../../backend/kernels.ts'
import { literal, plus, times } from '../../host/element-value.ts'
import type { ElementValue } from '../../host/element-value.ts'
import { Window, eachIndex } from './window.ts'

export const matmul: CoreKernels['matmul'] = (a, b, bias, out) => {
  const [left, right, target] = [new Window(a), new Window(b), new Window(out)]
  const added = bias && new Window(bias)
  eachIndex(out.shape, (index) => {
    const [batch, row, column] = index
    let total = added ? added.get(index) : literal(0, out.dtypeInfo)
    for (let k = 0; k < a.shape[2]; k++)
      total = plus(total, times(left.get([batch, row, k]), right.get([batch, k, column])))
    target.set(index, total)
  })
}

/** Visits every product of a convolution: the positions in input, weight and output that it joins. */
function eachTap(
  input: Operand,
  weight: Operand,
  output: Operand,
  geometry: ConvolutionGeometry,
  visit: (inputAt: number[], weightAt: number[], outputAt: number[]) => void,
): void {
  const { stride, padding, dilation, groups } = geometry
  const perGroup = weight.shape[0] / groups
  eachIndex(output.shape, (outputAt) => {
    const [batch, channel, ...place] = outputAt
    eachIndex(weight.shape.slice(1), (tap) => {
      const [inner, ...kernel] = tap
      const from = place.map((o, i) => o * stride[i] - padding[i] + kernel[i] * dilation[i])
      if (from.some((position, i) => position < 0 || position >= input.shape[2 + i])) return
      const group = Math.floor(channel / perGroup)
      visit([batch, group * weight.shape[1] + inner, ...from], [channel, ...tap], outputAt)
    })
  })
}

/** Sums in float64 and bigint, written once. */
class Totals {
  readonly #sums = new Map<string, ElementValue>()
  add(index: readonly number[], value: ElementValue): void {
    const key = index.join()
    const sum = this.#sums.get(key)
    this.#sums.set(key, sum === undefined ? value : plus(sum, value))
  }
  writeTo(out: Operand, bias: Window | null = null): void {
    const target = new Window(out)
    eachIndex(out.shape, (index) => {
      const sum = this.#sums.get(index.join()) ?? literal(0, out.dtypeInfo)
      target.set(index, bias ? plus(sum, bias.get([index[1]])) : sum)
    })
  }
}

export const convolution: CoreKernels['convolution'] = (input, weight, bias, out, geometry) => {
  const [x, w, totals] = [new Window(input), new Window(weight), new Totals()]
  eachTap(input, weight, out, geometry, (i, k, o) => totals.add(o, times(x.get(i), w.get(k))))
  totals.writeTo(out, bias && new Window(bias))
}

export const convolutionInput: CoreKernels['convolutionInput'] = (gradient, weight, out, geometry) => {
  const [g, w, totals] = [new Window(gradient), new Window(weight), new Totals()]
  eachTap(out, weight, gradient, geometry, (i, k, o) => totals.add(i, times(g.get(o), w.get(k))))
  totals.writeTo(out)
}

export const convolutionWeight: CoreKernels['convolutionWeight'] = (gradient, input, out, geometry) => {
  const [g, x, totals] = [new Window(gradient), new Window(input), new Totals()]
  eachTap(input, out, gradient, geometry, (i, k, o) => totals.add(k, times(g.get(o), x.get(i))))
  totals.writeTo(out)
}
