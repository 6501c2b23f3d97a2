// Custom functions.
import { describe, expect, test } from '@jest/globals'
import { Function, gradcheck, gradgradcheck, grad, linspace, noGrad, tensor } from '@tt/autograd'
import type { FunctionContext, Tensor } from '@tt/autograd'
import './setup.ts'

const leaf = (data: number | number[]): Tensor => tensor(data, { dtype: 'float64', requiresGrad: true })

class Cube extends Function {
  static forward(context: FunctionContext, x: Tensor) {
    context.saveForBackward(x)
    return x.pow(3)
  }
  static backward(context: FunctionContext, g: Tensor) {
    const [x] = context.savedTensors
    return g.mul(x.square()).mul(3)
  }
}

/** Scales by a number, and answers the sum too; has a note of its own. */
class Scale extends Function {
  static forward(context: FunctionContext, x: Tensor, factor: number) {
    context.factor = factor
    return [x.mul(factor), x.sum()] as const
  }
  static backward(context: FunctionContext, scaled: Tensor, total: Tensor) {
    return [scaled.mul(context.factor as number).add(total), null]
  }
}

describe('Function', () => {
  test('forward, backward, gradients of gradients', () => {
    const x = leaf([1, 2])
    const y = Cube.apply(x)
    expect([y.gradFn!.name, y.requiresGrad, y.tolist()]).toEqual(['CubeBackward', true, [1, 8]])
    y.sum().backward()
    expect(x.grad!.tolist()).toEqual([3, 12])
    expect(gradcheck((t) => Cube.apply(t), [leaf([1, -2, 3])])).toBe(true)
    expect(gradgradcheck((t) => Cube.apply(t), [leaf([1, -2, 3])])).toBe(true)
    expect(noGrad(() => Cube.apply(x)).requiresGrad).toBe(false)
  })

  test('several outputs, other arguments; gradients that do not come are zeros', () => {
    const x = leaf([1, 2])
    const [scaled, total] = Scale.apply(x, 3)
    expect([scaled.tolist(), total.item()]).toEqual([[3, 6], 3])
    expect(grad(scaled.sum(), x, { retainGraph: true })[0].tolist()).toEqual([3, 3])
    expect(grad(total, x, { retainGraph: true })[0].tolist()).toEqual([1, 1])
    expect(grad(total.add(scaled.sum()), x)[0].tolist()).toEqual([4, 4])
  })

  test('setMaterializeGrads(false) gives null; needsInputGrad; markNonDifferentiable', () => {
    const seen: unknown[] = []
    class Two extends Function {
      static forward(context: FunctionContext, a: Tensor, b: Tensor) {
        context.setMaterializeGrads(false)
        const marked = b.mul(2)
        context.markNonDifferentiable(marked)
        seen.push(context.needsInputGrad)
        return [a.mul(2), a.mul(3), marked] as const
      }
      static backward(_context: FunctionContext, g: Tensor, other: Tensor | null) {
        seen.push(other)
        return [g.mul(2), null]
      }
    }
    const x = leaf([1])
    const [y, , z] = Two.apply(x, tensor([2]))
    expect(z.requiresGrad).toBe(false)
    y.sum().backward()
    expect([seen, x.grad!.tolist()]).toEqual([[[true, false], null], [2]])
  })

  test('an input answered as it is, a view of it, and one changed in place', () => {
    class Same extends Function {
      static forward(_context: FunctionContext, x: Tensor) {
        return x
      }
      static backward(_context: FunctionContext, g: Tensor) {
        return g.mul(2)
      }
    }
    const x = leaf([1, 2])
    const same = Same.apply(x)
    expect(same).not.toBe(x)
    same.sum().backward()
    expect([x.isLeaf, x.grad!.tolist()]).toEqual([true, [2, 2]])
    expect(() => same.mul_(2)).toThrow('was made inside a custom Function. Clone the output in its forward.')

    class Double_ extends Function {
      static forward(context: FunctionContext, t: Tensor) {
        context.markDirty(t)
        return t.mul_(2)
      }
      static backward(_context: FunctionContext, g: Tensor) {
        return g.mul(2)
      }
    }
    const w = leaf([1, 2])
    const y = w.mul(3)
    const v = y.slice(0, 0, 1)
    expect(Double_.apply(y)).toBe(y)
    expect([y.gradFn!.name, v.gradFn!.name]).toEqual(['Double_Backward', 'AsStridedBackward0'])
    y.sum().backward()
    expect([y.tolist(), w.grad!.tolist()]).toEqual([
      [6, 12],
      [6, 6],
    ])
  })

  test('saved tensors are checked and freed', () => {
    const x = leaf([1, 2])
    const y = x.mul(1)
    const z = Cube.apply(y).sum()
    y.add_(1)
    expect(() => z.backward()).toThrow('saved by CubeBackward, changed by add_')
    const w = Cube.apply(x).sum()
    w.backward()
    expect(() => w.backward()).toThrow('Trying to backward through the graph a second time')
  })

  test('wrong answers of backward', () => {
    class Many extends Function {
      static forward(_context: FunctionContext, x: Tensor, _n: number) {
        return x.clone()
      }
      static backward(_context: FunctionContext, g: Tensor): (Tensor | null)[] {
        return [g, g]
      }
    }
    class Few extends Many {
      static override backward(_context: FunctionContext, g: Tensor) {
        return [g]
      }
    }
    class Shape extends Many {
      static override backward(_context: FunctionContext, g: Tensor) {
        return [g.reshape([1, 2]).expand([3, 2]).t(), null]
      }
    }
    const x = leaf([1, 2])
    expect(() => Many.apply(x, 1).sum().backward()).toThrow(
      'ManyBackward: backward must answer null for arguments that are no tensors, got a gradient of shape [2] at position 1.',
    )
    expect(() => Few.apply(x, 1).sum().backward()).toThrow(
      'FewBackward: backward returned an incorrect number of gradients: expected 2, got 1.',
    )
    expect(() => Shape.apply(x, 1).sum().backward()).toThrow(
      'backward: the gradient of input 0 of ShapeBackward must have a shape that [2] expands to, got [2, 3].',
    )
  })

  test('the Legendre tutorial follows PyTorch', () => {
    class Legendre extends Function {
      static forward(context: FunctionContext, x: Tensor) {
        context.saveForBackward(x)
        return x.pow(3).mul(5).sub(x.mul(3)).mul(0.5)
      }
      static backward(context: FunctionContext, g: Tensor) {
        const [x] = context.savedTensors
        return g.mul(1.5).mul(x.pow(2).mul(5).sub(1))
      }
    }
    const x = linspace(-Math.PI, Math.PI, 2000)
    const y = x.sin()
    const [a, b, c, d] = [0, -1, 0, 0.3].map((n) => tensor(n, { requiresGrad: true }))
    const losses: number[] = []
    for (let step = 0; step < 10; step++) {
      const loss = a
        .add(b.mul(Legendre.apply(c.add(d.mul(x)))))
        .sub(y)
        .pow(2)
        .sum()
      losses.push(loss.item())
      loss.backward()
      noGrad(() => {
        for (const p of [a, b, c, d]) {
          p.sub_(p.grad!.mul(5e-6))
          p.grad = null
        }
      })
    }
    const expected = [
      461.902587890625, 323.8638916015625, 310.2798156738281, 305.2648010253906, 302.6300048828125,
      300.85003662109375, 299.41912841796875, 298.142578125, 296.93865966796875, 295.7710266113281,
    ]
    losses.forEach((loss, i) => expect(Math.abs(loss - expected[i]) / expected[i]).toBeLessThan(1e-5))
  })
})
