// float16 in memory: 2 bytes each where the device has shader-f16, else a float32 word. The same must come out of both;
// which of them runs depends on the adapter.
import { describe, expect, test } from '@jest/globals'
import { fromBuffer, synchronize, tensorToBuffer } from '@tt/backend-webgpu'
import { arange, cat, empty, ones, tensor, where, zeros } from '@tt/tensor'
import type { Tensor } from '@tt/tensor'
import { backend, expectSame, filled, numbers } from './gpu.ts'

const { runtime } = backend
const half = { device: 'webgpu', dtype: 'float16' } as const
const each = runtime.halves ? 2 : 4
const everywhere = { devices: ['webgpu', 'webgpu:other'] }

const valueOf = (bits: number): number => {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023]
  const magnitude =
    exponent === 31
      ? fraction === 0
        ? Infinity
        : NaN
      : exponent === 0
        ? fraction * 2 ** -24
        : (1024 + fraction) * 2 ** (exponent - 25)
  return bits & 0x8000 ? -magnitude : magnitude
}
const isNaNBits = (bits: number): boolean => (bits & 0x7fff) > 0x7c00
const patterns = Uint16Array.from({ length: 65536 }, (_, i) => i)

const bitsOf = async (x: Tensor): Promise<Uint16Array> => (await x.toTypedArrayAsync()) as Uint16Array
const floatsOf = async (x: Tensor): Promise<number[]> => Array.from(await bitsOf(x), valueOf)
const fromBits = (bits: Uint16Array): Tensor => {
  const x = empty([bits.length], half)
  x.storage.backend.write(x.storage.buffer, 0, new Uint8Array(bits.buffer, bits.byteOffset, bits.byteLength))
  return x
}

test('float16: the device has 16-bit floats if the adapter has', () => {
  expect(runtime.halves).toBe(runtime.device.features.has('shader-f16'))
})

describe('float16: every pattern', () => {
  test('comes back as it was written', async () => {
    const x = fromBits(patterns)
    const got = await bitsOf(x)
    // a word that is not a number keeps no more than its sign
    const want = patterns.map((bits) =>
      isNaNBits(bits) && !runtime.halves ? (bits & 0x8000) | 0x7e00 : bits,
    )
    expect(got).toEqual(want)
  })
  test('has its value as float32, and is itself again as float16', async () => {
    const wide = fromBits(patterns).to('float32')
    expect(Array.from((await wide.toTypedArrayAsync()) as Float32Array)).toEqual(
      Array.from(patterns, valueOf),
    )
    const got = await bitsOf(wide.to('float16'))
    expect(got.filter((bits, i) => (isNaNBits(i) ? !isNaNBits(bits) : bits !== i))).toEqual(
      new Uint16Array(0),
    )
  })
})

describe('float16: rounding', () => {
  test('is to nearest, ties to even, and to infinity from 65520 on', async () => {
    const [inputs, wanted]: [number[], number[]] = [[], []]
    const bits = new Uint32Array(1)
    const float = new Float32Array(bits.buffer)
    for (let h = 0; h < 0x7c00; h++) {
      // the next one after the largest would be 65536
      const middle = (valueOf(h) + (h === 0x7bff ? 65536 : valueOf(h + 1))) / 2
      for (const step of [-1, 0, 1]) {
        float[0] = middle
        bits[0] += step
        inputs.push(float[0], -float[0])
        const want = step < 0 ? h : step > 0 ? h + 1 : h + (h & 1)
        wanted.push(want, want | 0x8000)
      }
    }
    const got = await bitsOf(tensor(Float32Array.from(inputs), { device: 'webgpu' }).to('float16'))
    const wrong = wanted.flatMap((want, i) => (got[i] === want ? [] : [[inputs[i], got[i], want]]))
    expect(wrong.slice(0, 5)).toEqual([])
  })
  test('of what a half does not hold', async () => {
    const x = tensor([NaN, Infinity, -Infinity, 3e38, -70000, 1e-9, -1e-9, 1e-45, -0], { device: 'webgpu' })
    const [first, ...rest] = await bitsOf(x.to('float16'))
    expect(isNaNBits(first)).toBe(true)
    expect(rest).toEqual([0x7c00, 0xfc00, 0x7c00, 0xfc00, 0, 0x8000, 0, 0x8000])
  })
  test('happens once for each op', () =>
    expectSame(
      (make) => {
        const x = filled(make, [301], { dtype: 'float16', scale: 100 })
        return [x.mul(x).sub(x), x.add(x.to('float32')), x.mul(x.sub(0.1)), x.div(3)]
      },
      { rtol: 0, atol: 0, ...everywhere },
    ))
  test('happens to sums at their end', async () => {
    // one by one, halves stop at 2048
    expect(await floatsOf(ones([1, 3001], half).sum(1))).toEqual([3000])
    expect(await floatsOf(ones([2, 3001], half).matmul(ones([3001], half)))).toEqual([3000, 3000])
  })
})

