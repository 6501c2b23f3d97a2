// Gradients of complex numbers at special points, as torch 1.13 has them; what the engine does where real and complex meet.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import * as tt from '@tt/autograd'
import {
  AutogradError,
  Complex,
  Function,
  gradcheck,
  gradgradcheck,
  tensor,
  viewAsComplex,
  viewAsReal,
} from '@tt/autograd'
import type { Tensor } from '@tt/autograd'
import './setup.ts'

type Parts = (number | string)[]
const torch = JSON.parse(
  readFileSync(new URL('fixtures/complex-gradients.json', import.meta.url), 'utf8'),
) as { gradPoints: Parts; weights: Parts; grads: Record<string, Parts> }

const numbers = (parts: Parts): number[] =>
  parts.map((part) => Number(String(part).replace('inf', 'Infinity')))
const ofParts = (parts: Parts): Tensor =>
  viewAsComplex(tensor(numbers(parts), { dtype: 'float64' }).reshape([-1, 2]))
const leaf = (...values: Complex[]): Tensor => tensor(values, { dtype: 'complex128', requiresGrad: true })

describe('as torch', () => {
  test.each(Object.entries(torch.grads))('%s', (name, expected) => {
    const z = ofParts(torch.gradPoints).clone().requiresGrad_()
    const fn = (tt as unknown as Record<string, (z: Tensor) => Tensor>)[name]
    const y = name.startsWith('pow ') ? z.pow(Number(name.slice(4))) : fn(z)
    const weights = ofParts(torch.weights)
    y.backward(y.isComplex() ? weights : weights.real())
    const found = [...viewAsReal(z.grad!).toTypedArray()].map(Number)
    numbers(expected).forEach((e, i) => {
      // torch divides by 0 in two ways: NaN in vectors, infinities elsewhere
      if (Number.isFinite(e)) expect(found[i]).toBeCloseTo(e, 12)
      else expect(Number.isFinite(found[i])).toBe(false)
    })
  })
})

describe('real and complex', () => {
  test('a real tensor that was promoted gets the real part of its gradient', () => {
    const x = tensor([1, 2], { requiresGrad: true })
    x.mul(new Complex(3, 4)).backward(tensor([new Complex(1, 0), new Complex(0, 1)]))
    expect([x.grad!.dtype, x.grad!.tolist()]).toEqual(['float32', [3, 4]]) // Re g · conj(3 + 4i)
  })
  test('a complex tensor whose real part was used gets a complex gradient', () => {
    const z = leaf(new Complex(1, 2))
    z.real().mul(3).sum().backward()
    expect(z.grad!.tolist()).toEqual([new Complex(3, 0)])
    expect(z.to('float64').gradFn).not.toBeNull()
  })
  test('gradients of |z|² are 2z', () => {
    const z = leaf(new Complex(1, 2), new Complex(0, 0))
    z.abs().square().sum().backward()
    expect(z.grad!.tolist()).toEqual([new Complex(2, 4), new Complex(0, 0)])
  })
  test('backward of a complex number needs a gradient', () => {
    const z = leaf(new Complex(1, 2))
    expect(() => z.mul(2).sum().backward()).toThrow(
      new AutogradError(
        'backward',
        'grad can be implicitly created only for real outputs, got complex128. Give a gradient, or take real() or abs() first',
      ),
    )
  })
})

describe('gradcheck', () => {
  const z = (): Tensor => leaf(new Complex(0.3, -0.7), new Complex(1.2, 0.4))
  test('takes complex inputs and outputs', () => {
    expect(gradcheck((x) => [x.exp(), x.abs()], z())).toBe(true)
    expect(gradgradcheck((x, y) => x.mul(y).conj(), [z(), z()])).toBe(true)
  })
  test('notices a gradient without its conjugate', () => {
    class Wrong extends Function {
      static forward(context: tt.FunctionContext, x: Tensor): Tensor {
        context.saveForBackward(x)
        return x.mul(x)
      }
      static backward(context: tt.FunctionContext, g: Tensor): Tensor {
        return g.mul(context.savedTensors[0].mul(2))
      }
    }
    expect(() => gradcheck((x) => Wrong.apply(x) as Tensor, z())).toThrow(AutogradError)
  })
})
