// Gradcheck and gradgradcheck of every differentiable op, in float64. Each sample is a function of a few leaves.
import { describe, expect, test } from '@jest/globals'
import * as tt from '@tt/autograd'
import { gradcheck, gradgradcheck, manualSeed, tensor } from '@tt/autograd'
import type { Tensor } from '@tt/autograd'
import './setup.ts'

/** Shapes of the leaves, or `[shape, low, high]` for their range; the default is −2 to 2, away from whole numbers. */
type Leaf = readonly number[] | { shape: readonly number[]; low: number; high: number }
type Sample = readonly [
  name: string,
  leaves: readonly Leaf[],
  fn: (...inputs: Tensor[]) => Tensor | readonly Tensor[],
  order?: 1,
]

let seed = 1
/** Numbers that keep clear of kinks (whole numbers and halves) and of each other. */
function values(leaf: Leaf): Tensor {
  const { shape, low, high } = 'shape' in leaf ? leaf : { shape: leaf, low: -2, high: 2 }
  const count = shape.reduce((n, size) => n * size, 1)
  const order = Array.from({ length: count }, (_, i) => ((i + 1) * 7919 + seed++ * 104729) % 1009)
  const data = order.map((n) => {
    const x = low + ((n + 0.5) / 1009) * (high - low)
    const near = Math.abs(x * 2 - Math.round(x * 2))
    return near < 0.04 ? x + 0.03 : x
  })
  return tensor(new Float64Array(data)).reshape(shape).requiresGrad_()
}
const positive = (...shape: number[]): Leaf => ({ shape, low: 0.2, high: 2 })
const unit = (...shape: number[]): Leaf => ({ shape, low: -0.9, high: 0.9 })
const share = (...shape: number[]): Leaf => ({ shape, low: 0.1, high: 0.9 })

const at = (...data: number[]): Tensor => tensor(BigInt64Array.from(data.map(BigInt)))
const mask = (): Tensor =>
  tensor([
    [true, false, true],
    [false, true, true],
  ])

const unary = (names: readonly string[], leaf: Leaf): Sample[] =>
  names.map((name) => [name, [leaf], (x) => (x as unknown as Record<string, () => Tensor>)[name]()])
const binary = (names: readonly string[], a: Leaf, b: Leaf): Sample[] =>
  names.map((name) => [
    name,
    [a, b],
    (x, y) => (x as unknown as Record<string, (y: Tensor) => Tensor>)[name](y),
  ])

const elementwise: Sample[] = [
  ...unary(
    [
      'neg',
      'abs',
      'sign',
      'floor',
      'ceil',
      'trunc',
      'frac',
      'square',
      'exp',
      'exp2',
      'expm1',
      'sin',
      'cos',
      'sinh',
      'cosh',
      'tanh',
      'asinh',
      'atan',
      'erf',
      'erfc',
      'sigmoid',
      'sinc',
      'deg2rad',
      'rad2deg',
      'reciprocal',
      'positive',
      'relu',
      'relu6',
      'hardtanh',
      'leakyRelu',
      'elu',
      'celu',
      'selu',
      'silu',
      'gelu',
      'softplus',
      'logsigmoid',
      'mish',
      'hardsigmoid',
      'hardswish',
      'softsign',
      'tanhshrink',
      'softshrink',
      'hardshrink',
      'nanToNum',
    ],
    [2, 3],
  ),
  ...unary(['log', 'log2', 'log10', 'log1p', 'sqrt', 'rsqrt', 'lgamma', 'entr'], positive(2, 3)),
  ...unary(['tan', 'asin', 'acos', 'atanh', 'erfinv'], unit(2, 3)),
  ['digamma', [positive(2, 3)], (x) => x.digamma(), 1],
  ['acosh', [{ shape: [4], low: 1.2, high: 3 }], (x) => x.acosh()],
  ['logit', [share(4)], (x) => x.logit()],
  ['gelu tanh', [[4]], (x) => x.gelu({ approximate: 'tanh' })],
  ['softplus, beta', [[4]], (x) => x.softplus({ beta: 2, threshold: 1 })],
  ['prelu', [[2, 3], [3]], (x, w) => x.prelu(w)],
  ...binary(
    ['add', 'sub', 'rsub', 'mul', 'maximum', 'minimum', 'fmax', 'fmin', 'atan2', 'hypot', 'copysign'],
    [2, 3],
    [3],
  ),
  ...binary(['logaddexp', 'logaddexp2'], [2, 1], [3]),
  ...binary(['div', 'fmod', 'remainder'], [2, 3], positive(1)),
  ...binary(['pow', 'xlogy', 'xlog1py'], positive(2, 3), positive(3)),
  ['ldexp', [[3], [3]], (x, y) => x.ldexp(y)],
  ['add alpha', [[3], [3]], (x, y) => x.add(y, { alpha: 2.5 })],
  ['pow 3', [[3]], (x) => x.pow(3)],
  ['pow of a number', [[3]], (x) => tt.pow(2 as never, x)],
  ['addcmul', [[3], [2, 3], [3]], (x, y, z) => x.addcmul(y, z, { value: 2 })],
  ['addcdiv', [[3], [2, 3], positive(3)], (x, y, z) => x.addcdiv(y, z, { value: 2 })],
  ['lerp', [[3], [3], [3]], (x, y, w) => x.lerp(y, w)],
  ['lerp 0.3', [[3], [3]], (x, y) => x.lerp(y, 0.3)],
  ['clamp', [[2, 3]], (x) => x.clamp(-0.6, 0.7)],
  [
    'clamp by tensors',
    [[2, 3], { shape: [3], low: -2, high: -0.6 }, { shape: [3], low: 0.6, high: 2 }],
    (x, a, b) => x.clamp(a, b),
  ],
  ['clampMin, clampMax', [[4]], (x) => [x.clampMin(0.1), x.clampMax(0.1)]],
  ['maskedFill', [[2, 3], []], (x, v) => x.maskedFill(mask(), v)],
  ['where', [[2, 3], [3]], (x, y) => tt.where(mask(), x, y)],
  ['threshold', [[4]], (x) => x.threshold(0.2, 3)],
]

