// What all optimizers share: groups, gradients, state dicts, text, errors.
import '@tt/backend-cpu'
import { describe, expect, test } from '@jest/globals'
import { Complex, ones, tensor, viewAsReal } from '@tt/autograd'
import type { Tensor } from '@tt/autograd'
import { Adadelta, Adagrad, Adam, AdamW, RMSprop, SGD } from '@tt/optim'

const parameter = (values: number[]): Tensor => tensor(values, { requiresGrad: true })

function withGradient(p: Tensor, gradient: number[]): Tensor {
  p.grad = tensor(gradient)
  return p
}

describe('step', () => {
  test('changes parameters with a gradient, in place, without recording', () => {
    const [p, q] = [withGradient(parameter([1, 2]), [1, 1]), parameter([3])]
    const version = p.version
    new SGD([p, q], { lr: 0.5 }).step()
    expect(p.tolist()).toEqual([0.5, 1.5])
    expect(q.tolist()).toEqual([3])
    expect(p.isLeaf && p.requiresGrad && p.gradFn === null).toBe(true)
    expect(p.version).toBe(version + 1)
  })

  test('calls the closure with gradients on and answers its loss', () => {
    const p = parameter([2])
    const optimizer = new SGD([p], { lr: 0.1 })
    const loss = optimizer.step(() => {
      optimizer.zeroGrad()
      const value = p.mul(p).sum()
      value.backward()
      return value
    })
    expect(loss.item()).toBe(4)
    expect(p.item()).toBeCloseTo(1.6)
  })

  test('views of other layouts', () => {
    const base = ones([2, 3])
    const p = base.t().detach().requiresGrad_()
    p.grad = tensor([
      [1, 4],
      [2, 5],
      [3, 6],
    ])
    new SGD([p], { lr: 1 }).step()
    expect(base.tolist()).toEqual([
      [0, -1, -2],
      [-3, -4, -5],
    ])
  })

  test('an option of a group counts from the next step', () => {
    const p = withGradient(parameter([1]), [1])
    const optimizer = new SGD([p], { lr: 0.5 })
    optimizer.paramGroups[0].lr = 0.25
    optimizer.step()
    expect(p.tolist()).toEqual([0.75])
  })

  test('a gradient that was saved for backward is seen as changed', () => {
    const p = parameter([1, 2])
    const loss = p.mul(p).sum()
    p.grad = ones([2])
    new SGD([p], { lr: 0.1 }).step()
    expect(() => loss.backward()).toThrow(/changed|modified/)
  })
})

test('zeroGrad drops gradients, or fills them with zeros', () => {
  const p = withGradient(parameter([1]), [3])
  const optimizer = new SGD([p], { lr: 0.1 })
  const { grad } = p
  optimizer.zeroGrad({ setToNone: false })
  expect(p.grad).toBe(grad)
  expect(grad!.tolist()).toEqual([0])
  optimizer.zeroGrad()
  expect(p.grad).toBe(null)
})

describe('state dicts', () => {
  test('have the layout of PyTorch', () => {
    const p = withGradient(parameter([1, 2]), [1, 1])
    const optimizer = new Adam([{ params: p, weightDecay: 0.1 }, { params: [parameter([1])] }], { lr: 0.01 })
    optimizer.step()
    const { state, param_groups } = optimizer.stateDict()
    expect(Object.keys(state)).toEqual(['0'])
    expect(Object.keys(state['0'])).toEqual(['step', 'exp_avg', 'exp_avg_sq'])
    expect((state['0'].step as Tensor).item()).toBe(1)
    expect(param_groups[0]).toEqual({
      lr: 0.01,
      betas: [0.9, 0.999],
      eps: 1e-8,
      weight_decay: 0.1,
      amsgrad: false,
      maximize: false,
      params: [0],
    })
    expect(param_groups[1].params).toEqual([1])
  })

  test('let training go on as if it had not stopped', () => {
    const run = (steps: number, p: Tensor, optimizer: RMSprop) => {
      for (let i = 0; i < steps; i++) {
        withGradient(p, [Math.sin(i), 1])
        optimizer.step()
      }
    }
    const options = { lr: 0.1, momentum: 0.9, centered: true }
    const p = parameter([1, 2])
    const first = new RMSprop([p], options)
    run(3, p, first)
    const q = p.detach().clone().requiresGrad_()
    const second = new RMSprop([q], { lr: 7, momentum: 0.1 })
    second.loadStateDict(first.stateDict())
    run(3, p, first)
    run(3, q, second)
    expect(q.tolist()).toEqual(p.tolist())
  })

  test('of another shape are refused, and change nothing', () => {
    const p = withGradient(parameter([1]), [1])
    const optimizer = new Adam([p])
    const other = new Adam([withGradient(parameter([1, 2]), [1, 1])], { lr: 1 })
    other.step()
    expect(() => optimizer.loadStateDict(other.stateDict())).toThrow(
      'loadStateDict: exp_avg must have the shape of its parameter, got [2] for [1].',
    )
    expect(optimizer.paramGroups[0].lr).toBe(1e-3)
    const two = new Adam([parameter([1]), parameter([2])])
    expect(() => optimizer.loadStateDict(two.stateDict())).toThrow(
      "loadStateDict: group 0 must have as many parameters as the optimizer's, got 2 and 1.",
    )
  })
})

