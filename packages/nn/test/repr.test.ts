// Text of modules, character for character as PyTorch prints it.
import '@tt/backend-cpu'
import { inspect } from 'node:util'
import { expect, test } from '@jest/globals'
import { zeros } from '@tt/autograd'
import * as nn from '@tt/nn'

const texts: [nn.Module, string][] = [
  [new nn.Linear(4, 3, { bias: false }), 'Linear(in_features=4, out_features=3, bias=False)'],
  [new nn.Bilinear(2, 3, 4), 'Bilinear(in1_features=2, in2_features=3, out_features=4, bias=True)'],
  [new nn.Conv1d(1, 2, 3), 'Conv1d(1, 2, kernel_size=(3,), stride=(1,))'],
  [
    new nn.Conv2d(3, 64, 7, { stride: 2, padding: 3, bias: false }),
    'Conv2d(3, 64, kernel_size=(7, 7), stride=(2, 2), padding=(3, 3), bias=False)',
  ],
  [
    new nn.Conv2d(4, 4, 3, { padding: 'same' }),
    'Conv2d(4, 4, kernel_size=(3, 3), stride=(1, 1), padding=same)',
  ],
  [
    new nn.Conv3d(1, 2, [3, 2, 1], { stride: [1, 2, 1] }),
    'Conv3d(1, 2, kernel_size=(3, 2, 1), stride=(1, 2, 1))',
  ],
  [new nn.MaxPool1d(2), 'MaxPool1d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)'],
  [
    new nn.MaxPool2d(3, { stride: 2, padding: 1, ceilMode: true }),
    'MaxPool2d(kernel_size=3, stride=2, padding=1, dilation=1, ceil_mode=True)',
  ],
  [
    new nn.MaxPool2d([3, 2], { returnIndices: true }),
    'MaxPool2d(kernel_size=(3, 2), stride=(3, 2), padding=0, dilation=1, ceil_mode=False)',
  ],
  [new nn.AvgPool1d(3, { stride: 2 }), 'AvgPool1d(kernel_size=(3,), stride=(2,), padding=(0,))'],
  [new nn.AdaptiveAvgPool2d([1, 1]), 'AdaptiveAvgPool2d(output_size=(1, 1))'],
  [new nn.AdaptiveAvgPool2d(1), 'AdaptiveAvgPool2d(output_size=1)'],
  [new nn.LPPool2d(2, 3), 'LPPool2d(norm_type=2, kernel_size=3, stride=None, ceil_mode=False)'],
  [new nn.MaxUnpool2d(2), 'MaxUnpool2d(kernel_size=(2, 2), stride=(2, 2), padding=(0, 0))'],
  [new nn.ReLU(), 'ReLU()'],
  [new nn.ReLU6(), 'ReLU6()'],
  [new nn.LeakyReLU({ negativeSlope: 0.2, inplace: true }), 'LeakyReLU(negative_slope=0.2, inplace=True)'],
  [new nn.PReLU(), 'PReLU(num_parameters=1)'],
  [new nn.CELU({ alpha: 0.5 }), 'CELU(alpha=0.5)'],
  [new nn.ELU(), 'ELU(alpha=1.0)'],
  [new nn.SELU(), 'SELU()'],
  [new nn.GELU({ approximate: 'tanh' }), "GELU(approximate='tanh')"],
  [new nn.Mish(), 'Mish()'],
  [new nn.Sigmoid(), 'Sigmoid()'],
  [new nn.Softmax(1), 'Softmax(dim=1)'],
  [new nn.Softmin(), 'Softmin(dim=None)'],
  [new nn.Softmax2d(), 'Softmax2d()'],
  [new nn.Softplus({ beta: 2, threshold: 10 }), 'Softplus(beta=2, threshold=10)'],
  [new nn.Softshrink(), 'Softshrink(0.5)'],
  [new nn.Hardshrink({ lambd: 0.3 }), 'Hardshrink(0.3)'],
  [
    new nn.Hardtanh({ minVal: -2, maxVal: 2, inplace: true }),
    'Hardtanh(min_val=-2, max_val=2, inplace=True)',
  ],
  [new nn.Hardtanh(), 'Hardtanh(min_val=-1.0, max_val=1.0)'],
  [new nn.Hardsigmoid(), 'Hardsigmoid()'],
  [new nn.Tanhshrink(), 'Tanhshrink()'],
  [new nn.LogSigmoid(), 'LogSigmoid()'],
  [new nn.Dropout(), 'Dropout(p=0.5, inplace=False)'],
  [new nn.Dropout({ p: 0.2 }), 'Dropout(p=0.2, inplace=False)'],
  [new nn.AlphaDropout({ p: 0.1 }), 'AlphaDropout(p=0.1, inplace=False)'],
  [new nn.BatchNorm2d(64), 'BatchNorm2d(64, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)'],
  [
    new nn.BatchNorm2d(3, { affine: false, momentum: 0.3 }),
    'BatchNorm2d(3, eps=1e-05, momentum=0.3, affine=False, track_running_stats=True)',
  ],
  [new nn.LayerNorm(10), 'LayerNorm((10,), eps=1e-05, elementwise_affine=True)'],
  [new nn.GroupNorm(2, 6), 'GroupNorm(2, 6, eps=1e-05, affine=True)'],
  [new nn.GroupNorm(1, 4, { affine: false }), 'GroupNorm(1, 4, eps=1e-05, affine=False)'],
  [
    new nn.InstanceNorm1d(3, { affine: true, trackRunningStats: true }),
    'InstanceNorm1d(3, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)',
  ],
  [new nn.Embedding(10, 3), 'Embedding(10, 3)'],
  [new nn.Embedding(10, 3, { paddingIdx: 0 }), 'Embedding(10, 3, padding_idx=0)'],
  [new nn.Flatten(0, 1), 'Flatten(start_dim=0, end_dim=1)'],
  [new nn.PixelShuffle(2), 'PixelShuffle(upscale_factor=2)'],
  [new nn.ReflectionPad2d([1, 2, 3, 4]), 'ReflectionPad2d((1, 2, 3, 4))'],
  [new nn.ConstantPad2d(1, 3.5), 'ConstantPad2d(padding=(1, 1, 1, 1), value=3.5)'],
  [new nn.RReLU(), 'RReLU(lower=0.125, upper=0.3333333333333333)'],
  [new nn.EmbeddingBag(10, 3, { mode: 'sum' }), 'EmbeddingBag(10, 3, mode=sum)'],
  [
    new nn.RNN(4, 3, { numLayers: 2, nonlinearity: 'relu', bidirectional: true }),
    'RNN(4, 3, num_layers=2, bidirectional=True)',
  ],
  [new nn.LSTM(4, 3, { projSize: 2 }), 'LSTM(4, 3, proj_size=2)'],
  [
    new nn.GRU(4, 3, { dropout: 0.5, batchFirst: true, bias: false, numLayers: 2 }),
    'GRU(4, 3, num_layers=2, bias=False, batch_first=True, dropout=0.5)',
  ],
  [new nn.RNNCell(4, 3, { nonlinearity: 'relu' }), 'RNNCell(4, 3, nonlinearity=relu)'],
  [new nn.Upsample({ scaleFactor: 2 }), 'Upsample(scale_factor=2.0, mode=nearest)'],
  [
    new nn.Upsample({ size: [4, 5], mode: 'bilinear', alignCorners: true }),
    'Upsample(size=(4, 5), mode=bilinear)',
  ],
  [new nn.Unfold(3, { padding: 1 }), 'Unfold(kernel_size=3, dilation=1, padding=1, stride=1)'],
  [new nn.Fold([4, 5], 2), 'Fold(output_size=(4, 5), kernel_size=2, dilation=1, padding=0, stride=1)'],
  [new nn.CTCLoss(), 'CTCLoss()'],
  [new nn.MSELoss(), 'MSELoss()'],
  [new nn.CrossEntropyLoss(), 'CrossEntropyLoss()'],
  [new nn.BCEWithLogitsLoss(), 'BCEWithLogitsLoss()'],
  [new nn.Sequential(), 'Sequential()'],
  [
    new nn.Sequential(new nn.Linear(2, 10), new nn.ReLU(), new nn.Linear(10, 2)),
    `Sequential(
  (0): Linear(in_features=2, out_features=10, bias=True)
  (1): ReLU()
  (2): Linear(in_features=10, out_features=2, bias=True)
)`,
  ],
  [
    new nn.Sequential({ conv1: new nn.Conv2d(1, 20, 5), relu1: new nn.ReLU() }),
    `Sequential(
  (conv1): Conv2d(1, 20, kernel_size=(5, 5), stride=(1, 1))
  (relu1): ReLU()
)`,
  ],
  [
    new nn.Sequential(
      new nn.Sequential(new nn.Linear(1, 2), new nn.ReLU()),
      new nn.Sequential(new nn.Linear(2, 1)),
    ),
    `Sequential(
  (0): Sequential(
    (0): Linear(in_features=1, out_features=2, bias=True)
    (1): ReLU()
  )
  (1): Sequential(
    (0): Linear(in_features=2, out_features=1, bias=True)
  )
)`,
  ],
  [new nn.ModuleList(), 'ModuleList()'],
  [
    new nn.ModuleDict({ a: new nn.Linear(1, 1), b: new nn.ReLU() }),
    `ModuleDict(
  (a): Linear(in_features=1, out_features=1, bias=True)
  (b): ReLU()
)`,
  ],
  [
    new nn.ParameterList([new nn.Parameter(zeros([2])), new nn.Parameter(zeros([2, 3]))]),
    `ParameterList(
    (0): Parameter containing: [torch.float32 of size 2]
    (1): Parameter containing: [torch.float32 of size 2x3]
)`,
  ],
]