const reductions: Sample[] = [
  ['sum', [[2, 3]], (x) => [x.sum(), x.sum(0), x.sum(-1, { keepdim: true })]],
  ['mean', [[2, 3]], (x) => [x.mean(), x.mean(0), x.mean([0, 1], { keepdim: true })]],
  ['prod', [[2, 3]], (x) => [x.prod(), x.prod(0), x.prod(1, { keepdim: true })]],
  ['prod with zeros', [[4]], (x) => x.mul(tensor([1, 0, 1, 1])).prod()],
  ['amax, amin', [[2, 3]], (x) => [x.amax(0), x.amin([0, 1], { keepdim: true })]],
  ['max, min', [[2, 3]], (x) => [x.max(), x.min(), x.max(1).values, x.min(0, { keepdim: true }).values]],
  ['var, std', [[2, 3]], (x) => [x.var(), x.var(1, { correction: 0, keepdim: true }), x.std(), x.std(0)]],
  ['logsumexp', [[2, 3]], (x) => [x.logsumexp(1), x.logsumexp([0, 1], { keepdim: true })]],
  ['norm 2', [[2, 3]], (x) => [x.norm(), x.norm(2, 1)]],
  [
    'norm of other orders',
    [[2, 3]],
    (x) => [x.norm(1, 0), x.norm(3, 1, { keepdim: true }), x.norm(1.5), x.norm(Infinity, 1)],
  ],
  ['median', [[2, 5]], (x) => [x.median(), x.median(1).values]],
  ['kthvalue, mode', [[2, 5]], (x) => [x.kthvalue(2).values, x.mode().values]],
  [
    'sort, topk',
    [[2, 5]],
    (x) => [x.sort().values, x.sort(0, { descending: true }).values, x.topk(2).values],
  ],
  ['cumsum', [[2, 3]], (x) => [x.cumsum(0), x.cumsum(1)]],
  ['cumprod', [[2, 3]], (x) => [x.cumprod(0), x.cumprod(1)]],
  ['cummax, cummin', [[2, 4]], (x) => [x.cummax(1).values, x.cummin(0).values]],
  ['logcumsumexp', [[2, 3]], (x) => x.logcumsumexp(1)],
  ['softmax', [[2, 3]], (x) => [x.softmax(1), x.softmax(0)]],
  ['logSoftmax', [[2, 3]], (x) => [x.logSoftmax(1), x.logSoftmax(0)]],
]

