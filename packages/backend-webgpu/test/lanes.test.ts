// Kernels whose workgroup has one result: by subgroups of whatever size the adapter has, and by a tree without them.
import { describe, expect, test } from '@jest/globals'
import { grad, layerNorm, nllLoss, tensor, where } from '@tt/autograd'
import type { Tensor } from '@tt/autograd'
import { init } from '@tt/backend-webgpu'
import { platform } from '../src/platform/node.ts'
import { expectSame, filled } from './gpu.ts'
import type { Make } from './gpu.ts'

const adapter = (await (await platform.gpu()).requestAdapter())!
const withSubgroups = await init({ name: 'webgpu:subgroups', barrierFree: false })
const tree = await init({ name: 'webgpu:tree', barrierFree: false, device: await adapter.requestDevice() })
const devices = ['webgpu:subgroups', 'webgpu:tree']

test('one device has subgroups and uses them, the other has none', async () => {
  expect(adapter.features.has('subgroups')).toBe(true)
  for (const [{ runtime }, uses] of [
    [withSubgroups, true],
    [tree, false],
  ] as const) {
    expect(runtime.subgroups).toBe(uses)
    runtime.sources = []
    const x = filled((data) => tensor(data, { device: runtime.name }), [8, 6000])
    await x.sum(1).add(x.prod(1)).add(x.softmax(1).amax(1)).toTypedArrayAsync()
    await nllLoss(x.t(), tensor(Array(6000).fill(3n), { device: runtime.name })).itemAsync()
    const grouped = runtime.sources.filter(({ source }) => source.includes('var<workgroup>'))
    expect(grouped.length).toBeGreaterThanOrEqual(5)
    for (const { source } of grouped) expect(source.includes('enable subgroups;')).toBe(uses)
    runtime.sources = null
  }
})

// around multiples of subgroups (4 and 8 lanes here, 32 and 64 on GPUs) and of workgroups (64 and 256)
const sizes = [65, 67, 127, 128, 255, 256, 257, 260, 511, 1025]
const special = [NaN, Infinity, -Infinity, -0, 3]
/** Lines of which the second to sixth hold one special value each, at places far apart. */
function specialLines(make: Make, size: number): Tensor {
  const x = filled(make, [6, size])
  special.forEach(
    (value, k) =>
      void x
        .select(0, k + 1)
        .narrow(0, (k * 61 + 37) % size, 1)
        .fill_(value),
  )
  return x
}

describe('reductions', () => {
  test.each(sizes)('sum, prod, amax, amin and mean over %i', (size) =>
    expectSame(
      (make) => {
        const [x, whole] = [filled(make, [3, size]), filled(make, [3, size], { dtype: 'int32', scale: 1e6 })]
        return [
          x.sum(1),
          x.add(2).mul(0.5).prod(1),
          x.amax(1),
          x.amin(1),
          x.mean(1),
          whole.sum(1),
          whole.sign().add(0.5).sign().to('int32').prod(1),
          whole.amax(1),
          whole.amin(1),
          x.gt(2).any(1),
          x.gt(-2).all(1),
        ]
      },
      { devices, rtol: 2e-5, atol: 2e-5 },
    ),
  )
  test.each([100, 256, 1000])('of NaN and infinities among %i', (size) =>
    expectSame(
      (make) => {
        const x = specialLines(make, size)
        const one = where(x.isfinite(), 1, x)
        return [x.amax(1), x.amin(1), x.sum(1), one.prod(1), x.max(1).values]
      },
      { devices, rtol: 2e-5, atol: 2e-5 },
    ),
  )
  test('to one number, in two steps', () =>
    expectSame((make) => [filled(make, [70_000]).sum(), filled(make, [70_000]).amax()], {
      devices,
      rtol: 1e-4,
      atol: 1e-2,
    }))
  // neighbouring outputs of neighbouring elements: by one workgroup, and in two steps
  test.each([
    [[64, 128], [0]],
    [[600, 40], [0]],
    [
      [4, 150, 10, 6],
      [0, 1],
    ],
  ])('of %j over %j, across the outputs', (shape, dims) =>
    expectSame(
      (make) => {
        const [x, whole] = [filled(make, shape), filled(make, shape, { dtype: 'int32', scale: 1e6 })]
        const part = x
          .transpose(0, -1)
          .narrow(0, 1, shape.at(-1)! - 1)
          .transpose(0, -1)
        return [
          x.sum(dims),
          part.amax(dims),
          part.mean(dims, { keepdim: true }),
          x.var(dims),
          whole.sum(dims),
          x.gt(0.9).any(dims[0]),
          where(x.gt(0.999), NaN, x).amin(dims),
        ]
      },
      { devices, rtol: 2e-5, atol: 2e-4 },
    ),
  )
  test('more lines than workgroups in one dim', async () => {
    for (const device of devices) {
      const x = tensor([1, 2], { device }).reshape([2, 1]).expand([2, 100]).repeat([150, 1])
      expect(await x.sum(1).sum().itemAsync()).toBe(45_000)
    }
  })
})