test.each(texts.map(([module, text]) => [text.split('\n')[0], module, text] as const))(
  '%s',
  (_title, module, text) => {
    expect(String(module)).toBe(text)
    expect(inspect(module)).toBe(text)
  },
)

class Scale extends nn.Module {
  readonly k: number
  constructor(k: number) {
    super()
    this.k = k
  }
  override extraRepr(): string {
    return `k=${this.k}`
  }
  override forward<T>(x: T): T {
    return x
  }
}

class WithNone extends nn.Module {
  a = new nn.Linear(1, 1)
  b: nn.Module | null = null
  w = new nn.Parameter(zeros([1]))
  act = new nn.ReLU()
  loss = new nn.MSELoss()
}

test('own modules, with extraRepr, nothing, parameters', () => {
  expect(String(new nn.Sequential(new Scale(2) as nn.Layer, new nn.Linear(1, 1)))).toBe(`Sequential(
  (0): Scale(k=2)
  (1): Linear(in_features=1, out_features=1, bias=True)
)`)
  expect(String(new WithNone())).toBe(`WithNone(
  (a): Linear(in_features=1, out_features=1, bias=True)
  (act): ReLU()
  (loss): MSELoss()
)`)
})

test('a parameter', () => {
  expect(String(new nn.Parameter(zeros([2])))).toBe(
    'Parameter containing:\ntensor([0., 0.], requires_grad=True)',
  )
})
