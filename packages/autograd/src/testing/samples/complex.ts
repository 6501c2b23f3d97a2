// Complex numbers: their gradients are those of the real tensors that hold their parts.
import * as tt from '../../index.ts'
import type { Tensor } from '../../index.ts'
import { real } from './sample.ts'
import type { Results, Sample } from './sample.ts'

/** Of complex tensors of these shapes; leaves and results are real ones, with a last dim for the parts. */
export const ofComplex = (
  name: string,
  shapes: readonly number[][],
  fn: (...zs: Tensor[]) => Results,
): Sample => [
  name,
  shapes.map((shape) => real(...shape, 2)),
  (...parts) =>
    [fn(...parts.map(tt.viewAsComplex))].flat().map((y) => (tt.isComplex(y) ? tt.viewAsReal(y) : y)),
]
const functions = [
  ...['exp', 'log', 'log2', 'log10', 'sqrt', 'rsqrt', 'reciprocal', 'square', 'sigmoid', 'sin', 'cos', 'tan'],
  ...['sinh', 'cosh', 'tanh', 'tanhshrink', 'asin', 'acos', 'atan', 'asinh', 'acosh', 'atanh', 'sinc'],
  ...['abs', 'angle', 'sgn', 'conj', 'neg', 'softsign'],
] as const
const byName = tt as unknown as Readonly<Record<string, (z: Tensor) => Tensor>>

export const complex: readonly Sample[] = [
  ['complex', [real(2, 3), real(3)], (x, y) => tt.viewAsReal(tt.complex(x, y))],
  ['polar', [real(2, 3), real(3)], (r, angle) => tt.viewAsReal(tt.polar(r, angle))],
  ...functions.map((name) => ofComplex(name, [[4]], (z) => byName[name](z))),
  ofComplex('real, imag, views', [[2, 3]], (z) => [
    z.real(),
    z.imag().t(),
    z.mH,
    z.select(0, 1),
    z.adjoint(),
  ]),
  ofComplex('arithmetic', [[2, 3], [3]], (z, w) => [
    z.add(w, { alpha: new tt.Complex(1, 2) }),
    z.sub(w),
    z.mul(w),
    z.div(w),
    z.pow(w),
  ]),
  ofComplex('powers', [[3]], (z) => [
    z.pow(3),
    z.pow(0.5),
    z.pow(-2),
    z.pow(new tt.Complex(1, 0.5)),
    tt.pow(2 as never, z),
  ]),
  ofComplex('addcmul, addcdiv, lerp, where', [[3], [3], [3]], (a, b, c) => [
    tt.addcmul(a, b, c, { value: 2 }),
    tt.addcdiv(a, b, c),
    a.lerp(b, c),
    tt.where(tt.tensor([true, false, true]), a, b),
    a.maskedFill(tt.tensor([true, false, true]), 0),
    a.ldexp(c),
  ]),
  [
    'of real and complex',
    [real(3), real(3, 2)],
    (x, parts) => {
      const z = tt.viewAsComplex(parts)
      return [x.mul(z), z.div(x), x.mul(new tt.Complex(0, 2)), x.to(z.dtype).mul(z), x.pow(z)].map(
        tt.viewAsReal,
      )
    },
  ],
  ofComplex('in place', [[3], [3]], (z, w) => [z.mul(1).mul_(w), z.mul(1).conjPhysical_().add_(w)]),
  ofComplex('in place through the parts', [[3], [3]], (z, w) => {
    const y = z.mul(1)
    y.real().mul_(w.imag())
    tt.viewAsReal(y).select(1, 1).exp_()
    return y
  }),
  [
    'in place through the complex view',
    [real(3, 2), real(3, 2)],
    (x, parts) => {
      const y = x.mul(1)
      tt.viewAsComplex(y).mul_(tt.viewAsComplex(parts))
      return [y, tt.viewAsReal(tt.viewAsComplex(y).select(0, 1))]
    },
  ],
  ofComplex('reductions', [[2, 3]], (z) => [
    z.sum(0),
    z.mean(),
    z.prod(1),
    z.prod(),
    z.var(),
    z.std(1),
    z.norm(),
    z.norm(1, 0),
    z.cumsum(1),
    z.cumprod(1),
  ]),
  ofComplex('products', [[2, 3], [3, 4], [4]], (a, b, v) => [
    a.mm(b),
    b.mv(v),
    v.dot(b.select(0, 1)),
    v.vdot(b.select(0, 0)),
  ]),
  ofComplex(
    'batched products',
    [
      [2, 2, 3],
      [2, 3, 2],
      [2, 2],
    ],
    (a, b, c) => [
      a.bmm(b),
      c.baddbmm(a, b, { beta: new tt.Complex(0, 1), alpha: 2 }),
      c.addmm(a.select(0, 0), b.select(0, 0)),
    ],
  ),
  ofComplex('linear', [[2, 3], [4, 3], [4]], (x, w, b) => tt.linear(x, w, b)),
  ofComplex('convolutions', [[1, 2, 5], [2, 2, 3], [2]], (x, w, b) => [
    tt.conv1d(x, w, b, { padding: 1 }),
    tt.convTranspose1d(x, w, b, { stride: 2 }),
  ]),
  ofComplex(
    'indexing',
    [
      [3, 2],
      [2, 2],
    ],
    (z, w) => {
      const at = tt.tensor([2n, 0n])
      return [
        z.indexSelect(0, at),
        z.index([at]),
        z.gather(0, tt.tensor([[1n, 0n]])),
        z.indexAdd(0, at, w),
        z.indexPut([at], w),
        z.scatterAdd(
          0,
          tt.tensor([
            [1n, 0n],
            [1n, 2n],
          ]),
          w,
        ),
        tt.cat([z, w]),
        z.tril(),
        z.flip([0]),
        tt.constantPadNd(w, [1, 0]),
      ]
    },
  ),
]
