// Products of matrices and vectors, and what is made of them.
import * as tt from '../../index.ts'
import { real } from './sample.ts'
import type { Sample } from './sample.ts'

export const matmul: readonly Sample[] = [
  ['mm', [real(2, 3), real(3, 4)], (a, b) => a.mm(b)],
  ['bmm', [real(2, 2, 3), real(2, 3, 2)], (a, b) => a.bmm(b)],
  ['mv, dot', [real(2, 3), real(3)], (a, b) => [a.mv(b), a.select(0, 0).dot(b), a.select(0, 1).vdot(b)]],
  [
    'matmul, batched and broadcast',
    [real(2, 2, 3), real(3, 2), real(2, 1, 3, 2)],
    (a, b, c) => [a.matmul(b), a.matmul(c)],
  ],
  ['matmul of vectors', [real(3), real(3, 2), real(2, 2, 3)], (v, a, c) => [v.matmul(a), c.matmul(v)]],
  [
    'linear',
    [real(2, 3), real(4, 3), real(4)],
    (x, w, b) => [tt.linear(x, w, b), tt.linear(x, w), tt.linear(x.view([1, 2, 3]), w, b)],
  ],
  ['bilinear', [real(2, 3), real(2, 2), real(2, 3, 2), real(2)], (x, y, w, b) => tt.bilinear(x, y, w, b)],
  ['addmm', [real(4), real(2, 3), real(3, 4)], (x, a, b) => x.addmm(a, b, { beta: 2, alpha: 0.5 })],
  [
    'addmv, addr',
    [real(2), real(2, 3), real(3)],
    (x, a, b) => [x.addmv(a, b, { alpha: 2 }), a.addr(x, b, { beta: 3 })],
  ],
  [
    'addbmm, baddbmm',
    [real(2, 2), real(2, 2, 3), real(2, 3, 2)],
    (x, a, b) => [x.addbmm(a, b), x.baddbmm(a, b, { beta: 2, alpha: 3 })],
  ],
  ['outer, inner, kron', [real(2), real(3), real(2, 3)], (x, y, a) => [x.outer(y), a.inner(y), a.kron(y)]],
  [
    'einsum, tensordot',
    [real(2, 3), real(3, 2)],
    (a, b) => [tt.einsum('ij,jk->ik', a, b), tt.tensordot(a, b, 1)],
  ],
  [
    'multiDot, chainMatmul',
    [real(2, 3), real(3, 2), real(2)],
    (a, b, c) => [tt.linalg.multiDot([a, b, c]), tt.chainMatmul(a, b)],
  ],
  [
    'cosineSimilarity, normalize',
    [real(2, 3), real(2, 3)],
    (a, b) => [tt.cosineSimilarity(a, b), tt.normalize(a)],
  ],
  ['pairwiseDistance, dist', [real(2, 3), real(2, 3)], (a, b) => [tt.pairwiseDistance(a, b), a.dist(b)]],
  [
    'cdist',
    [real(3, 2), real(2, 2)],
    (a, b) => [tt.cdist(a, b), tt.cdist(a, b, { p: 1 }), tt.cdist(a, b, { p: 3 })],
  ],
]
