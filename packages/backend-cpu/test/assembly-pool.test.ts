// Pooling against plain loops with PyTorch's rules: NaN, padding, dilation, ceil mode, divisors, ranges of planes.
import { expect, test } from '@jest/globals'
import { convGeometry } from '../src/assembly/index.ts'
import { bench, randomSource, worst } from './assembly-setup.ts'

interface Pool {
  planes: number
  h: number
  w: number
  kernel: [number, number]
  stride: [number, number]
  pad?: [number, number]
  dilation?: [number, number]
  ceil?: boolean
}

const pools: Pool[] = [
  { planes: 5, h: 12, w: 12, kernel: [2, 2], stride: [2, 2] },
  { planes: 3, h: 24, w: 25, kernel: [2, 2], stride: [2, 2], ceil: true },
  { planes: 3, h: 17, w: 33, kernel: [3, 3], stride: [2, 2], pad: [1, 1] },
  { planes: 2, h: 9, w: 21, kernel: [3, 3], stride: [1, 1], pad: [1, 1] },
  { planes: 2, h: 13, w: 23, kernel: [3, 2], stride: [1, 2], pad: [1, 1], dilation: [2, 3] },
  { planes: 2, h: 10, w: 31, kernel: [2, 3], stride: [3, 3], ceil: true },
  { planes: 1, h: 4, w: 5, kernel: [4, 5], stride: [1, 1] },
]

function setup(pool: Pool) {
  const { planes, h, w, kernel, stride, pad = [0, 0], dilation = [1, 1], ceil = false } = pool
  const outSize = (size: number, d: 0 | 1) => {
    const span = size + 2 * pad[d] - dilation[d] * (kernel[d] - 1) - 1
    let n = (ceil ? Math.ceil(span / stride[d]) : Math.floor(span / stride[d])) + 1
    if (ceil && (n - 1) * stride[d] >= size + pad[d]) n--
    return n
  }
  const b = bench('simd')
  const [outH, outW] = [outSize(h, 0), outSize(w, 1)]
  const geometry = b.scratch(64)
  convGeometry(b.memory, geometry, {
    batch: 1,
    inChannels: planes,
    inH: h,
    inW: w,
    outChannels: planes,
    outH,
    outW,
    kernelH: kernel[0],
    kernelW: kernel[1],
    strideH: stride[0],
    strideW: stride[1],
    padH: pad[0],
    padW: pad[1],
    dilationH: dilation[0],
    dilationW: dilation[1],
    groups: 1,
  })
  return { ...b, geometry, outH, outW, pad, dilation }
}

for (const dtype of ['float32', 'float64'] as const) {
  test.each(pools)(`max pooling of ${dtype}: %j`, (pool) => {
    const { kernels, put, alloc, checkGuards, geometry, outH, outW, pad, dilation } = setup(pool)
    const { planes, h, w, kernel, stride } = pool
    const random = randomSource(h * w)
    // few distinct values, so that there are ties, and some NaN and -Infinity
    const input = put(
      dtype,
      Array.from({ length: planes * h * w }, () => {
        const x = random()
        return x < 0.02 ? NaN : x < 0.1 ? -Infinity : Math.floor(x * 8)
      }),
    )
    const size = planes * outH * outW
    const output = alloc(dtype, size),
      indices = alloc('int64', size),
      gradInput = alloc(dtype, planes * h * w)
    const gradOutput = put(
      dtype,
      Array.from({ length: size }, () => Math.floor(random() * 9)),
    )
    const expected: number[] = [],
      where: number[] = [],
      expectedGrad = new Array<number>(planes * h * w).fill(0)
    for (let p = 0; p < planes; p++)
      for (let oy = 0; oy < outH; oy++)
        for (let ox = 0; ox < outW; ox++) {
          let best = -Infinity,
            at = -1
          for (let ky = 0; ky < kernel[0]; ky++)
            for (let kx = 0; kx < kernel[1]; kx++) {
              const y = oy * stride[0] - pad[0] + ky * dilation[0],
                x = ox * stride[1] - pad[1] + kx * dilation[1]
              if (y < 0 || x < 0 || y >= h || x >= w) continue
              if (at < 0) at = y * w + x
              const v = input[(p * h + y) * w + x]
              if (v > best || Number.isNaN(v)) {
                best = v
                at = y * w + x
              }
            }
          expectedGrad[p * h * w + at] += gradOutput[expected.length]
          expected.push(best)
          where.push(at)
        }
    for (const [from, to] of [
      [0, 1],
      [1, planes],
    ]) {
      kernels.maxPoolForward[dtype](
        geometry,
        input.byteOffset,
        output.byteOffset,
        indices.byteOffset,
        from,
        to,
      )
      kernels.maxPoolBackward[dtype](
        geometry,
        gradOutput.byteOffset,
        indices.byteOffset,
        gradInput.byteOffset,
        from,
        to,
      )
    }
    checkGuards()
    expect(Array.from(output)).toEqual(expected)
    expect(Array.from(indices, Number)).toEqual(where)
    expect(Array.from(gradInput)).toEqual(expectedGrad)
  })

  test.each(pools.filter((pool) => !pool.dilation))(`average pooling of ${dtype}: %j`, (pool) => {
    const { kernels, put, alloc, checkGuards, geometry, outH, outW, pad } = setup(pool)
    const { planes, h, w, kernel, stride } = pool
    const random = randomSource(h * w)
    const input = put(
      dtype,
      Array.from({ length: planes * h * w }, () => random()),
    )
    const size = planes * outH * outW
    const gradOutput = put(
      dtype,
      Array.from({ length: size }, () => random()),
    )
    for (const [includePad, override] of [
      [1, 0],
      [0, 0],
      [1, 7],
    ]) {
      const output = alloc(dtype, size),
        gradInput = alloc(dtype, planes * h * w)
      const expected: number[] = [],
        expectedGrad = new Array<number>(planes * h * w).fill(0)
      for (let p = 0; p < planes; p++)
        for (let oy = 0; oy < outH; oy++)
          for (let ox = 0; ox < outW; ox++) {
            const y0 = oy * stride[0] - pad[0],
              x0 = ox * stride[1] - pad[1]
            const full =
              (Math.min(y0 + kernel[0], h + pad[0]) - y0) * (Math.min(x0 + kernel[1], w + pad[1]) - x0)
            const cells: number[] = []
            for (let y = y0; y < y0 + kernel[0]; y++)
              for (let x = x0; x < x0 + kernel[1]; x++) {
                if (y >= 0 && x >= 0 && y < h && x < w) cells.push((p * h + y) * w + x)
              }
            const divisor = override || (includePad ? full : cells.length)
            for (const cell of cells) expectedGrad[cell] += gradOutput[expected.length] / divisor
            expected.push(cells.reduce((sum, cell) => sum + input[cell], 0) / divisor)
          }
      for (const [from, to] of [
        [0, 1],
        [1, planes],
      ]) {
        kernels.avgPoolForward[dtype](
          geometry,
          input.byteOffset,
          output.byteOffset,
          includePad,
          override,
          from,
          to,
        )
        kernels.avgPoolBackward[dtype](
          geometry,
          gradOutput.byteOffset,
          gradInput.byteOffset,
          includePad,
          override,
          from,
          to,
        )
      }
      checkGuards()
      expect(worst(output, expected)).toBeLessThan(1e-6)
      expect(worst(gradInput, expectedGrad)).toBeLessThan(1e-6)
    }
  })
}