const views: Sample[] = [
  ['view, reshape', [[2, 3]], (x) => [x.view([3, 2]), x.t().reshape([6]), x.flatten()]],
  [
    'transpose, t, permute, movedim',
    [[2, 3]],
    (x) => [x.transpose(0, 1), x.t(), x.permute([1, 0]), x.movedim(0, 1)],
  ],
  ['select, slice, narrow', [[3, 4]], (x) => [x.select(1, 2), x.slice(1, 0, 4, 2), x.narrow(0, 1, 2)]],
  ['expand', [[1, 3]], (x) => [x.expand([2, 3]), x.expand([4, 2, 3])]],
  ['squeeze, unsqueeze', [[1, 3]], (x) => [x.squeeze(), x.squeeze(0), x.unsqueeze(1)]],
  ['diagonal', [[2, 3, 3]], (x) => [x.diagonal({ offset: 1, dim1: 1, dim2: 2 }), x.diagonal()]],
  ['unfold', [[5, 2]], (x) => [x.unfold(0, 3, 1), x.unfold(0, 2, 2)]],
  [
    'asStrided',
    [[6]],
    (x) => [x.asStrided([2, 2], [1, 2], { storageOffset: 1 }), x.asStrided([3, 3], [1, 1])],
  ],
  ['asStrided of a window', [[2, 3]], (x) => x.t().slice(0, 1).asStrided([2], [3], { storageOffset: 1 })],
  [
    'split, chunk, unbind',
    [[4, 3]],
    (x) => [x.split(3)[0], x.split([1, 3])[1], x.chunk(2, 1)[1], x.unbind(1)[2]],
  ],
  ['clone, contiguous, viewAs', [[2, 3]], (x) => [x.clone(), x.t().contiguous(), x.viewAs(tt.zeros([6]))]],
  ['tril, triu', [[3, 3]], (x) => [x.tril(), x.triu({ diagonal: 1 })]],
  [
    'diag, diagEmbed, trace',
    [[3, 3]],
    (x) => [x.diag(), x.select(0, 0).diag({ diagonal: 1 }), x.diagEmbed({ offset: -1 }), x.trace()],
  ],
  [
    'scatters of windows',
    [[3, 3], [3]],
    (x, y) => [
      x.selectScatter(y, 0, 1),
      x.diagonalScatter(y),
      x.sliceScatter(y.view([1, 3]), 0, { start: 1, end: 2 }),
    ],
  ],
  [
    'flip, roll, repeat',
    [[2, 3]],
    (x) => [x.flip([0, 1]), x.roll(1, 0), x.roll(2), x.repeat([2, 1, 2]), x.tile([2])],
  ],
]

const joins: Sample[] = [
  [
    'cat',
    [
      [2, 3],
      [1, 3],
    ],
    (x, y) => [tt.cat([x, y]), tt.cat([x, x], 1)],
  ],
  [
    'stack',
    [
      [2, 3],
      [2, 3],
    ],
    (x, y) => tt.stack([x, y], 1),
  ],
  ['pad', [[2, 3]], (x) => [tt.pad(x, [1, 2, 0, 1], { value: 2 }), tt.pad(x, [-1, 1])]],
]

const indexing: Sample[] = [
  [
    'index',
    [[3, 4]],
    (x) => [x.index([at(0, 2, 0)]), x.index([null, at(1, 1)]), x.index([at(0, 1), at(2, 2)])],
  ],
  ['index by a mask', [[2, 3]], (x) => [x.index([mask()]), x.maskedSelect(mask())]],
  ['at', [[3, 4]], (x) => x.at(':', at(0, 3))],
  [
    'indexPut',
    [
      [3, 4],
      [2, 4],
    ],
    (x, v) => [x.indexPut([at(0, 2)], v), x.indexPut([at(1, 1)], v, { accumulate: true })],
  ],
  ['gather, takeAlongDim', [[2, 3]], (x) => x.gather(1, at(0, 0, 2, 1).view([2, 2]))],
  ['indexSelect', [[3, 2]], (x) => [x.indexSelect(0, at(2, 2, 0)), x.indexSelect(1, at(1))]],
  [
    'indexAdd, indexCopy, indexFill',
    [[3, 2], [2, 2], []],
    (x, y, v) => [x.indexAdd(0, at(0, 0), y), x.indexCopy(0, at(2, 0), y), x.indexFill(1, at(1), v)],
  ],
  [
    'scatter',
    [
      [3, 2],
      [2, 2],
    ],
    (x, y) => {
      const index = at(2, 0, 1, 1).view([2, 2])
      return [
        x.scatter(0, index, y),
        x.scatterAdd(0, index, y),
        x.scatter(0, index.slice(0, 0, 1), y),
        x.scatter(0, index, 2),
      ]
    },
  ],
  ...(['sum', 'mean', 'prod', 'amax', 'amin'] as const).flatMap((reduce): Sample[] =>
    [true, false].map((includeSelf) => [
      `scatterReduce ${reduce} ${includeSelf ? 'with' : 'without'} self`,
      [
        [3, 2],
        [2, 2],
      ],
      (x, y) => x.scatterReduce(0, at(2, 2, 2, 1).view([2, 2]), y, reduce, { includeSelf }),
    ]),
  ),
  ['embedding', [[4, 2]], (w) => [tt.embedding(at(0, 3, 3), w), tt.embedding(at(0, 3, 1).view([3, 1]), w)]],
  ['maskedScatter', [[2, 3], [6]], (x, y) => x.maskedScatter(mask(), y)],
]