test('text is that of PyTorch', () => {
  expect(String(new Adam([parameter([1])]))).toBe(`Adam (
Parameter Group 0
    amsgrad: False
    betas: (0.9, 0.999)
    eps: 1e-08
    lr: 0.001
    maximize: False
    weight_decay: 0
)`)
})

test('bad arguments are refused', () => {
  const p = parameter([1])
  expect(() => new SGD([], { lr: 1 })).toThrow('SGD: params must not be empty, got none.')
  expect(() => new SGD([p, p], { lr: 1 })).toThrow(
    'SGD: a parameter must be in one group, got one that is there twice.',
  )
  expect(() => new SGD([p.mul(2)], { lr: 1 })).toThrow(
    'SGD: parameters must be leaves, got the result of an op.',
  )
  expect(() => new SGD([p], { lr: -1 })).toThrow('SGD: lr must be at least 0, got -1.')
  expect(() => new SGD([p], { lr: 1, nesterov: true })).toThrow(
    'SGD: nesterov needs a momentum above 0 and a dampening of 0, got 0 and 0.',
  )
  expect(() => new SGD([p], { lr: 1, weight_decay: 1 } as never)).toThrow(
    'SGD: options must be among [lr, momentum, dampening, weightDecay, nesterov, maximize], got weight_decay.',
  )
  expect(() => new Adam([p], { betas: [1, 0.5] })).toThrow('Adam: betas[0] must be in [0, 1), got 1.')
  expect(() => new SGD(p as never, { lr: 1 })).toThrow(
    'SGD: params must be a list of tensors or of groups, got one tensor.',
  )
})

// Three steps on Σ |p (1 − i)|² + (Re p)³, as torch 1.13 makes them: the parts are numbers of their own.
describe('complex parameters', () => {
  test.each<[string, (p: Tensor) => { zeroGrad(): void; step(): unknown }, number[]]>([
    [
      'SGD',
      (p) => new SGD([p], { lr: 0.1, momentum: 0.9 }),
      [-1.0537587, -1.08, 0.09829028320312505, -0.135],
    ],
    [
      'Adam',
      (p) => new Adam([p], { lr: 0.1 }),
      [0.7025193977518251, 1.7006233916636408, -0.20214011311896957, -0.0302083280255315],
    ],
    [
      'AdamW',
      (p) => new AdamW([p], { lr: 0.1 }),
      [0.6998584052344057, 1.6949445140023638, -0.2009616037262375, -0.030565964174155948],
    ],
    [
      'RMSprop',
      (p) => new RMSprop([p], { lr: 0.1 }),
      [2.571180358139753e-9, 0.30968737669946006, -0.05693475699714989, -0.04639908564714754],
    ],
    [
      'Adagrad',
      (p) => new Adagrad([p], { lr: 0.1 }),
      [0.7840698952935123, 1.775821515010822, -0.28208797301046173, 0.06652789982548832],
    ],
    [
      'Adadelta',
      (p) => new Adadelta([p], { lr: 0.1 }),
      [0.9990294846694122, 1.9990293313919028, -0.4990293842362162, 0.2490299144833201],
    ],
  ])('%s', (_name, make, expected) => {
    const p = tensor([new Complex(1, 2), new Complex(-0.5, 0.25)], {
      dtype: 'complex128',
      requiresGrad: true,
    })
    const optimizer = make(p)
    for (let i = 0; i < 3; i++) {
      optimizer.zeroGrad()
      p.mul(new Complex(1, -1)).abs().square().add(p.real().pow(3)).sum().backward()
      optimizer.step()
    }
    const found = viewAsReal(p.detach()).flatten().tolist() as number[]
    found.forEach((value, i) => expect(value).toBeCloseTo(expected[i], 10))
  })
})
