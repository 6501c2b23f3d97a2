// Arithmetic, rounding, bounds, choices: elementwise.
import * as tt from '../../index.ts'
import { between, binary, mask, positive, real, unary } from './sample.ts'
import type { Sample } from './sample.ts'

const unaries = [
  ...[
    'neg',
    'abs',
    'sign',
    'sgn',
    'floor',
    'ceil',
    'trunc',
    'round',
    'frac',
    'square',
    'reciprocal',
    'positive',
  ],
  ...['deg2rad', 'rad2deg', 'nanToNum', 'angle'],
]
const binaries = [
  'add',
  'sub',
  'rsub',
  'mul',
  'maximum',
  'minimum',
  'fmax',
  'fmin',
  'atan2',
  'hypot',
  'copysign',
]

export const arithmetic: readonly Sample[] = [
  ...unary(tt, unaries, real(2, 3)),
  ...binary(tt, binaries, real(2, 3), real(3)),
  ...binary(tt, ['logaddexp', 'logaddexp2'], real(2, 1), real(3)),
  ...binary(tt, ['div', 'fmod', 'remainder', 'floorDivide'], real(2, 3), positive(1)),
  [
    'div, rounded',
    [real(2, 3), positive(1)],
    (x, y) => [x.div(y, { roundingMode: 'floor' }), x.div(y, { roundingMode: 'trunc' })],
  ],
  ['round, decimals', [real(3)], (x) => x.round({ decimals: 1 })],
  ...binary(tt, ['pow', 'xlogy', 'xlog1py'], positive(2, 3), positive(3)),
  ['ldexp', [real(3), real(3)], (x, y) => x.ldexp(y)],
  [
    'add alpha',
    [real(3), real(3)],
    (x, y) => [x.add(y, { alpha: 2.5 }), x.sub(y, { alpha: 3 }), x.rsub(y, { alpha: 3 })],
  ],
  ['pow 3', [real(3)], (x) => [x.pow(3), x.pow(2), x.pow(0), x.pow(-1)]],
  ['pow of a number', [real(3)], (x) => tt.pow(2 as never, x)],
  ['addcmul', [real(3), real(2, 3), real(3)], (x, y, z) => x.addcmul(y, z, { value: 2 })],
  ['addcdiv', [real(3), real(2, 3), positive(3)], (x, y, z) => x.addcdiv(y, z, { value: 2 })],
  ['lerp', [real(3), real(3), real(3)], (x, y, w) => x.lerp(y, w)],
  ['lerp 0.3', [real(3), real(3)], (x, y) => x.lerp(y, 0.3)],
  ['clamp', [real(2, 3)], (x) => [x.clamp(-0.6, 0.7), x.clamp(null, 0.7), x.clamp(-0.6)]],
  ['clamp by tensors', [real(2, 3), between(-2, -0.6, 3), between(0.6, 2, 3)], (x, a, b) => x.clamp(a, b)],
  [
    'clampMin, clampMax',
    [real(4), real(4)],
    (x, y) => [x.clampMin(0.1), x.clampMax(0.1), x.clampMin(y), x.clampMax(y)],
  ],
  ['maskedFill', [real(2, 3), real()], (x, v) => [x.maskedFill(mask(), v), x.maskedFill(mask(), 3)]],
  [
    'where',
    [real(2, 3), real(3)],
    (x, y) => [tt.where(mask(), x, y), tt.where(mask(), x, 1), tt.where(mask(), 1, y)],
  ],
  ['float powers', [positive(3), real(3)], (x, y) => x.floatPower(y)],
  ['nanToNum of NaN', [real(2, 3)], (x) => x.maskedFill(mask(), NaN).nanToNum({ nan: 1 })],
]