const products: Sample[] = [
  [
    'mm',
    [
      [2, 3],
      [3, 4],
    ],
    (a, b) => a.mm(b),
  ],
  [
    'bmm',
    [
      [2, 2, 3],
      [2, 3, 2],
    ],
    (a, b) => a.bmm(b),
  ],
  ['mv, dot', [[2, 3], [3]], (a, b) => [a.mv(b), a.select(0, 0).dot(b)]],
  [
    'matmul, batched and broadcast',
    [
      [2, 2, 3],
      [3, 2],
      [2, 1, 3, 2],
    ],
    (a, b, c) => [a.matmul(b), a.matmul(c)],
  ],
  ['matmul of vectors', [[3], [3, 2], [2, 2, 3]], (v, a, c) => [v.matmul(a), c.matmul(v)]],
  [
    'linear',
    [[2, 3], [4, 3], [4]],
    (x, w, b) => [tt.linear(x, w, b), tt.linear(x, w), tt.linear(x.view([1, 2, 3]), w, b)],
  ],
  ['addmm', [[4], [2, 3], [3, 4]], (x, a, b) => x.addmm(a, b, { beta: 2, alpha: 0.5 })],
  ['addmv, addr', [[2], [2, 3], [3]], (x, a, b) => [x.addmv(a, b, { alpha: 2 }), a.addr(x, b, { beta: 3 })]],
  [
    'addbmm, baddbmm',
    [
      [2, 2],
      [2, 2, 3],
      [2, 3, 2],
    ],
    (x, a, b) => [x.addbmm(a, b), x.baddbmm(a, b, { beta: 2, alpha: 3 })],
  ],
  [
    'conv1d',
    [[1, 2, 6], [4, 1, 3], [4]],
    (x, w, b) => tt.conv1d(x, w, b, { groups: 2, stride: 2, padding: 1 }),
  ],
  ['conv2d', [[1, 2, 4, 4], [2, 2, 2, 2], [2]], (x, w, b) => tt.conv2d(x, w, b, { dilation: 2, padding: 1 })],
  [
    'conv2d, plain',
    [
      [2, 1, 3, 3],
      [2, 1, 2, 2],
    ],
    (x, w) => tt.conv2d(x, w),
  ],
  [
    'convTranspose2d',
    [[1, 2, 2, 2], [2, 1, 2, 2], [1]],
    (x, w, b) => tt.convTranspose2d(x, w, b, { stride: 2, outputPadding: 1 }),
  ],
  ['maxPool2d', [[1, 2, 4, 4]], (x) => [tt.maxPool2d(x, 2), tt.maxPool2d(x, 3, { stride: 1, padding: 1 })]],
  [
    'avgPool2d',
    [[1, 2, 4, 4]],
    (x) => [tt.avgPool2d(x, 2), tt.avgPool2d(x, 3, { padding: 1, stride: 2, countIncludePad: false })],
  ],
  ['maxPool1d, avgPool1d', [[1, 2, 6]], (x) => [tt.maxPool1d(x, 2), tt.avgPool1d(x, 3)]],
]

const normalizations: Sample[] = [
  [
    'batchNorm',
    [[3, 2, 2], [2], [2]],
    (x, w, b) => [
      tt.batchNorm(x, null, null, w, b, { training: true }),
      tt.batchNorm(x, null, null, null, b, { training: true }),
    ],
  ],
  ['layerNorm', [[2, 3], [3], [3]], (x, w, b) => [tt.layerNorm(x, [3], w, b), tt.layerNorm(x, [2, 3])]],
  ['groupNorm', [[2, 4, 2], [4], [4]], (x, w, b) => tt.groupNorm(x, 2, w, b)],
  [
    'adaptive pools',
    [[1, 1, 5, 4]],
    (x) => [
      tt.adaptiveAvgPool2d(x, [2, 3]),
      tt.adaptiveAvgPool2d(x, [1, 2]),
      tt.adaptiveMaxPool2d(x, [2, 3]),
    ],
  ],
]

