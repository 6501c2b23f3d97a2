// conv2d and its gradients against plain loops: every build, strides, padding, dilation, groups, ranges of images.
import { describe, expect, test } from '@jest/globals'
import { convGeometry } from '../src/assembly/index.ts'
import type { ConvGeometry } from '../src/assembly/index.ts'
import { bench, builds, randomSource, randoms, worst } from './assembly-setup.ts'

type Options = Partial<ConvGeometry>

function geometryOf(options: Options): ConvGeometry {
  const g = {
    batch: 1,
    inChannels: 1,
    inH: 1,
    inW: 1,
    outChannels: 1,
    outH: 0,
    outW: 0,
    kernelH: 1,
    kernelW: 1,
    strideH: 1,
    strideW: 1,
    padH: 0,
    padW: 0,
    dilationH: 1,
    dilationW: 1,
    groups: 1,
    ...options,
  }
  g.outH = Math.floor((g.inH + 2 * g.padH - g.dilationH * (g.kernelH - 1) - 1) / g.strideH) + 1
  g.outW = Math.floor((g.inW + 2 * g.padW - g.dilationW * (g.kernelW - 1) - 1) / g.strideW) + 1
  return g
}

/** Calls `visit(input, weight, output)` with the three flat positions of every product in the convolution. */
function forEachProduct(
  g: ConvGeometry,
  bStart: number,
  bEnd: number,
  visit: (i: number, w: number, o: number) => void,
): void {
  const channels = g.inChannels / g.groups,
    outs = g.outChannels / g.groups
  for (let b = bStart; b < bEnd; b++) {
    for (let o = 0; o < g.outChannels; o++) {
      for (let y = 0; y < g.outH; y++)
        for (let x = 0; x < g.outW; x++) {
          for (let c = 0; c < channels; c++) {
            for (let ky = 0; ky < g.kernelH; ky++)
              for (let kx = 0; kx < g.kernelW; kx++) {
                const iy = y * g.strideH - g.padH + ky * g.dilationH,
                  ix = x * g.strideW - g.padW + kx * g.dilationW
                if (iy < 0 || ix < 0 || iy >= g.inH || ix >= g.inW) continue
                const inC = Math.floor(o / outs) * channels + c
                visit(
                  ((b * g.inChannels + inC) * g.inH + iy) * g.inW + ix,
                  ((o * channels + c) * g.kernelH + ky) * g.kernelW + kx,
                  ((b * g.outChannels + o) * g.outH + y) * g.outW + x,
                )
              }
          }
        }
    }
  }
}

const cases: [string, Options][] = [
  ['LeNet 1', { batch: 2, inH: 28, inW: 28, outChannels: 6, kernelH: 5, kernelW: 5 }],
  ['LeNet 2', { batch: 3, inChannels: 6, inH: 12, inW: 12, outChannels: 16, kernelH: 5, kernelW: 5 }],
  [
    '3 × 3 padded, 14 wide',
    { batch: 2, inChannels: 5, inH: 14, inW: 14, outChannels: 7, kernelH: 3, kernelW: 3, padH: 1, padW: 1 },
  ],
  [
    'one output per image',
    { batch: 5, inChannels: 3, inH: 4, inW: 4, outChannels: 9, kernelH: 4, kernelW: 4 },
  ],
  [
    'stride 2',
    {
      batch: 2,
      inChannels: 3,
      inH: 15,
      inW: 12,
      outChannels: 4,
      kernelH: 3,
      kernelW: 3,
      padH: 1,
      padW: 1,
      strideH: 2,
      strideW: 2,
    },
  ],
  [
    'stride 3 over a kernel of 2',
    {
      batch: 2,
      inChannels: 2,
      inH: 11,
      inW: 13,
      outChannels: 3,
      kernelH: 2,
      kernelW: 2,
      strideH: 3,
      strideW: 3,
    },
  ],
  [
    'stride 4, kernel 11',
    {
      inChannels: 3,
      inH: 39,
      inW: 35,
      outChannels: 5,
      kernelH: 11,
      kernelW: 11,
      strideH: 4,
      strideW: 4,
      padH: 2,
      padW: 2,
    },
  ],
  [
    'dilation',
    {
      batch: 2,
      inChannels: 2,
      inH: 17,
      inW: 19,
      outChannels: 5,
      kernelH: 3,
      kernelW: 3,
      dilationH: 2,
      dilationW: 3,
      padH: 2,
      padW: 3,
    },
  ],
  [
    'dilation and stride',
    {
      inChannels: 2,
      inH: 17,
      inW: 19,
      outChannels: 5,
      kernelH: 3,
      kernelW: 2,
      dilationH: 2,
      dilationW: 3,
      strideH: 2,
      strideW: 3,
      padH: 1,
    },
  ],
  [
    'groups',
    {
      batch: 2,
      inChannels: 6,
      inH: 9,
      inW: 9,
      outChannels: 4,
      kernelH: 3,
      kernelW: 3,
      padH: 1,
      padW: 1,
      groups: 2,
    },
  ],
  [
    'depthwise',
    {
      batch: 2,
      inChannels: 5,
      inH: 8,
      inW: 8,
      outChannels: 10,
      kernelH: 3,
      kernelW: 3,
      padH: 1,
      padW: 1,
      groups: 5,
    },
  ],
  ['1 × 1', { batch: 2, inChannels: 8, inH: 7, inW: 7, outChannels: 13 }],
  ['1 × 1, stride 2', { batch: 2, inChannels: 3, inH: 7, inW: 8, outChannels: 5, strideH: 2, strideW: 2 }],
  [
    'more padding than kernel',
    { batch: 2, inChannels: 2, inH: 5, inW: 5, outChannels: 2, kernelH: 2, kernelW: 2, padH: 3, padW: 2 },
  ],
  ['1-d', { batch: 3, inChannels: 4, inW: 50, outChannels: 6, kernelW: 7, padW: 3, strideW: 1 }],
  [
    'long inner dimension',
    { inChannels: 100, inH: 6, inW: 6, outChannels: 8, kernelH: 3, kernelW: 3, padH: 1, padW: 1 },
  ],
  ['many channels out', { inChannels: 2, inH: 6, inW: 6, outChannels: 197, kernelH: 3, kernelW: 3 }],
  ['many positions', { batch: 2, inChannels: 2, inH: 30, inW: 30, outChannels: 3, kernelH: 3, kernelW: 3 }],
]

