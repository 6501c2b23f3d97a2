// Activations.
import * as tt from '../../index.ts'
import { positive, real, unary } from './sample.ts'
import type { Sample } from './sample.ts'

const names = [
  ...['relu', 'relu6', 'hardtanh', 'leakyRelu', 'elu', 'celu', 'selu', 'silu', 'gelu', 'softplus', 'mish'],
  ...['logsigmoid', 'hardsigmoid', 'hardswish', 'softsign', 'tanhshrink', 'softshrink', 'hardshrink'],
]

export const activation: readonly Sample[] = [
  ...unary(tt, names, real(2, 3)),
  ['hardsigmoid and hardswish, flat', [positive(4)], (x) => [x.mul(3).hardsigmoid(), x.mul(-3).hardswish()]],
  ['mish and softplus of large numbers', [positive(4)], (x) => [x.mul(15).mish(), x.mul(15).softplus()]],
  ['gelu tanh', [real(4)], (x) => x.gelu({ approximate: 'tanh' })],
  ['softplus, beta', [real(4)], (x) => x.softplus({ beta: 2, threshold: 1 })],
  ['prelu', [real(2, 3), real(3)], (x, w) => x.prelu(w)],
  ['threshold', [real(4)], (x) => x.threshold(0.2, 3)],
]