const losses: Sample[] = [
  [
    'nllLoss',
    [[3, 4]],
    (x) => [tt.nllLoss(x, at(0, 3, 1)), tt.nllLoss(x, at(0, 3, 1), null, { reduction: 'none' })],
  ],
  [
    'nllLoss with weights and ignored',
    [[3, 4]],
    (x) => tt.nllLoss(x, at(0, 3, 1), tensor(Float64Array.of(1, 2, 3, 4)), { ignoreIndex: 3 }),
  ],
  [
    'crossEntropy',
    [[3, 4]],
    (x) => [tt.crossEntropy(x, at(0, 3, 1)), tt.crossEntropy(x, at(0, 3, 1), null, { labelSmoothing: 0.1 })],
  ],
  ...(['mean', 'sum', 'none'] as const).flatMap((reduction): Sample[] => [
    [
      `mseLoss ${reduction}`,
      [
        [2, 3],
        [2, 3],
      ],
      (x, y) => tt.mseLoss(x, y, { reduction }),
    ],
    [
      `l1Loss ${reduction}`,
      [
        [2, 3],
        [2, 3],
      ],
      (x, y) => tt.l1Loss(x, y, { reduction }),
    ],
    [
      `smoothL1Loss ${reduction}`,
      [
        [2, 3],
        [2, 3],
      ],
      (x, y) => tt.smoothL1Loss(x, y, { reduction, beta: 0.7 }),
    ],
    [
      `huberLoss ${reduction}`,
      [
        [2, 3],
        [2, 3],
      ],
      (x, y) => tt.huberLoss(x, y, { reduction, delta: 0.7 }),
    ],
    [
      `binaryCrossEntropy ${reduction}`,
      [share(2, 3), share(2, 3), positive(3)],
      (x, y, w) => tt.binaryCrossEntropy(x, y, w, { reduction }),
    ],
    [
      `binaryCrossEntropyWithLogits ${reduction}`,
      [[2, 3], share(2, 3), positive(3)],
      (x, y, w) => [
        tt.binaryCrossEntropyWithLogits(x, y, w, null, { reduction }),
        tt.binaryCrossEntropyWithLogits(x, y, null, w, { reduction }),
      ],
    ],
    [
      `softMarginLoss ${reduction}`,
      [
        [2, 3],
        [2, 3],
      ],
      (x, y) => tt.softMarginLoss(x, y, { reduction }),
    ],
  ]),
]

const inPlace: Sample[] = [
  ['in-place arithmetic', [[2, 3], [3]], (x, y) => x.mul(1).mul_(y).add_(y).sin_().div_(y.square().add(1))],
  [
    'in-place on views',
    [[2, 3], [3]],
    (x, y) => {
      const z = x.mul(x)
      const early = z.select(1, 2)
      z.select(0, 1).mul_(y)
      z.t().select(0, 0).sigmoid_()
      return [z, early]
    },
  ],
  [
    'in-place indexing',
    [
      [3, 2],
      [2, 2],
    ],
    (x, y) =>
      x
        .mul(1)
        .indexPut_([at(0, 2)], y)
        .indexAdd_(0, at(1, 1), y)
        .scatter_(0, at(0, 1).view([1, 2]), y),
  ],
  [
    'copy_ and fill_',
    [[2, 3], [3]],
    (x, y) => {
      const z = x.mul(1)
      z.select(0, 0).copy_(y)
      z.select(1, 1).fill_(3)
      return z
    },
  ],
]

const families = {
  elementwise,
  reductions,
  views,
  joins,
  indexing,
  products,
  normalizations,
  losses,
  inPlace,
}

for (const [family, samples] of Object.entries(families)) {
  describe(family, () => {
    for (const [name, leaves, fn, order] of samples) {
      test(name, () => {
        manualSeed(0)
        const inputs = leaves.map(values)
        expect(gradcheck(fn, inputs)).toBe(true)
        if (order !== 1) expect(gradgradcheck(fn, inputs)).toBe(true)
      })
    }
  })
}
