// jacobian, hessian and their products, against what is known of linear and quadratic functions, and each other.
import { describe, expect, test } from '@jest/globals'
import {
  Function,
  eye,
  functional,
  grad,
  gradcheck,
  manualSeed,
  ones,
  randn,
  tensor,
  zeros,
} from '@tt/autograd'
import type { FunctionContext, Tensor } from '@tt/autograd'
import './setup.ts'

const { hessian, hvp, jacobian, jvp, vhp, vjp } = functional
const close = (a: Tensor, b: Tensor) => {
  expect(a.shape).toEqual(b.shape)
  expect(a.sub(b).abs().max().item()).toBeLessThan(1e-9)
}
manualSeed(0)
const f64 = { dtype: 'float64' } as const
const a = randn([3, 4], f64)
const q = randn([4, 4], f64)
const x = randn([4], f64)
const bend = (t: Tensor, u: Tensor) => t.sin().mul(u).mul(t.dot(u))
const quadratic = (t: Tensor) => t.dot(q.matmul(t))

describe('jacobian', () => {
  test('of a linear function is its matrix; shapes are those of output and input', () => {
    close(
      jacobian((t) => a.matmul(t), x),
      a,
    )
    const m = randn([4, 2], f64)
    expect(jacobian((t) => a.matmul(t), m).shape).toEqual([3, 2, 4, 2])
  })

  test('lists by output, then by input; zeros where independent', () => {
    const y = randn([2], f64)
    const [[xx, xy], [yx, yy]] = jacobian((t, u) => [t.mul(3), u.square().sum()], [x, y])
    close(xx, eye(4, null, f64).mul(3))
    close(xy, zeros([4, 2], f64))
    close(yx, zeros([4], f64))
    close(yy, y.mul(2))
    const [single] = jacobian((t) => [t.sum()], x)
    close(single, ones([4], f64))
  })

  test('an empty output', () => {
    expect(jacobian((t) => t.narrow(0, 0, 0), x).shape).toEqual([0, 4])
  })

  test('with createGraph it can be differentiated', () => {
    const leaf = randn([3], { ...f64, requiresGrad: true })
    expect(jacobian((t) => t.pow(3), leaf).requiresGrad).toBe(false)
    const fn = (t: Tensor) => jacobian((u) => u.pow(3), t, { createGraph: true })
    expect(gradcheck(fn, leaf)).toBe(true)
  })

  test('does not touch the inputs, nor see captured ones as inputs', () => {
    const leaf = randn([2], { ...f64, requiresGrad: true })
    close(
      jacobian((t) => t.mul(leaf), leaf),
      leaf.diag(),
    )
    expect(leaf.grad).toBeNull()
  })
})

describe('hessian', () => {
  test('of a quadratic form is A + Aᵀ; blocks by pairs of inputs', () => {
    close(hessian(quadratic, x), q.add(q.T))
    const y = randn([4], f64)
    const [[xx, xy], [yx, yy]] = hessian((t, u) => t.dot(q.matmul(u)).add(u.pow(3).sum()), [x, y])
    close(xx, zeros([4, 4], f64))
    close(xy, q)
    close(yx, q.T)
    close(yy, y.mul(6).diag())
  })

  test('the function must give one element', () => {
    expect(() => hessian((t) => t, x)).toThrow(
      'hessian: the function must return one element, got shape [4].',
    )
    expect(() => hessian((t) => [t] as never, x)).toThrow('the function must return one tensor, got object.')
  })
})