describe('float16: parts of words', () => {
  test.each([1, 2, 3, 5, 257])('%d elements', (n) =>
    expectSame((make) => {
      const x = filled(make, [n], { dtype: 'float16', scale: 8 })
      return [x, x.add(x), x.neg().contiguous(), cat([x, x.mul(2)]), x.flip([0])]
    }),
  )
  test('windows at odd places', () =>
    expectSame((make) => {
      const x = filled(make, [7, 5], { dtype: 'float16', scale: 8 })
      return [
        ...Array.from({ length: 5 }, (_, i) => x.narrow(1, i, 1)),
        ...Array.from({ length: 7 }, (_, i) => x.at(i)),
        x.reshape([35]).narrow(0, 3, 29).add(1),
        x.t().at(3),
        x.at('::2', '1::3'),
      ]
    }))
  test('in-place ops on views leave the neighbours', () =>
    expectSame((make) => {
      const x = filled(make, [9], { dtype: 'float16', scale: 8 })
      const base = x.clone()
      base.narrow(0, 1, 3).add_(1)
      base.narrow(0, 5, 1).mul_(-1)
      base.at('6::2').zero_()
      base.at(8).copy_(make(3))
      return [base, x]
    }))
  test('writes of the host leave the neighbours', async () => {
    for (let first = 0; first < 5; first++) {
      for (let count = 1; count < 6; count++) {
        const x = arange(0, 11, 1, half).mul(1)
        const bytes = new Uint8Array(Uint16Array.from({ length: count }, (_, i) => 0x5640 + i).buffer) // 100, ...
        x.storage.backend.write(x.storage.buffer, 2 * first, bytes)
        const want = Array.from({ length: 11 }, (_, i) =>
          i >= first && i < first + count ? valueOf(0x5640 + i - first) : i,
        )
        expect(await floatsOf(x)).toEqual(want)
      }
    }
  })
  test('writes of the host come after the ops before them, and before those after', async () => {
    const x = zeros([5], half)
    const write = (bits: number): void =>
      x.storage.backend.write(x.storage.buffer, 2, new Uint8Array(Uint16Array.of(bits).buffer))
    x.add_(1)
    write(0x4000) // 2
    x.mul_(3)
    write(0x4200) // 3
    expect(await floatsOf(x)).toEqual([3, 3, 3, 3, 3])
    x.add_(1)
    write(0x4000)
    expect(await floatsOf(x)).toEqual([4, 2, 4, 4, 4])
  })
  test('reads of a part', async () => {
    const x = arange(0, 9, 1, half).add(0)
    for (let first = 0; first < 4; first++) {
      for (let count = 1; count < 6; count++) {
        const bytes = await backend.readAsync(x.storage.buffer, 2 * first, 2 * count)
        expect(bytes.byteLength).toBe(2 * count)
        const bits = new Uint16Array(bytes.slice().buffer)
        expect(Array.from(bits, valueOf)).toEqual(Array.from({ length: count }, (_, i) => first + i))
      }
    }
  })
})

