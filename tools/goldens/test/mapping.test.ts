// The one rule by which the runner turns a PyTorch call into a TypeScript one.
import { describe, expect, test } from '@jest/globals'
import { camelCase, findFunction, lastName } from '../src/names.ts'
import { place, placeUnknown, readHeader } from '../src/place.ts'
import type { Encoded } from '../src/format.ts'
import { bind } from '../src/signatures.ts'
import type { Overload } from '../src/signatures.ts'

const tensor = { t: 'float32', shape: [2], stride: [1], offset: 0, data: '' }
const self = { name: 'self', type: 'Tensor' }

/** The call as text: positional values, then options. */
function written(
  overloads: readonly Overload[],
  fn: ((...args: never[]) => unknown) | null,
  args: readonly Encoded[],
  kwargs: Readonly<Record<string, Encoded>> = {},
): string {
  const header = readHeader(fn)
  const binding = bind(overloads, args, kwargs)
  const { positional, options } = binding ? place(binding, header) : placeUnknown(args, kwargs, header)
  const show = (value: unknown): string =>
    value === undefined ? '_' : value === tensor ? 't' : JSON.stringify(value)
  const parts = positional.map((entry) => show(entry?.value))
  if (options.length > 0)
    parts.push(
      `{${options.map(({ parameter, value }) => `${camelCase(parameter.name)}: ${show(value)}`).join(', ')}}`,
    )
  return parts.join(', ')
}

describe('names', () => {
  test.each([
    ['index_add_', 'indexAdd_'],
    ['requires_grad', 'requiresGrad'],
    ['keepdim', 'keepdim'],
    ['conv_transpose2d', 'convTranspose2d'],
    ['atleast_1d', 'atleast1d'],
    ['log_softmax', 'logSoftmax'],
    ['div_', 'div_'],
    ['_stacklevel', '_stacklevel'],
    ['mT', 'mT'],
  ])('%s is %s', (name, expected) => expect(camelCase(name)).toBe(expected))

  test('the last part of a path is the function, getters included', () => {
    expect(lastName('torch.nn.functional.conv2d')).toBe('conv2d')
    expect(lastName('torch.Tensor.mT.__get__')).toBe('mT')
  })

  test('functional falls back to plain functions, unless PyTorch has another one of that name', () => {
    const torch = { softmax: () => 1, unfold: () => 2 }
    const signatures = {
      'torch.nn.functional.unfold': [[{ name: 'input' }, { name: 'kernel_size' }]],
      'torch.Tensor.unfold': [[self, { name: 'dimension' }, { name: 'size' }]],
      'torch.nn.functional.softmax': [[{ name: 'input' }, { name: 'dim' }]],
      'torch.softmax': [[self, { name: 'dim' }]],
    }
    expect(findFunction({ torch, nn: {} }, signatures, 'torch.nn.functional.softmax')).toBe(torch.softmax)
    expect(findFunction({ torch, nn: {} }, signatures, 'torch.nn.functional.unfold')).toBeNull()
    expect(findFunction({ torch, nn: {} }, signatures, 'torch.masked.softmax')).toBeNull()
    expect(findFunction({ torch, nn: {} }, signatures, 'torch.linalg.eig')).toBeNull()
  })
})

describe('headers', () => {
  test('the parameters before the options', () => {
    expect(readHeader((a: unknown, b = [1, 2], { c = 1 }: { c?: number } = {}) => [a, b, c])).toEqual({
      positional: ['a', 'b'],
      takesOptions: true,
      variadic: false,
    })
    expect(readHeader((a: unknown, options: unknown) => [a, options])).toEqual({
      positional: ['a'],
      takesOptions: true,
      variadic: false,
    })
    expect(readHeader((...parts: unknown[]) => parts)).toEqual({
      positional: [],
      takesOptions: false,
      variadic: true,
    })
  })
})

