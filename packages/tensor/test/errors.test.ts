// The text of errors: `op: rule, got actual. Fix.`
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import {
  ArgumentError,
  DTypeError,
  IndexError,
  ShapeError,
  TtError,
  arange,
  cat,
  matmul,
  ones,
  registerBackend,
  setDefaultDevice,
  tensor,
  zeros,
} from '@tt/tensor'
import { createReferenceBackend } from '@tt/tensor/testing'

beforeAll(() => {
  registerBackend(createReferenceBackend())
  setDefaultDevice('reference')
})

type Failure = [string, () => unknown, new (...args: never[]) => Error, string]

test.each<Failure>([
  [
    'shapes of a product',
    () => matmul(ones([2, 3]), ones([4, 5])),
    ShapeError,
    'matmul: the last dim of the first operand must equal the second-to-last of the second, got [2, 3] and [4, 5].',
  ],
  [
    'shapes that do not broadcast',
    () => ones([2, 3]).mul(ones([2])),
    ShapeError,
    'mul: sizes must be equal or 1 in each dim, got [2, 3] and [2] (3 and 2 in dim 1). Reshape or expand one of them.',
  ],
  [
    'a size that does not fit',
    () => ones([6]).view([4, 2]),
    ShapeError,
    'view: shape [4, 2] is invalid for input of size 6.',
  ],
  ['a dim', () => ones([2, 3]).sum(2), IndexError, 'sum: dim must be in the range of [-2, 1], got 2.'],
  [
    'a position',
    () => ones([2, 3]).select(1, 3),
    IndexError,
    'select: index must be in the range of [-3, 2] for dim 1 of size 3, got 3.',
  ],
  [
    'ragged data',
    () => tensor([[1, 2], [3]]),
    ArgumentError,
    'tensor: nested arrays must have equal lengths, got [2] at 0 and [1] at 1.',
  ],
  [
    'no data',
    () => tensor([1, null as never]),
    ArgumentError,
    'tensor: data must be numbers, booleans, bigints or Complex, got null.',
  ],
  [
    'an operand',
    () => ones([2]).add('1' as never),
    DTypeError,
    'add: inputs must be tensors or numbers, got string. Make a tensor of it: tensor(...).',
  ],
  [
    'an option',
    () => ones([2]).add(1, { alfa: 2 } as never),
    DTypeError,
    'add: options must be among [alpha], got alfa.',
  ],
  [
    'a dtype',
    () => zeros([2], { dtype: 'float33' as never }),
    DTypeError,
    "zeros: dtype must be one of [bool, uint8, int8, int16, int32, int64, float16, bfloat16, float32, float64, complex64, complex128], got 'float33'.",
  ],
  ['the mean of integers', () => arange(3).mean(), DTypeError, 'mean:'],
  [
    'a step',
    () => arange(0, 3, 0),
    ArgumentError,
    'arange: step must be a finite number other than 0, got 0.',
  ],
  [
    'several elements',
    () => ones([2]).item(),
    ShapeError,
    'item: only a tensor of one element has an item, got shape [2]. Use tolist().',
  ],
  [
    'an empty extreme',
    () => zeros([0]).max(),
    IndexError,
    'max: the tensor must not be empty, got shape [0]. Give a dim.',
  ],
  ['no tensors', () => cat([]), TtError, 'cat:'],
  [
    'a gradient without the engine',
    () => ones([2]).requiresGrad_(),
    TtError,
    "requiresGrad_: no autograd engine is loaded. Add: import '@tt/autograd'.",
  ],
])('%s', (_, run, kind, message) => {
  let thrown: unknown = null
  try {
    run()
  } catch (error) {
    thrown = error
  }
  expect(thrown).toBeInstanceOf(kind)
  expect(thrown).toBeInstanceOf(TtError)
  expect((thrown as Error).message).toContain(message)
  expect((thrown as Error).name).toBe((thrown as Error).constructor.name)
  expect((thrown as TtError).op).toBe((thrown as Error).message.split(':')[0])
})

describe('in a program of its own', () => {
  const root = join(import.meta.dirname, '..', '..', '..')
  const run = (source: string): string => {
    const { stderr, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', source], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, NODE_OPTIONS: '' },
    })
    return stdout + stderr
  }

  test('without a backend, the first op says which package to install and import', () => {
    const text = run(
      "import { ones } from '@tt/tensor'; try { ones([2]) } catch (error) { console.log(String(error)) }",
    )
    expect(text.trim()).toBe(
      "DeviceError: ones: a backend must be registered for device 'cpu', got only [meta]. " +
        "Install and import it: npm install @tt/backend-cpu; import '@tt/backend-cpu'.",
    )
  })

  test('an unknown device says how to register one', () => {
    const text = run(
      "import { ones } from '@tt/tensor'; try { ones([2], { device: 'tpu' }) } catch (error) { console.log(String(error)) }",
    )
    expect(text.trim()).toBe(
      "DeviceError: ones: a backend must be registered for device 'tpu', got only [meta]. Register one: registerBackend(backend).",
    )
  })

  test('a second copy of the package is an error, not a silent split', () => {
    const text = run(
      "globalThis[Symbol.for('@tt/tensor')] = { version: '0.0.1' }; try { await import('@tt/tensor') } catch (error) { console.log(String(error)) }",
    )
    expect(text).toContain(
      'DeviceError: @tt/tensor: only one copy may be loaded, got a second (versions 0.0.1 and 0.1.0).',
    )
    expect(text).toContain('npm ls @tt/tensor')
  })
})
