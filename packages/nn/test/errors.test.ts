// What layers say to bad input: a clear error of this library, before anything is changed.
import '@tt/backend-cpu'
import { expect, test } from '@jest/globals'
import { TtError, ones, tensor, zeros } from '@tt/autograd'
import * as nn from '@tt/nn'

const cases: [string, () => unknown, RegExp][] = [
  ['channels', () => new nn.Conv2d(3, 8, 3).call(ones([1, 1, 8, 8])), /conv2d: .*channels/],
  ['dims of an image', () => new nn.Conv2d(3, 8, 3).call(ones([8, 8])), /conv2d: .*dims/],
  [
    'a window that does not fit',
    () => new nn.MaxPool2d(4).call(ones([1, 1, 2, 2])),
    /maxPool2d: the window must fit/,
  ],
  [
    'dims of a norm',
    () => new nn.BatchNorm2d(3).call(ones([2, 3])),
    /BatchNorm2d: the input must have 4 dims, got \[2, 3\]/,
  ],
  ['one value per channel', () => new nn.BatchNorm1d(3).call(ones([1, 3])), /batchNorm: /],
  ['an index that is no integer', () => new nn.Embedding(3, 2).call(tensor([0.5])), /embedding: /],
  ['an index out of range', () => new nn.Embedding(3, 2).call(tensor([3n])), /embedding: /],
  [
    'a class out of range',
    () => new nn.CrossEntropyLoss().call(zeros([2, 3]), tensor([0n, 3n])),
    /Loss|crossEntropy/,
  ],
  [
    'classes of the wrong shape',
    () => new nn.CrossEntropyLoss().call(zeros([2, 3]), tensor([[0n], [1n]])),
    /crossEntropy: /,
  ],
  ['a size of a loss', () => new nn.MSELoss().call(zeros([2, 3]), zeros([4])), /mseLoss: /],
  ['a dtype', () => new nn.Linear(2, 2).call(ones([1, 2], { dtype: 'float64' })), /linear: /],
  ['features', () => new nn.Linear(2, 2).call(ones([1, 3])), /linear: /],
  [
    'groups',
    () => new nn.Conv2d(4, 4, 3, { groups: 3 }),
    /Conv2d: inChannels and outChannels must be divisible by groups, got 4, 4 and 3\./,
  ],
  [
    'a kernel',
    () => new nn.Conv2d(4, 4, [3, 3, 3]),
    /Conv2d: kernelSize must be an integer of at least 0, or 2 of them, got \[3,3,3\]\./,
  ],
  [
    'same with a stride',
    () => new nn.Conv2d(4, 4, 3, { padding: 'same', stride: 2 }),
    /Conv2d: padding 'same' needs a stride of 1, got \(2, 2\)\./,
  ],
  [
    'a padding mode',
    () => new nn.Conv2d(4, 4, 3, { paddingMode: 'wrap' as never }),
    /Conv2d: paddingMode must be .*, got 'wrap'\./,
  ],
  [
    'a probability',
    () => new nn.Dropout({ p: 1.5 }),
    /Dropout: p must be a probability in \[0, 1\], got 1\.5\./,
  ],
  [
    'what is no module',
    () => new nn.Sequential(new nn.Linear(1, 1), 5 as never),
    /Sequential: every member must be a module, got number\./,
  ],
  [
    'what is no module, alone',
    () => new nn.Sequential(5 as never),
    /Sequential: every member must be a module, got number\./,
  ],
  [
    'a list of what is no module',
    () => new nn.ModuleList([1 as never]),
    /ModuleList: every member must be a module, got number\./,
  ],
  [
    'a padding index',
    () => new nn.Embedding(3, 2, { paddingIdx: 3 }),
    /Embedding: paddingIdx must be within numEmbeddings, got 3 and 3\./,
  ],
  [
    'group norm',
    () => new nn.GroupNorm(4, 6),
    /GroupNorm: numChannels must be divisible by numGroups, got 6 and 4\./,
  ],
  ['glu', () => new nn.GLU().call(ones([3])), /glu: the size along dim -1 must be even, got \[3\]\./],
  [
    'parameter data',
    () => new nn.Parameter(ones([2])).setData(ones([3])),
    /setData: data must have the shape of the parameter, got \[3\] for \[2\]\./,
  ],
]

test.each(cases)('%s', (_title, run, message) => {
  expect(run).toThrow(TtError)
  expect(run).toThrow(message)
})

test('a failed batch leaves the running statistics as they were', () => {
  const norm = new nn.BatchNorm1d(3)
  expect(() => norm.call(ones([1, 3]))).toThrow()
  expect(norm.numBatchesTracked!.item()).toBe(0)
  expect(norm.runningMean!.tolist()).toEqual([0, 0, 0])
})