describe('float16: additions to one element', () => {
  test.each([0, 1, 2])('element %d of 3, a thousand times', async (at) => {
    const index = zeros([1001], { device: 'webgpu', dtype: 'int64' }).add(BigInt(at))
    const x = tensor([5, 6, 7], half)
    x.scatterAdd_(0, index, ones([1001], half))
    expect(await floatsOf(x)).toEqual([5, 6, 7].map((value, i) => (i === at ? value + 1001 : value)))
  })
  test('neighbours at once', async () => {
    const index = arange(0, 4000, 1, { device: 'webgpu' }).remainder(5).to('int64')
    const x = zeros([5], half)
    x.indexAdd_(0, index, ones([4000], half))
    expect(await floatsOf(x)).toEqual([800, 800, 800, 800, 800])
  })
  test.each(['sum', 'prod', 'amax', 'amin'] as const)('%s, with duplicates', (reduce) =>
    expectSame(
      (make) => {
        const index = make([2n, 0n, 1n, 2n, 2n, 0n]).reshape([2, 3])
        const source = filled(make, [2, 3], { seed: 9, dtype: 'float16' })
        return filled(make, [3, 3], { scale: 3, dtype: 'float16' }).scatterReduce(0, index, source, reduce)
      },
      { rtol: 2 ** -9 },
    ),
  )
  test('gathers and puts at indices', () =>
    expectSame((make) => {
      const x = filled(make, [5, 3], { dtype: 'float16', scale: 5 })
      const rows = make([4n, -2n, 0n])
      const put = x.clone()
      put.put_([rows, make([0n, 1n, 2n])], make([10, 20, 30], 'float16'))
      put.put_([rows], put.narrow(0, 0, 3).clone(), { accumulate: true })
      return [x.at(rows), x.gather(1, make([0n, 2n, 1n, 1n, 0n]).reshape([5, 1])), put]
    }))
})

test('float16 and other dtypes in one kernel', () =>
  expectSame(
    (make) => {
      const x = filled(make, [3, 5], { dtype: 'float16', scale: 4 })
      const y = filled(make, [3, 5], { scale: 4, seed: 7 })
      const whole = filled(make, [5], { dtype: 'int32', scale: 9 })
      return [
        x.add(y),
        x.mul(whole),
        where(x.gt(0), x, y),
        x.to('bfloat16'),
        x.to('int8'),
        y.clone().copy_(x),
        x.clone().copy_(y),
        x.lt(y),
        x.sum(0, { dtype: 'float32' }),
        x.argmax(1),
      ]
    },
    { rtol: 2 ** -10, ...everywhere },
  ))

test('float16 broadcast and transposed, four at a time', () =>
  expectSame(
    (make) => {
      const x = filled(make, [6, 8], { dtype: 'float16', scale: 4 })
      const [row, column] = [x.at(2), x.narrow(1, 3, 1)]
      const wide = filled(make, [8, 8], { scale: 4, seed: 7 })
      const out = make(new Array<number>(48).fill(0), 'float16').reshape([6, 8])
      out.copy_(wide.t().narrow(0, 1, 6))
      return [x.add(row), x.mul(column), x.narrow(1, 4, 4).sub(row.narrow(0, 1, 4)), wide.t().add(row), out]
    },
    { rtol: 0, atol: 0, ...everywhere },
  ))

test.each([
  [2, 33, 9],
  [40, 72, 1],
  [24, 20, 36],
  [3, 3000, 4],
])(
  'float16 products of %i × %i × %i in all layouts',
  (m, k, n) =>
    expectSame(
      (make) => {
        const of = (shape: number[], seed = 1): Tensor => filled(make, shape, { dtype: 'float16', seed })
        const [a, b] = [of([m, k]), of([k, n], 7)]
        const odd = of([k + 2, m + 3])
          .narrow(0, 1, k)
          .narrow(1, 2, m)
        return [
          a.matmul(b),
          of([k, m])
            .t()
            .matmul(of([n, k], 7).t()),
          odd.t().matmul(b),
          of([n], 9).addmm(a, b),
        ]
      },
      { rtol: 2 ** -10, atol: 2 ** -9, ...everywhere },
    ),
  60_000,
)