describe.each(builds)('conv2d, %s', (build) => {
  test.each(cases)('%s', (_, options) => {
    for (const dtype of ['float32', 'float64'] as const) {
      const tolerance = dtype === 'float32' ? 2e-5 : 1e-13
      const { kernels, memory, put, scratch, checkGuards } = bench(build, 160)
      const g = geometryOf(options)
      const random = randomSource(g.inH * 100 + g.outChannels)
      const inputSize = g.batch * g.inChannels * g.inH * g.inW
      const weightSize = (g.outChannels * g.inChannels * g.kernelH * g.kernelW) / g.groups
      const outputSize = g.batch * g.outChannels * g.outH * g.outW
      const input = put(dtype, randoms(random, inputSize)),
        weight = put(dtype, randoms(random, weightSize))
      const bias = put(dtype, randoms(random, g.outChannels)),
        gradOutput = put(dtype, randoms(random, outputSize))
      const size = input.BYTES_PER_ELEMENT
      const block = scratch(64)
      convGeometry(memory, block, g)
      // all images but the last in the first call, then the last
      const ranges =
        g.batch > 1
          ? [
              [0, g.batch - 1],
              [g.batch - 1, g.batch],
            ]
          : [[0, 1]]

      const output = put(dtype, new Array<number>(outputSize).fill(NaN))
      const gradInput = put(dtype, new Array<number>(inputSize).fill(NaN))
      const gradWeight = put(dtype, new Array<number>(weightSize).fill(NaN))
      for (const [i, [from, to]] of ranges.entries()) {
        const forwardScratch = scratch(kernels.convForwardScratch(block, size))
        kernels.convForward[dtype](
          block,
          input.byteOffset,
          weight.byteOffset,
          bias.byteOffset,
          output.byteOffset,
          from,
          to,
          forwardScratch,
        )
        const inputScratch = scratch(kernels.convGradInputScratch(block, size))
        kernels.convGradInput[dtype](
          block,
          gradOutput.byteOffset,
          weight.byteOffset,
          gradInput.byteOffset,
          from,
          to,
          inputScratch,
        )
        const weightScratch = scratch(kernels.convGradWeightScratch(block, size))
        kernels.convGradWeight[dtype](
          block,
          input.byteOffset,
          gradOutput.byteOffset,
          gradWeight.byteOffset,
          i,
          from,
          to,
          weightScratch,
        )
      }

      const plane = g.outH * g.outW
      const expected = Array.from(
        { length: outputSize },
        (_, i) => bias[Math.floor(i / plane) % g.outChannels],
      )
      const expectedInput = new Array<number>(inputSize).fill(0),
        expectedWeight = new Array<number>(weightSize).fill(0)
      forEachProduct(g, 0, g.batch, (i, w, o) => {
        expected[o] += input[i] * weight[w]
        expectedInput[i] += gradOutput[o] * weight[w]
        expectedWeight[w] += gradOutput[o] * input[i]
      })
      expect(worst(output, expected)).toBeLessThan(tolerance)
      expect(worst(gradInput, expectedInput)).toBeLessThan(tolerance)
      expect(worst(gradWeight, expectedWeight)).toBeLessThan(tolerance)
      checkGuards()
    }
  })
})
