// Losses.
import * as tt from '../../index.ts'
import { tensor } from '../../index.ts'
import { at, between, positive, real, share } from './sample.ts'
import type { Sample } from './sample.ts'

const signs = ({ dtype }: tt.Tensor): tt.Tensor => tensor([1, -1, 1], { dtype })

const perReduction = (reduction: 'mean' | 'sum' | 'none'): readonly Sample[] => [
  [`mseLoss ${reduction}`, [real(2, 3), real(2, 3)], (x, y) => tt.mseLoss(x, y, { reduction })],
  [`l1Loss ${reduction}`, [real(2, 3), real(2, 3)], (x, y) => tt.l1Loss(x, y, { reduction })],
  [
    `smoothL1Loss ${reduction}`,
    [real(2, 3), real(2, 3)],
    (x, y) => tt.smoothL1Loss(x, y, { reduction, beta: 0.7 }),
  ],
  [
    `huberLoss ${reduction}`,
    [real(2, 3), real(2, 3)],
    (x, y) => tt.huberLoss(x, y, { reduction, delta: 0.7 }),
  ],
  [`softMarginLoss ${reduction}`, [real(2, 3), real(2, 3)], (x, y) => tt.softMarginLoss(x, y, { reduction })],
  [
    `binaryCrossEntropy ${reduction}`,
    [share(2, 3), share(2, 3), positive(3)],
    (x, y, w) => tt.binaryCrossEntropy(x, y, w, { reduction }),
  ],
  [
    `binaryCrossEntropyWithLogits ${reduction}`,
    [real(2, 3), share(2, 3), positive(3)],
    (x, y, w) => [
      tt.binaryCrossEntropyWithLogits(x, y, w, null, { reduction }),
      tt.binaryCrossEntropyWithLogits(x, y, null, w, { reduction }),
    ],
  ],
]

// The losses whose functions take no weight: their records do.
const weighted: readonly Sample[] = [
  [
    'mseLoss, weighted',
    [real(2, 3), real(2, 3), positive(3)],
    (...all) => tt.applyComposite(tt.mseLossOp, all, { reduction: 'mean' }),
  ],
  [
    'l1Loss, weighted',
    [real(2, 3), real(2, 3), positive(3)],
    (...all) => tt.applyComposite(tt.l1LossOp, all, { reduction: 'mean' }),
  ],
  [
    'smoothL1Loss, weighted',
    [real(2, 3), real(2, 3), positive(3)],
    (...all) => tt.applyComposite(tt.smoothL1LossOp, all, { reduction: 'sum', beta: 0.7 }),
  ],
  [
    'huberLoss, weighted',
    [real(2, 3), real(2, 3), positive(3)],
    (...all) => tt.applyComposite(tt.huberLossOp, all, { reduction: 'none', delta: 0.7 }),
  ],
  [
    'softMarginLoss, weighted',
    [real(2, 3), real(2, 3), positive(3)],
    (...all) => tt.applyComposite(tt.softMarginLossOp, all, { reduction: 'mean' }),
  ],
]

export const loss: readonly Sample[] = [
  [
    'nllLoss',
    [real(3, 4)],
    (x) => [tt.nllLoss(x, at(0, 3, 1)), tt.nllLoss(x, at(0, 3, 1), null, { reduction: 'none' })],
  ],
  [
    'nllLoss with weights and ignored',
    [real(3, 4)],
    (x) => tt.nllLoss(x, at(0, 3, 1), tensor([1, 2, 3, 4], { dtype: x.dtype }), { ignoreIndex: 3 }),
  ],
  [
    'crossEntropy',
    [real(3, 4)],
    (x) => [tt.crossEntropy(x, at(0, 3, 1)), tt.crossEntropy(x, at(0, 3, 1), null, { labelSmoothing: 0.1 })],
  ],
  ['crossEntropy of probabilities', [real(3, 4), share(3, 4)], (x, y) => tt.crossEntropy(x, y)],
  ...(['mean', 'sum', 'none'] as const).flatMap(perReduction),
  ...weighted,
  [
    'klDiv',
    [real(2, 3), share(2, 3)],
    (x, y) => [
      tt.klDiv(x, y, { reduction: 'batchmean' }),
      tt.klDiv(x, y, { reduction: 'sum', logTarget: true }),
    ],
  ],
  [
    'poissonNllLoss',
    [positive(3), between(1.1, 4, 3)],
    (x, y) => [tt.poissonNllLoss(x, y, { full: true }), tt.poissonNllLoss(x, y, { logInput: false })],
  ],
  [
    'gaussianNllLoss',
    [real(3), real(3), positive(3)],
    (x, y, v) => tt.gaussianNllLoss(x, y, v, { full: true }),
  ],
  ['hingeEmbeddingLoss', [real(3)], (x) => tt.hingeEmbeddingLoss(x, signs(x), { margin: 1.3 })],
  ['marginRankingLoss', [real(3), real(3)], (x, y) => tt.marginRankingLoss(x, y, signs(x), { margin: 0.3 })],
  ['cosineEmbeddingLoss', [real(3, 2), real(3, 2)], (x, y) => tt.cosineEmbeddingLoss(x, y, signs(x))],
  [
    'tripletMarginLoss',
    [real(3, 2), real(3, 2), real(3, 2)],
    (a, p, n) => tt.tripletMarginLoss(a, p, n, { swap: true }),
  ],
  [
    'multiMarginLoss',
    [real(3, 4)],
    (x) => [tt.multiMarginLoss(x, at(0, 3, 1)), tt.multiMarginLoss(x, at(0, 3, 1), null, { p: 2 })],
  ],
  ['multilabelMarginLoss', [real(1, 4)], (x) => tt.multilabelMarginLoss(x, at(3, 0, -1, 1).view([1, 4]))],
  ['multilabelSoftMarginLoss', [real(2, 3), share(2, 3)], (x, y) => tt.multilabelSoftMarginLoss(x, y)],
]
