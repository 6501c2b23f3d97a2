// Samples of products, convolutions, pools, softmax and losses.
import { conv1d, conv2d, conv3d, convTranspose2d } from '../../ops/conv.ts'
import { convolutionInput, convolutionWeight } from '../../ops/convolution.ts'
import { linear } from '../../ops/linear.ts'
import { addbmm, addmm, addmv, addr, baddbmm } from '../../ops/add-product.ts'
import { bmm, dot, matmul, mm, mv, vdot } from '../../ops/matmul.ts'
import { glu } from '../../ops/gated.ts'
import {
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  huberLoss,
  l1Loss,
  mseLoss,
  smoothL1Loss,
} from '../../ops/loss.ts'
import { softMarginLoss } from '../../ops/margin-loss.ts'
import { crossEntropy, nllLoss, nllLossBackward } from '../../ops/nll-loss.ts'
import {
  adaptiveAvgPool2d,
  adaptiveAvgPool3d,
  adaptiveMaxPool2d,
  adaptiveMaxPool3d,
  avgPool2d,
  avgPool3d,
  avgPoolBackward,
  maxPool1d,
  maxPool2d,
  maxPool3d,
  maxPoolBackward,
} from '../../ops/pool.ts'
import { logSoftmax, logsumexp, softmax, softmaxBackwardOp } from '../../ops/softmax.ts'
import { applyComposite } from '../../dispatch/structured.ts'
import type { DType } from '../../dtype.ts'
import { floats, fullFloats, numbers } from '../sample.ts'
import type { Family, InputSpec } from '../sample.ts'

const unit = (...shape: number[]): InputSpec => ({ shape, values: 'unit' })
const main: readonly DType[] = ['float32', 'float64', 'int64']

export const matmulFamily: Family = {
  name: 'matmul',
  samples: [
    {
      name: 'mm',
      dtypes: numbers,
      slack: 4,
      inputs: [{ shape: [5, 7] }, { shape: [7, 3] }],
      run: ([a, b]) => mm(a, b),
    },
    {
      name: 'mm of odd sizes',
      dtypes: fullFloats,
      slack: 20,
      inputs: [unit(67, 33), unit(33, 49)],
      run: ([a, b]) => mm(a, b),
    },
    {
      name: 'mm of one row or column',
      dtypes: main,
      slack: 20,
      inputs: [unit(1, 65), unit(65, 9), unit(9, 1)],
      run: ([a, b, c]) => [mm(a, b), mm(b, c)],
    },
    {
      name: 'mm with an empty sum',
      dtypes: main,
      inputs: [{ shape: [2, 0] }, { shape: [0, 3] }],
      run: ([a, b]) => mm(a, b),
    },
    {
      name: 'bmm',
      dtypes: numbers,
      slack: 4,
      inputs: [{ shape: [3, 4, 5] }, { shape: [3, 5, 2] }],
      run: ([a, b]) => bmm(a, b),
    },
    {
      name: 'matmul broadcast',
      dtypes: main,
      slack: 4,
      inputs: [{ shape: [2, 1, 3, 4] }, { shape: [5, 4, 2] }, { shape: [4] }],
      run: ([a, b, v]) => [matmul(a, b), matmul(a, v), matmul(v, b)],
    },
    {
      name: 'dot and mv',
      dtypes: numbers,
      slack: 6,
      inputs: [{ shape: [9] }, { shape: [9] }, { shape: [4, 9] }],
      run: ([a, b, m]) => [dot(a, b), mv(m, a)],
    },
    {
      name: 'linear',
      dtypes: floats,
      slack: 4,
      inputs: [unit(6, 5), unit(4, 5), unit(4)],
      run: ([x, weight, bias]) => [linear(x, weight, bias), linear(x, weight)],
    },
    {
      name: 'baddbmm',
      dtypes: fullFloats,
      slack: 4,
      inputs: [unit(2, 3, 4), unit(2, 3, 5), unit(2, 5, 4)],
      run: ([x, a, b]) => [
        baddbmm(x, a, b, { beta: 0.5, alpha: 2 }),
        baddbmm(x, a, b),
        addbmm(x.select(0, 0), a, b),
      ],
    },
    {
      name: 'addmm, addmv, addr, vdot',
      dtypes: main,
      slack: 4,
      inputs: [{ shape: [3, 4] }, { shape: [3, 4] }, { shape: [4, 4] }, { shape: [4] }],
      run: ([x, a, b, v]) => [
        addmm(x, a, b),
        addmm(v, a, b, { beta: 2 }),
        addmv(v, b, v, { alpha: 3 }),
        addr(b, v, v),
        vdot(v, v),
      ],
    },
  ],
}

