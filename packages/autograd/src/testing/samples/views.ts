// Views.
import * as tt from '../../index.ts'
import { real } from './sample.ts'
import type { Sample } from './sample.ts'

export const views: readonly Sample[] = [
  ['view, reshape', [real(2, 3)], (x) => [x.view([3, 2]), x.t().reshape([6]), x.flatten(), x.alias()]],
  [
    'transpose, t, permute, movedim',
    [real(2, 3)],
    (x) => [x.transpose(0, 1), x.t(), x.permute([1, 0]), x.movedim(0, 1)],
  ],
  ['select, slice, narrow', [real(3, 4)], (x) => [x.select(1, 2), x.slice(1, 0, 4, 2), x.narrow(0, 1, 2)]],
  ['expand', [real(1, 3)], (x) => [x.expand([2, 3]), x.expand([4, 2, 3])]],
  ['squeeze, unsqueeze', [real(1, 3)], (x) => [x.squeeze(), x.squeeze(0), x.unsqueeze(1)]],
  ['diagonal', [real(2, 3, 3)], (x) => [x.diagonal({ offset: 1, dim1: 1, dim2: 2 }), x.diagonal()]],
  ['unfold', [real(5, 2)], (x) => [x.unfold(0, 3, 1), x.unfold(0, 2, 2)]],
  [
    'asStrided',
    [real(6)],
    (x) => [x.asStrided([2, 2], [1, 2], { storageOffset: 1 }), x.asStrided([3, 3], [1, 1])],
  ],
  ['asStrided of a window', [real(2, 3)], (x) => x.t().slice(0, 1).asStrided([2], [3], { storageOffset: 1 })],
  [
    'split, chunk, unbind',
    [real(4, 3)],
    (x) => [x.split(3)[0], x.split([1, 3])[1], x.chunk(2, 1)[1], x.unbind(1)[2]],
  ],
  [
    'all parts of split and unbind',
    [real(4, 3)],
    (x) => [...x.split(3), ...x.unbind(1), ...x.tensorSplit(3)],
  ],
  [
    'clone, contiguous, viewAs',
    [real(2, 3)],
    (x) => [x.clone(), x.t().contiguous(), x.viewAs(tt.zeros([6]))],
  ],
  [
    'views in place',
    [real(2, 3)],
    (x) => [x.mul(1).t_(), x.mul(1).unsqueeze_(0).squeeze_(), x.mul(1).transpose_(0, 1)],
  ],
  ['tril, triu', [real(3, 3)], (x) => [x.tril(), x.triu({ diagonal: 1 })]],
  [
    'diag, diagEmbed, trace',
    [real(3, 3)],
    (x) => [x.diag(), x.select(0, 0).diag({ diagonal: 1 }), x.diagEmbed({ offset: -1 }), x.trace()],
  ],
]
