// Module: what it finds, how it is walked, moved, saved, hooked.
import '@tt/backend-cpu'
import { describe, expect, test } from '@jest/globals'
import { manualSeed, ones, tensor, zeros } from '@tt/autograd'
import type { Tensor } from '@tt/autograd'
import {
  BatchNorm1d,
  Linear,
  Module,
  ModuleDict,
  ModuleList,
  Parameter,
  ParameterList,
  ReLU,
  Sequential,
  StateDictError,
} from '@tt/nn'

class Net extends Module {
  readonly first = new Linear(2, 3)
  readonly normLayer = new BatchNorm1d(3)
  readonly scale = new Parameter(ones([1]))
  readonly plain = zeros([2])
  readonly nothing: Linear | null = null
  last = new Linear(3, 1)

  override forward(x: Tensor): Tensor {
    return this.last.call(this.normLayer.call(this.first.call(x)).relu()).mul(this.scale)
  }
}

const names = (pairs: readonly (readonly [string, unknown])[]) => pairs.map(([name]) => name)

describe('registration', () => {
  test('finds parameters, buffers and modules in fields, in order', () => {
    const net = new Net()
    expect(names(net.namedParameters())).toEqual([
      'scale',
      'first.weight',
      'first.bias',
      'norm_layer.weight',
      'norm_layer.bias',
      'last.weight',
      'last.bias',
    ])
    expect(names(net.namedBuffers())).toEqual([
      'norm_layer.running_mean',
      'norm_layer.running_var',
      'norm_layer.num_batches_tracked',
    ])
    expect(names(net.namedModules())).toEqual(['', 'first', 'norm_layer', 'last'])
    expect(names(net.namedChildren())).toEqual(['first', 'norm_layer', 'last'])
    expect(names(net.namedParameters({ prefix: 'net', recurse: false }))).toEqual(['net.scale'])
  })

  test('sees fields that are assigned later, and shared modules once', () => {
    const net = new Net()
    const shared = new Linear(1, 1)
    net.last = shared
    const twice = new ModuleList([net.last, shared, net])
    expect(twice.parameters()).toHaveLength(2 + 5)
    expect(names(twice.namedModules())).toEqual(['', '0', '2', '2.first', '2.norm_layer'])
  })

  test('containers give their contents by number and name', () => {
    const dict = new ModuleDict({ fooBar: new Linear(1, 1), act: new ReLU() })
    expect(names(dict.namedParameters())).toEqual(['fooBar.weight', 'fooBar.bias'])
    const list = new ParameterList([zeros([2]), new Parameter(zeros([3]))])
    expect(names(list.namedParameters())).toEqual(['0', '1'])
    const sequential = new Sequential({ hidden: new Linear(2, 2), act: new ReLU() })
    expect(sequential.at('act')).toBe(sequential.at(-1))
    expect(sequential.length).toBe(2)
    expect(() => sequential.at(2)).toThrow('at: the index must be in [-2, 1], got 2.')
  })

  test('registers under computed names', () => {
    const module = new Module()
    module.registerBuffer('table', zeros([2]), { persistent: false })
    module.registerParameter('w', new Parameter(zeros([1])))
    module.addModule('sub', new ReLU())
    expect(names(module.namedBuffers())).toEqual(['table'])
    expect(Object.keys(module.stateDict())).toEqual(['w'])
    expect(() => module.addModule('sub', new ReLU())).toThrow(
      "addModule: name must be new, got 'sub', which Module has already.",
    )
    expect(() => module.addModule('a.b', new ReLU())).toThrow(
      "addModule: name must not be empty or contain a dot, got 'a.b'.",
    )
    expect(module.getSubmodule('sub')).toBeInstanceOf(ReLU)
    expect(() => module.getParameter('x')).toThrow(
      "getParameter: the path must be one of Module, got 'x'. It has: w.",
    )
  })

  test('a module without forward says so', () => {
    expect(() => new Module().call()).toThrow(
      'forward: a module must define what it computes, got none in Module.',
    )
  })
})