describe('placement', () => {
  const sum: Overload[] = [
    [
      self,
      { name: 'dim', type: 'Optional[List[int]]' },
      { name: 'keepdim', type: 'bool', default: false },
      { name: 'dtype', type: 'Optional[int]', default: null, kwarg_only: true },
    ],
    [self, { name: 'dtype', type: 'Optional[int]', default: null, kwarg_only: true }],
  ]
  const sumHeader = (x: unknown, dim: unknown = null, options = {}): unknown => [x, dim, options]

  test('required ones and dim stay, the rest becomes options', () => {
    expect(written(sum, sumHeader, [tensor, 1, true])).toBe('t, 1, {keepdim: true}')
  })
  test('what PyTorch does by default is left out', () => {
    expect(written(sum, sumHeader, [tensor, 1, false])).toBe('t, 1')
    expect(written(sum, sumHeader, [tensor])).toBe('t')
  })
  test('a parameter of another overload is skipped before the options', () => {
    expect(written(sum, sumHeader, [tensor], { dtype: { dtype: 'float64' } })).toBe(
      't, _, {dtype: {"dtype":"float64"}}',
    )
  })

  const conv: Overload[] = [
    [
      { name: 'input', type: 'Tensor' },
      { name: 'weight', type: 'Tensor' },
      { name: 'bias', type: 'Optional[Tensor]', default: null },
      { name: 'stride', type: 'List[int]', default: [1, 1] },
      { name: 'groups', type: 'int', default: 1 },
    ],
  ]
  test('optional tensors keep their place', () => {
    expect(written(conv, null, [tensor, tensor, null, 2])).toBe('t, t, null, {stride: 2}')
    expect(written(conv, null, [tensor, tensor], { groups: 3 })).toBe('t, t, _, {groups: 3}')
    expect(written(conv, null, [tensor, tensor])).toBe('t, t')
  })

  test('loose sizes become one list where PyTorch allows it', () => {
    const view: Overload[] = [[self, { name: 'size', type: 'List[int]' }]]
    const roll: Overload[] = [
      [self, { name: 'shifts', type: 'List[int]' }, { name: 'dims', type: 'List[int]', default: [] }],
    ]
    expect(written(view, null, [tensor, 2, 3])).toBe('t, [2,3]')
    expect(written(view, null, [tensor, -1])).toBe('t, [-1]')
    expect(written(view, null, [tensor, { tuple: [2, 3] }])).toBe('t, {"tuple":[2,3]}')
    expect(
      written(roll, (x: unknown, shifts: unknown, dims: unknown) => [x, shifts, dims], [tensor, 1, 0]),
    ).toBe('t, 1, 0')
  })

  test('optional arguments that the function itself takes by position stay', () => {
    const flatten: Overload[] = [
      [self, { name: 'start_dim', type: 'int', default: 0 }, { name: 'end_dim', type: 'int', default: -1 }],
    ]
    expect(
      written(flatten, (x: unknown, startDim = 0, endDim = -1) => [x, startDim, endDim], [tensor], {
        end_dim: 1,
      }),
    ).toBe('t, _, 1')
  })

  test('to() takes one object of what PyTorch takes one by one', () => {
    const to: Overload[] = [
      [
        self,
        { name: 'device', type: 'Device' },
        { name: 'dtype', type: 'int' },
        { name: 'copy', type: 'bool', default: false },
      ],
      [self, { name: 'dtype', type: 'int' }, { name: 'copy', type: 'bool', default: false }],
    ]
    const header = (x: unknown, target: unknown): unknown => [x, target]
    const [cpu, half] = [{ device: 'cpu' }, { dtype: 'float16' }]
    expect(written(to, header, [tensor, half])).toBe('t, {"dtype":"float16"}')
    expect(written(to, header, [tensor, cpu, half, true])).toBe(
      't, {device: {"device":"cpu"}, dtype: {"dtype":"float16"}, copy: true}',
    )
    expect(written(to, header, [tensor, half], { copy: true })).toBe(
      't, {dtype: {"dtype":"float16"}, copy: true}',
    )
  })
})

describe('overloads', () => {
  const max: Overload[] = [
    [self, { name: 'other', type: 'Tensor' }],
    [self],
    [self, { name: 'dim', type: 'int' }, { name: 'keepdim', type: 'bool', default: false }],
  ]
  test('the first that takes the arguments', () => {
    expect(bind(max, [tensor], {})?.overload).toBe(max[1])
    expect(bind(max, [tensor, tensor], {})?.overload).toBe(max[0])
    expect(bind(max, [tensor, 1], { keepdim: true })?.overload).toBe(max[2])
    expect(bind(max, [tensor, { float: 1 }], {})).toBeNull()
    expect(bind(max, [tensor, 1], { unknown: true })).toBeNull()
  })
  test('input is another name of self', () => {
    expect(bind(max, [], { input: tensor, dim: 0 })?.overload).toBe(max[2])
  })
})