const images = [unit(2, 4, 9, 8), unit(6, 2, 3, 3), unit(6)]
export const convolutionFamily: Family = {
  name: 'convolution',
  samples: [
    {
      name: 'conv1d',
      dtypes: fullFloats,
      slack: 6,
      inputs: [unit(2, 3, 11), unit(4, 3, 3), unit(4)],
      run: ([x, w, b]) => [conv1d(x, w, b), conv1d(x, w, null, { stride: 2, padding: 1 })],
    },
    {
      name: 'conv2d',
      dtypes: floats,
      slack: 8,
      inputs: [unit(2, 3, 9, 8), unit(4, 3, 3, 2), unit(4)],
      run: ([x, w, b]) => [
        conv2d(x, w, b),
        conv2d(x, w, b, { stride: [2, 1], padding: [1, 2] }),
        conv2d(x, w, null, { dilation: 2 }),
      ],
    },
    {
      name: 'conv2d with groups',
      dtypes: fullFloats,
      slack: 6,
      inputs: images,
      run: ([x, w, b]) => conv2d(x, w, b, { groups: 2, padding: 1 }),
    },
    {
      name: 'conv2d 1×1',
      dtypes: fullFloats,
      slack: 6,
      inputs: [unit(2, 5, 6, 7), unit(3, 5, 1, 1)],
      run: ([x, w]) => [conv2d(x, w), conv2d(x, w, null, { stride: 2 })],
    },
    {
      name: 'conv3d',
      dtypes: fullFloats,
      slack: 6,
      inputs: [unit(1, 2, 5, 4, 6), unit(3, 2, 2, 3, 2)],
      run: ([x, w]) => conv3d(x, w, null, { padding: 1, stride: [1, 2, 1] }),
    },
    {
      name: 'convTranspose2d',
      dtypes: fullFloats,
      slack: 6,
      inputs: [unit(2, 3, 5, 4), unit(3, 2, 3, 3), unit(2)],
      run: ([x, w, b]) => convTranspose2d(x, w, b, { stride: 2, padding: 1, outputPadding: 1 }),
    },
    {
      name: 'gradients',
      dtypes: fullFloats,
      slack: 8,
      inputs: [unit(2, 4, 5, 4), unit(4, 3, 3, 3), unit(2, 3, 10, 8)],
      run: ([g, w, x]) => {
        const geometry = { stride: [2, 2], padding: [1, 1], dilation: [1, 1], groups: 1 }
        return [convolutionInput(g, w, x.shape, geometry), convolutionWeight(g, x, w.shape, geometry)]
      },
    },
  ],
}

const pooling = (rank: number) => {
  const all = (size: number): number[] => new Array<number>(rank).fill(size)
  const geometry = { kernelSize: all(2), stride: all(2), padding: all(0), dilation: all(1) }
  return { ...geometry, countIncludePad: true, divisorOverride: null }
}
const [plane, space] = [pooling(2), pooling(3)]
export const poolFamily: Family = {
  name: 'pool',
  samples: [
    {
      name: 'maxPool2d',
      dtypes: fullFloats,
      inputs: [{ shape: [2, 3, 8, 9] }],
      run: ([x]) => [
        ...maxPool2d(x, 2, { returnIndices: true }),
        ...maxPool2d(x, 3, { stride: 2, padding: 1, returnIndices: true }),
        maxPool2d(x, 2, { dilation: 2, stride: 1, ceilMode: true }),
      ],
    },
    {
      name: 'maxPool1d',
      dtypes: fullFloats,
      inputs: [{ shape: [2, 3, 11] }],
      run: ([x]) => maxPool1d(x, 3, { stride: 2 }),
    },
    {
      name: 'maxPoolBackward',
      dtypes: fullFloats,
      slack: 4,
      inputs: [{ shape: [2, 3, 8, 8] }, { shape: [2, 3, 7, 7] }],
      run: ([x, g]) => maxPoolBackward(g, maxPool2d(x, 2, { stride: 1, returnIndices: true })[1], x.shape),
    },
    {
      name: 'avgPool2d',
      dtypes: fullFloats,
      slack: 4,
      inputs: [{ shape: [2, 3, 8, 9] }],
      run: ([x]) => [
        avgPool2d(x, 2),
        avgPool2d(x, 3, { stride: 2, padding: 1 }),
        avgPool2d(x, 3, { padding: 1, countIncludePad: false }),
        avgPool2d(x, 2, { divisorOverride: 3, ceilMode: true }),
      ],
    },
    {
      name: 'avgPoolBackward',
      dtypes: fullFloats,
      slack: 4,
      inputs: [{ shape: [2, 3, 4, 4] }, { shape: [1, 2, 2, 2, 2] }],
      run: ([g, volume]) => [
        avgPoolBackward(g, { ...plane, inputShape: [2, 3, 8, 8], counts: [4, 4] }),
        avgPoolBackward(volume, { ...space, inputShape: [1, 2, 4, 4, 4], counts: [2, 2, 2] }),
      ],
    },
    {
      name: 'pools of volumes',
      dtypes: fullFloats,
      slack: 4,
      inputs: [{ shape: [1, 2, 4, 5, 4] }],
      run: ([x]) => [avgPool3d(x, 2), ...maxPool3d(x, 2, { stride: 1, returnIndices: true })],
    },
    {
      name: 'adaptive pools',
      dtypes: fullFloats,
      slack: 4,
      inputs: [{ shape: [2, 3, 5, 7] }, { shape: [1, 2, 4, 5, 3] }],
      run: ([x, volume]) => [
        adaptiveAvgPool2d(x, [3, 2]),
        ...adaptiveMaxPool2d(x, [2, 3], true),
        adaptiveAvgPool3d(volume, 2),
        ...adaptiveMaxPool3d(volume, 2, true),
      ],
    },
  ],
}