test('float16: kernels of all kinds, at sizes that choose each form', () =>
  expectSame(
    (make) => {
      const wide = filled(make, [3, 999], { dtype: 'float16' })
      const image = filled(make, [2, 3, 7, 7], { dtype: 'float16' })
      const sorted = wide.sort(1)
      const most = wide.cummax(1)
      return [
        sorted.values,
        sorted.indices,
        wide.sum(1),
        wide.amax(1),
        wide.cumsum(1),
        most.values,
        most.indices,
        wide.softmax(1),
        wide.logSoftmax(1),
        wide.argmin(),
        filled(make, [70, 70], { dtype: 'float16' }).matmul(filled(make, [70, 70], { dtype: 'float16' }).t()),
        image.narrow(3, 1, 5).contiguous(),
      ]
    },
    { rtol: 2 ** -8, atol: 2 ** -9, ...everywhere },
  ))

describe('float16: memory', () => {
  test(`an element takes ${each} bytes here`, async () => {
    const before = runtime.memory.stats.usedBytes
    const x = ones([2 ** 20], half)
    expect(runtime.memory.stats.usedBytes - before).toBe(each * 2 ** 20)
    expect(await floatsOf(x.mean())).toEqual([1])
    x.dispose()
    expect(runtime.memory.stats.usedBytes).toBeLessThanOrEqual(before + 1024)
  })
  test('small tensors of 2 and of 4 bytes lie in different buffers', () => {
    const [a, b] = [ones([3], half), ones([3], half)].map(tensorToBuffer)
    const wide = tensorToBuffer(ones([3], { device: 'webgpu' }))
    expect(a.buffer).toBe(b.buffer)
    expect(a.buffer === wide.buffer).toBe(!runtime.halves)
    expect([a.size, wide.size]).toEqual([3 * each, 12])
  })
  test('updates of small tensors run as one dispatch', async () => {
    const xs = [1, 3, 5, 301].map((n) => ones([n], half))
    await synchronize()
    const { dispatches } = runtime.counts
    for (const [i, x] of xs.entries()) x.add_(i)
    await synchronize()
    expect(runtime.counts.dispatches - dispatches).toBe(1)
    for (const [i, x] of xs.entries()) expect(new Set(await floatsOf(x))).toEqual(new Set([i + 1]))
  })
  test('blocks serve dtypes of both sizes one after the other', async () => {
    for (let i = 0; i < 4; i++) {
      const x = ones([2 ** 18], { device: 'webgpu', dtype: i % 2 === 0 ? 'float16' : 'float32' }).mul(i + 1)
      const y = ones([2 ** (i % 2 === 0 ? 19 : 18)], { ...half, dtype: i % 2 === 0 ? 'float16' : 'int32' })
      expect(Number(await x.amax().itemAsync())).toBe(i + 1)
      x.dispose()
      y.dispose()
    }
  })
})

describe('float16: interop', () => {
  test('a tensor over a GPUBuffer, both ways', async () => {
    const { device } = runtime
    const buffer = device.createBuffer({ size: 24, usage: 0x80 | 0x04 | 0x08 })
    const host = runtime.halves
      ? Uint16Array.of(0x3c00, 0x4000, 0x4200, 0x4400, 0x4500, 0x4600)
      : Float32Array.of(1, 2, 3, 4, 5, 6)
    device.queue.writeBuffer(buffer, 0, host)
    const x = fromBuffer('webgpu', buffer, [2, 3], 'float16')
    expect(await floatsOf(x.t())).toEqual([1, 4, 2, 5, 3, 6])
    x.at(1).mul_(2)
    expect(await floatsOf(x)).toEqual([1, 2, 3, 8, 10, 12])
    expect(tensorToBuffer(x.at(1))).toEqual({ buffer, offset: 3 * each, size: 3 * each })
  })
  test('what does not fit is refused', () => {
    const [buffer, odd] = [24, 26].map((size) => runtime.device.createBuffer({ size, usage: 0x80 | 0x04 }))
    expect(() => fromBuffer('webgpu', buffer, [13], 'float16')).toThrow(
      `the buffer must hold 13 elements of ${each} bytes, got 24 bytes`,
    )
    expect(() => fromBuffer('webgpu', odd, [3], 'float16')).toThrow(
      'the size of the buffer must be a multiple of 4, got 26',
    )
  })
  test('numbers from the host and back', async () => {
    const values = numbers(1001, 60000)
    const got = await floatsOf(tensor(values, half))
    expect(got).toEqual(await floatsOf(tensor(values, { device: 'webgpu' }).to('float16')))
  })
})