describe('products with vectors', () => {
  const [y, v] = [randn([4], f64), randn([4], f64)]
  const [byX, byY] = jacobian(bend, [x, y])

  test('vjp', () => {
    const [value, [gx, gy]] = vjp(bend, [x, y], v)
    close(value, bend(x, y))
    close(gx, v.matmul(byX))
    close(gy, v.matmul(byY))
    expect([value.requiresGrad, gx.requiresGrad]).toEqual([false, false])
    close(vjp((t) => t.square().sum(), x)[1], x.mul(2))
  })

  test('jvp', () => {
    const w = randn([4], f64)
    const [value, product] = jvp(bend, [x, y], [v, w])
    close(value, bend(x, y))
    close(product, byX.matmul(v).add(byY.matmul(w)))
    const [outputs, products] = jvp((t) => [t.mul(2), t.sum()], x, v)
    expect(outputs.map((o) => o.shape)).toEqual([[4], []])
    close(products[0], v.mul(2))
    close(products[1], v.sum())
    close(jvp((t) => t.add(ones([3], f64)), ones([1], f64))[1], ones([3], f64))
  })

  test('vhp and hvp', () => {
    const f = (t: Tensor) => quadratic(t).add(t.pow(4).sum())
    const h = hessian(f, x)
    for (const product of [vhp, hvp]) {
      const [value, result] = product(f, x, v)
      close(value, f(x))
      close(result, h.matmul(v))
    }
    const [, [ofX, ofY]] = hvp((t, u) => t.dot(u.square()), [x, y], [v, zeros([4], f64)])
    close(ofX, zeros([4], f64))
    close(ofY, y.mul(v).mul(2))
  })

  test('with createGraph they can be differentiated', () => {
    const leaf = randn([3], { ...f64, requiresGrad: true })
    const u = randn([3], f64)
    for (const fn of [
      (t: Tensor) => vjp((s) => s.exp(), t, u, { createGraph: true })[1],
      (t: Tensor) => jvp((s) => s.exp(), t, u, { createGraph: true })[1],
      (t: Tensor) => vhp((s) => s.exp().sum(), t, u, { createGraph: true })[1],
      (t: Tensor) => hvp((s) => s.exp().sum(), t, u, { createGraph: true })[1],
    ])
      expect(gradcheck(fn, leaf)).toBe(true)
    const vector = u.clone().requiresGrad_()
    const [, product] = vjp((s) => s.exp(), leaf, vector, { createGraph: true })
    close(grad(product.sum(), vector)[0], leaf.exp().detach())
  })

  test('the vector must fit', () => {
    expect(() => vjp(bend, [x, y], ones([3], f64))).toThrow(
      'vjp: v must have the shape of the outputs, got [3] for [4] at position 0.',
    )
    expect(() => jvp(bend, [x, y], v)).toThrow(
      'jvp: v must have one tensor for each of the inputs, got 1 for 2.',
    )
    expect(() => vjp(bend, [x, y])).toThrow(
      'vjp: v may be left out only if the outputs is one tensor of one element, got others.',
    )
    expect(() => vhp((t) => t, x, v)).toThrow('vhp: the function must return one element, got shape [4].')
    expect(() => vjp(bend, [x, 1 as never], v)).toThrow('vjp: inputs must be a tensor or a list of tensors')
  })
})

describe('strict mode', () => {
  const strict = { strict: true }
  const constant = ones([2])
  test.each<[string, () => unknown]>([
    ['jacobian', () => jacobian(() => constant, x, strict)],
    ['jacobian', () => jacobian((t, _u) => t, [x, x], strict)],
    ['jacobian', () => jacobian((t) => t.mul(2), x, { ...strict, createGraph: true })],
    ['hessian', () => hessian((t) => t.sum(), x, strict)],
    ['vjp', () => vjp((t, _u) => t.sum(), [x, x], null, strict)],
    ['jvp', () => jvp((t, _u) => t, [x, x], [x, x], strict)],
    ['vhp', () => vhp((t) => t.sum(), x, x, strict)],
    ['hvp', () => hvp((t) => t.sum(), x, x, strict)],
  ])('%s throws where something is independent', (_name, run) => {
    expect(run).toThrow('in strict mode')
  })

  test('passes where all depend on all', () => {
    close(
      jacobian((t) => t.square(), x, strict),
      x.mul(2).diag(),
    )
    close(hvp(quadratic, x, x, strict)[1], q.add(q.T).matmul(x))
  })
})

test('gradcheck notices a backward that does not repeat', () => {
  class Shaky extends Function {
    static forward(_context: FunctionContext, t: Tensor) {
      return t.clone()
    }
    static backward(_context: FunctionContext, g: Tensor) {
      return g.add(randn(g.shape, f64).mul(1e-7))
    }
  }
  const leaf = randn([2], { ...f64, requiresGrad: true })
  expect(() => gradcheck((t) => Shaky.apply(t), leaf)).toThrow(
    'backward must give the same gradient each time',
  )
  expect(gradcheck((t) => Shaky.apply(t), leaf, { raiseException: false })).toBe(false)
  expect(gradcheck((t) => Shaky.apply(t), leaf, { nondetTol: 1e-5 })).toBe(true)
})

test('modes that are not there are refused', () => {
  expect(() => jacobian((t) => t, x, { vectorize: true } as never)).toThrow(
    'jacobian: options must be among [createGraph, strict], got vectorize: true. There is no vectorised or forward mode.',
  )
  expect(() => hessian(quadratic, x, { outerJacobianStrategy: 'forward-mode' } as never)).toThrow(
    'forward-mode',
  )
  expect(() => gradcheck((t) => t, x, { fastMode: true } as never)).toThrow(
    'gradcheck: options must be among [eps, atol, rtol, nondetTol, raiseException], got fastMode.',
  )
  close(
    jacobian((t) => t.mul(tensor(2, f64)), x, { vectorize: false } as never),
    eye(4, null, f64).mul(2),
  )
})
