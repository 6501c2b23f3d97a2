// Anomaly mode: NaN, errors and changed tensors come with the lines that are to blame.
import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, jest, test } from '@jest/globals'
import { Function, detectAnomaly, grad, isAnomalyEnabled, ones, setDetectAnomaly, tensor } from '@tt/autograd'
import type { FunctionContext, Tensor } from '@tt/autograd'
import './setup.ts'

const leaf = (data: number | number[]): Tensor => tensor(data, { requiresGrad: true })
const source = readFileSync(import.meta.filename, 'utf8').split('\n')
/** The text of the lines that a message points to in this file, in order. */
const linesIn = (message: string): string[] =>
  [...message.matchAll(/anomaly\.test\.ts:(\d+)/g)].map(([, line]) => source[Number(line) - 1].trim())
const messageOf = (fn: () => void): string => {
  try {
    fn()
  } catch (error) {
    return (error as Error).message
  }
  return ''
}

afterEach(() => {
  expect(isAnomalyEnabled()).toBe(false)
})

describe('detectAnomaly', () => {
  test('names the op and the line of its forward call where NaN appears first', () => {
    const x = leaf([0, 1])
    const message = messageOf(() =>
      detectAnomaly(() => {
        const root = x.mul(0).sqrt() // to blame
        root.mul(0).exp().sum().backward()
      }),
    )
    expect(message).toContain(
      'backward: gradients must have no NaN in anomaly mode, got NaN from SqrtBackward0 for its input 0.',
    )
    expect(linesIn(message)[0]).toContain('// to blame')
    expect(message).not.toMatch(/tensor.src|autograd.src/)
    expect(x.grad).toBeNull()
  })

  test('infinities pass, and so does NaN without checkNan or outside', () => {
    const x = leaf([0])
    detectAnomaly(() => x.sqrt().backward())
    expect(x.grad!.tolist()).toEqual([Infinity])
    x.grad = null
    using _mode = detectAnomaly({ checkNan: false })
    x.sqrt().mul(0).backward()
    expect(x.grad!.tolist()).toEqual([NaN])
    _mode.end()
    x.sqrt().mul(0).backward()
    expect(x.grad!.tolist()).toEqual([NaN])
  })

  test('a changed saved tensor: the lines of the op that saved it and of the one that changed it', () => {
    const x = leaf([1, 2])
    const run = () => {
      const y = x.mul(1)
      const z = y.square() // saved here
      y.add_(1) // changed here
      z.sum().backward()
    }
    const plain = messageOf(run)
    expect(plain).toContain('saved by PowBackward0, changed by add_')
    expect(plain).toContain('detectAnomaly() tells the lines of both.')
    expect(linesIn(plain)).toEqual([])
    const message = messageOf(() => detectAnomaly(run))
    const lines = linesIn(message)
    expect(lines[0]).toContain('// saved here')
    expect(lines.find((line) => line.includes('// changed here'))).toBeDefined()
    expect(message).toContain('The forward call of PowBackward0:\n')
    expect(message).toContain('The call of add_:\n')
  })

  test('what was done before the mode has no line', () => {
    const x = leaf([1])
    const y = x.mul(1)
    const z = y.square()
    y.add_(1)
    const message = messageOf(() => detectAnomaly(() => z.backward()))
    expect(message).toContain('The forward call of PowBackward0 is not known')
    expect(message).toContain('The call of add_ is not known')
  })

  test('an error in backward is preceded by a warning with the forward call', () => {
    class Broken extends Function {
      static forward(_context: FunctionContext, x: Tensor) {
        return x.clone()
      }
      static backward(): Tensor {
        throw new RangeError('mine')
      }
    }
    const warn = jest.spyOn(console, 'warn').mockImplementation(() => {})
    try {
      expect(() =>
        detectAnomaly(() => {
          Broken.apply(leaf([1])).backward() // the call
        }),
      ).toThrow(new RangeError('mine'))
      expect(warn).toHaveBeenCalledTimes(1)
      const message = String(warn.mock.calls[0][0])
      expect(message).toContain('an error was thrown in BrokenBackward')
      expect(linesIn(message)[0]).toContain('// the call')
    } finally {
      warn.mockRestore()
    }
  })

  test('gradients of gradients: the line of the backward, and of the op it belongs to', () => {
    const x = leaf([0])
    const message = messageOf(() =>
      detectAnomaly(() => {
        const y = x.pow(1.5) // the op
        const [dx] = grad(y, x, { createGraph: true }) // the backward
        dx.mul(0).backward()
      }),
    )
    expect(message).toContain('That was in the backward of PowBackward0.')
    const lines = linesIn(message)
    expect(lines[0]).toContain('// the backward')
    expect(lines.some((line) => line.includes('// the op'))).toBe(true)
  })

  test('in-place changes of views are noted too', () => {
    const x = leaf([1, 0])
    const message = messageOf(() =>
      detectAnomaly(() => {
        const y = x.mul(1)
        y.narrow(0, 1, 1).sqrt_() // this line
        y.mul(0).sum().backward()
      }),
    )
    expect(message).toContain('got NaN from CopySlices')
    expect(linesIn(message)[0]).toContain('// this line')
  })
})

describe('setDetectAnomaly', () => {
  test('lasts until switched back, by hand or by its guard', () => {
    setDetectAnomaly(true)
    expect(isAnomalyEnabled()).toBe(true)
    setDetectAnomaly(false)
    expect(isAnomalyEnabled()).toBe(false)
    const guard = setDetectAnomaly(true, { checkNan: false })
    detectAnomaly(() => expect(isAnomalyEnabled()).toBe(true))
    expect(isAnomalyEnabled()).toBe(true)
    guard.end()
    expect(isAnomalyEnabled()).toBe(false)
    expect(ones([1]).add_(1).item()).toBe(2)
  })
})