describe('running combinations', () => {
  // a few elements, a tile and more; along the lines and across them
  test.each([
    [[3, 70], 1],
    [[2, 1025], 1],
    [[300, 70], 0],
  ])('of %j along %i', (shape, dim) =>
    expectSame(
      (make) => {
        const ties = filled(make, shape, { scale: 30, dtype: 'int32' })
        const { values, indices } = where(ties.eq(7), NaN, ties.to('float32')).cummax(dim)
        return [filled(make, shape).cumsum(dim), where(ties.eq(7), NaN, 1).cumsum(dim), values, indices]
      },
      { devices, rtol: 2e-5, atol: 2e-4 },
    ),
  )
  test('of a view, and in the half types', () =>
    expectSame(
      (make) => [
        filled(make, [400, 6]).t().narrow(1, 10, 380).cumsum(1),
        filled(make, [3, 300]).flip([1]).cumsum(1),
        filled(make, [2, 300], { dtype: 'bfloat16' }).cumsum(1),
      ],
      { devices, rtol: 1e-2, atol: 1e-2 },
    ))
})

describe('rows', () => {
  const withGradient = (make: Make, x: Tensor, run: (x: Tensor) => Tensor): Tensor[] => {
    const leaf = x.detach().requiresGrad_()
    const y = run(leaf)
    return [y.detach(), ...grad(y, leaf, { gradOutputs: filled(make, y.shape, { seed: 5 }) })]
  }
  const kinds: Readonly<Record<string, (make: Make, x: Tensor) => Tensor>> = {
    softmax: (_, x) => x.softmax(1),
    logSoftmax: (_, x) => x.logSoftmax(1),
    layerNorm: (make, x) => layerNorm(x, [x.shape[1]], filled(make, [x.shape[1]], { seed: 3 })),
  }
  test.each(Object.keys(kinds))('%s and its gradient', async (kind) => {
    for (const size of [32, 33, 65, 128, 130, 256]) {
      const x = (make: Make): Tensor => filled(make, [5, size], { scale: 4 })
      const both = (make: Make): Tensor[] => withGradient(make, x(make), (t) => kinds[kind](make, t))
      await expectSame(both, { devices, rtol: 2e-5, atol: 2e-5 })
    }
  })
  // kept in registers and not, of fours and not
  test.each([1028, 17_000])('softmax of long rows: %i', (size) =>
    expectSame((make) => withGradient(make, filled(make, [2, size], { scale: 4 }), (t) => t.softmax(1)), {
      devices,
      rtol: 2e-5,
      atol: 2e-5,
    }),
  )
  // too large for the buffer in which weight and bias lie
  test('layerNorm of fours', () =>
    expectSame(
      (make) => {
        const [weight, bias] = [3, 4].map((seed) => filled(make, [1024], { seed }))
        const x = filled(make, [66, 1024], { scale: 4 })
        return withGradient(make, x, (t) => layerNorm(t, [1024], weight, bias))
      },
      { devices, rtol: 2e-5, atol: 2e-5 },
    ))
  test('softmax of NaN and infinities', () =>
    expectSame(
      (make) => {
        const x = specialLines(make, 90)
        return [x.softmax(1), x.logSoftmax(1), where(x.isnan(), -Infinity, x.sub(Infinity)).softmax(1)]
      },
      { devices },
    ))
  test.each([33, 255, 256, 257, 1000])('nllLoss of %i', (rows) =>
    expectSame(
      (make) => {
        const targets = make(Array.from({ length: rows }, (_, i) => BigInt((i * 7) % 5)))
        const weight = make([0.5, 1, 2, 0.25, 3])
        return withGradient(make, filled(make, [rows, 5]), (x) => nllLoss(x, targets, weight))
      },
      { devices, rtol: 2e-5, atol: 2e-5 },
    ),
  )
})