describe('modes, moves and gradients', () => {
  test('train and eval reach everything', () => {
    const net = new Net().eval()
    expect(net.modules().every((module) => !module.training)).toBe(true)
    net.train()
    expect(net.normLayer.training).toBe(true)
  })

  test('to casts floating-point tensors in place and keeps the parameters', () => {
    const net = new Net()
    const { weight } = net.first
    const before = weight.tolist()
    net.double()
    expect(net.first.weight).toBe(weight)
    expect(weight.dtype).toBe('float64')
    expect(weight.tolist()).toEqual(before)
    expect(net.normLayer.runningMean!.dtype).toBe('float64')
    expect(net.normLayer.numBatchesTracked!.dtype).toBe('int64')
    expect(net.call(ones([4, 2], { dtype: 'float64' })).dtype).toBe('float64')
    expect(() => net.to('int64')).toThrow(
      'to: the dtype of a module must be a floating-point or complex one, got int64.',
    )
    expect(weight.requiresGrad).toBe(true)
  })

  test('a moved parameter still gets gradients', () => {
    const layer = new Linear(2, 1)
    layer.call(ones([1, 2])).backward()
    layer.double()
    expect(layer.weight.grad!.dtype).toBe('float64')
    layer.call(ones([1, 2], { dtype: 'float64' })).backward()
    expect(layer.weight.grad!.tolist()).toEqual([[2, 2]])
    layer.zeroGrad({ setToNone: false })
    expect(layer.weight.grad!.tolist()).toEqual([[0, 0]])
    layer.zeroGrad()
    expect(layer.weight.grad).toBe(null)
  })

  test('requiresGrad_ freezes, apply visits children first', () => {
    const net = new Net().requiresGrad_(false)
    expect(net.parameters().some((parameter) => parameter.requiresGrad)).toBe(false)
    const seen: string[] = []
    net.apply((module) => seen.push(module.reprName()))
    expect(seen).toEqual(['Linear', 'BatchNorm1d', 'Linear', 'Net'])
  })
})

describe('state dicts', () => {
  test('round trip, in order', () => {
    manualSeed(1)
    const [a, b] = [new Net(), new Net()]
    expect(b.loadStateDict(a.stateDict())).toEqual({ missingKeys: [], unexpectedKeys: [] })
    expect(b.last.weight.tolist()).toEqual(a.last.weight.tolist())
    expect(Object.keys(a.stateDict()).slice(0, 4)).toEqual([
      'scale',
      'first.weight',
      'first.bias',
      'norm_layer.weight',
    ])
    expect(a.stateDict()['last.weight'].requiresGrad).toBe(false)
  })

  test('reports everything and changes nothing', () => {
    const net = new Net()
    const before = net.first.bias!.tolist()
    const { 'last.bias': _, ...state } = net.stateDict()
    const broken = { ...state, 'first.bias': ones([3]), 'first.weight': ones([3, 4]), other: ones([1]) }
    let error: unknown = null
    try {
      net.loadStateDict(broken)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(StateDictError)
    const report = error as StateDictError
    expect(report.missingKeys).toEqual(['last.bias'])
    expect(report.unexpectedKeys).toEqual(['other'])
    expect(report.message).toBe(
      'loadStateDict: the state dict must fit Net, got\n  missing keys: "last.bias"\n  unexpected keys: "other"\n' +
        '  size mismatch for first.weight: [3, 4] in the state dict, [3, 2] in the module\n' +
        'Nothing was loaded. Pass { strict: false } to load only the keys that both have.',
    )
    expect(net.first.bias!.tolist()).toEqual(before)
    const { 'first.weight': __, ...loose } = broken
    expect(net.loadStateDict(loose, { strict: false })).toEqual({
      missingKeys: ['first.weight', 'last.bias'],
      unexpectedKeys: ['other'],
    })
    expect(net.first.bias!.tolist()).toEqual([1, 1, 1])
  })
})

describe('hooks', () => {
  test('see and replace arguments and results, until they are removed', () => {
    const layer = new ReLU()
    const removePre = layer.registerForwardPreHook((_module, [x]) => (x as Tensor).add(1))
    const removePost = layer.registerForwardHook((_module, _args, output) => (output as Tensor).mul(10))
    expect(layer.call(tensor([-2, 1])).tolist()).toEqual([0, 20])
    expect(layer.forward(tensor([-2, 1])).tolist()).toEqual([0, 1])
    removePre()
    removePost()
    expect(layer.call(tensor([-2, 1])).tolist()).toEqual([0, 1])
  })

  test('see and replace gradients in backward', () => {
    const layer = new Linear(2, 1, { bias: false })
    layer.loadStateDict({ weight: tensor([[2, 3]]) })
    const seen: unknown[] = []
    const remove = layer.registerFullBackwardHook((_module, gradInput, gradOutput) => {
      seen.push(
        gradInput.map((g) => g!.tolist()),
        gradOutput.map((g) => g!.tolist()),
      )
      return gradInput[0]!.mul(10)
    })
    const x = ones([1, 2], { requiresGrad: true })
    layer.call(x).sum().backward()
    expect(seen).toEqual([[[[2, 3]]], [[[1]]]])
    expect(x.grad!.tolist()).toEqual([[20, 30]])
    expect(layer.weight.grad!.tolist()).toEqual([[1, 1]])
    remove()
    layer.call(x).sum().backward()
    expect(x.grad!.tolist()).toEqual([[22, 33]])
  })

  test('backward hooks without gradients of the inputs get null', () => {
    const layer = new Linear(2, 1)
    let inputs: unknown = 'not called'
    layer.registerFullBackwardHook((_module, gradInput) => {
      inputs = gradInput
    })
    layer
      .call(ones([1, 2]))
      .sum()
      .backward()
    expect(inputs).toEqual([null])
  })
})
