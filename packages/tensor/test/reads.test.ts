// awaitReads: ops that must read, on a device that cannot be waited for.
import { describe, expect, test } from '@jest/globals'
import { awaitReads, bernoulli, linalg, manualSeed, rand, registerBackend, tensor, zeros } from '@tt/tensor'
import type { Tensor } from '@tt/tensor'
import { createReferenceBackend } from '@tt/tensor/testing'

const inner = createReferenceBackend()
let reads = 0
const late = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
registerBackend(inner)
registerBackend({
  ...inner,
  device: 'late',
  canBlock: false,
  async readAsync(...where) {
    reads++
    await late(1)
    return inner.readAsync(...where)
  },
})
const of = (data: Parameters<typeof tensor>[0]): Tensor => tensor(data, { device: 'late' })

describe('awaitReads', () => {
  test('without it the op says what to do', () => {
    expect(() => of([1, 0]).nonzero()).toThrow('Use: await awaitReads(() => nonzero(...))')
    expect(() => linalg.inv(of([[2]]))).toThrow('Use: await awaitReads(() => linalgInvEx(...))')
  })
  test.each<[string, () => Tensor, unknown]>([
    ['masks', () => of([1, 2, 3]).at(of([1, 0, 1]).ne(0)), [1, 3]],
    ['maskedSelect', () => of([1, -2, 3]).maskedSelect(of([1, -2, 3]).gt(0)), [1, 3]],
    ['unique', () => of([3, 1, 3]).unique(), [1, 3]],
    ['linalg', () => linalg.inv(of([[2, 0], [0, 4]])), [[0.5, 0], [0, 0.25]]], // prettier-ignore
    ['repeatInterleave', () => of([1, 2]).repeatInterleave(of([2n, 1n])), [1, 1, 2]],
    ['oneHot', () => of([1n, 0n]).oneHot(), [[0, 1], [1, 0]]], // prettier-ignore
    ['a move to the cpu', () => of([1, 2]).add(1).to('reference'), [2, 3]],
    ['item in a program', () => of([1, 2]).mul(of([5]).item()), [5, 10]],
  ])('%s', async (_, run, expected) => {
    expect(await (await awaitReads(run)).tolistAsync()).toEqual(expected)
  })
  test('each read is awaited once, and answers keep their order', async () => {
    const [a, b] = [of([1, 2]), of([3, 4])]
    reads = 0
    expect(await awaitReads(() => [a.tolist(), b.tolist(), a.tolist()])).toEqual([
      [1, 2],
      [3, 4],
      [1, 2],
    ])
    expect(reads).toBe(3)
  })
  test('an answer may be changed by its reader', async () => {
    const a = of([1, 2])
    const run = (): ArrayLike<number | bigint> => {
      const values = a.toTypedArray() as Float32Array
      values[0] += 10
      a.toTypedArray()
      return values
    }
    expect(Array.from(await awaitReads(run))).toEqual([11, 2])
  })
  test('random numbers are those of one run', async () => {
    manualSeed(0)
    const wanted = rand([2], { device: 'reference' }).tolist()
    manualSeed(0)
    const got = await awaitReads(() => {
      const x = rand([2], { device: 'reference' })
      bernoulli(of([0.5, 0.5]))
      return x.tolist()
    })
    expect(got).toEqual(wanted)
  })
  test('errors come out, at once or after a read, and nothing stays behind', async () => {
    await expect(awaitReads(() => of([1, 2]).view([3]))).rejects.toThrow('view:')
    const fail = (): never => {
      of([1]).item()
      throw new RangeError('mine')
    }
    await expect(awaitReads(fail)).rejects.toThrow('mine')
    expect(() => of([1]).item()).toThrow('cannot be read synchronously')
  })
  test('runs at the same time do not mix', async () => {
    const runs = [1, 2, 3].map((k) => awaitReads(() => of([k]).item() + of([10 * k]).item()))
    expect(await Promise.all(runs)).toEqual([11, 22, 33])
  })
  test('on a device that blocks the function runs once', async () => {
    let runs = 0
    const run = (): number => {
      runs++
      return tensor([7], { device: 'reference' }).item()
    }
    expect(await awaitReads(run)).toBe(7)
    expect(runs).toBe(1)
  })
  test('a device without data stays unreadable', async () => {
    await expect(awaitReads(() => zeros([2], { device: 'meta' }).nonzero())).rejects.toThrow("device 'meta'")
  })
})