const classes: InputSpec = { shape: [6], dtype: 'int64', values: { below: 5 } }
export const lossFamily: Family = {
  name: 'loss',
  samples: [
    {
      name: 'softmax',
      dtypes: floats,
      slack: 4,
      inputs: [{ shape: [4, 5, 6] }],
      run: ([x]) => [softmax(x, -1), softmax(x, 1), logSoftmax(x, 2), logSoftmax(x, 0)],
    },
    {
      name: 'softmax of long lines',
      dtypes: fullFloats,
      slack: 20,
      inputs: [{ shape: [2, 1003] }],
      run: ([x]) => [softmax(x, 1), logSoftmax(x, 1)],
    },
    {
      name: 'softmax of extremes',
      dtypes: fullFloats,
      slack: 4,
      inputs: [{ shape: [4, 4], values: { list: [1e4, -1e4, -Infinity, 3, 7, -Infinity, 2] } }],
      run: ([x]) => [softmax(x, 1), logSoftmax(x, 1)],
    },
    {
      name: 'logsumexp',
      dtypes: fullFloats,
      slack: 4,
      inputs: [{ shape: [4, 5] }],
      run: ([x]) => [logsumexp(x, 1), logsumexp(x, [0, 1])],
    },
    {
      name: 'nllLoss and crossEntropy',
      dtypes: fullFloats,
      slack: 6,
      inputs: [{ shape: [6, 5] }, classes, { shape: [5], values: 'positive' }],
      run: ([x, target, weight]) => [
        nllLoss(x, target),
        crossEntropy(x, target),
        crossEntropy(x, target, weight, { reduction: 'none' }),
        crossEntropy(x, target, null, { ignoreIndex: 2, labelSmoothing: 0.1 }),
      ],
    },
    {
      name: 'mseLoss',
      dtypes: floats,
      slack: 6,
      inputs: [unit(6, 5), unit(6, 5)],
      run: ([x, target]) => [mseLoss(x, target), mseLoss(x, target, { reduction: 'none' })],
    },
    {
      name: 'distances and margins',
      dtypes: fullFloats,
      slack: 6,
      inputs: [unit(6, 5), unit(6, 5)],
      run: ([x, target]) => [
        l1Loss(x, target),
        smoothL1Loss(x, target, { beta: 0.5 }),
        huberLoss(x, target, { reduction: 'sum' }),
        softMarginLoss(x, target.sign()),
      ],
    },
    {
      name: 'binary cross entropies',
      dtypes: fullFloats,
      slack: 6,
      inputs: [unit(6, 5), { shape: [6, 5], values: 'truth' }, { shape: [5], values: 'positive' }],
      run: ([x, target, weight]) => [
        binaryCrossEntropy(x.sigmoid(), target, weight),
        binaryCrossEntropyWithLogits(x, target),
        binaryCrossEntropyWithLogits(x, target, null, weight, { reduction: 'none' }),
      ],
    },
    {
      name: 'gradients',
      dtypes: fullFloats,
      slack: 6,
      inputs: [{ shape: [6, 5] }, { shape: [6, 5] }, classes, { shape: [], values: 'positive' }],
      run: ([g, x, target, total]) => {
        const inputShape = x.shape
        return [
          ...applyComposite(softmaxBackwardOp, [g, softmax(x, 1)], { dim: 1, log: false }),
          ...applyComposite(softmaxBackwardOp, [g, logSoftmax(x, 1)], { dim: 1, log: true }),
          nllLossBackward(g.select(0, 0).select(0, 0), target, total, null, {
            inputShape,
            reduction: 'mean',
            ignoreIndex: -100,
            ignoring: false,
          }),
        ]
      },
    },
    {
      name: 'glu',
      dtypes: floats,
      slack: 4,
      inputs: [{ shape: [4, 6] }],
      run: ([x]) => [glu(x), glu(x, 0)],
    },
  ],
}
