// Inputs of samples: the same bytes, strides and offset on every backend.
import type { Backend } from '../backend/backend.ts'
import { dtypes, realOf } from '../dtype.ts'
import type { DType, DTypeInfo, RealDType } from '../dtype.ts'
import { encoders } from '../host/encode.ts'
import { contiguousStrides, numelOf } from '../shape/shape.ts'
import { Storage } from '../storage.ts'
import { Tensor } from '../tensor.ts'
import type { InputSpec, Layout, Values } from './sample.ts'

/** Numbers from 0 to 1 (excluded), the same in every run (Numerical Recipes' linear congruences). */
function sequence(seed: number): () => number {
  let state = (seed * 2654435761 + 12345) >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

const extremes: Readonly<
  Record<'float' | 'int' | 'bool', (dtype: DTypeInfo) => readonly (number | bigint)[]>
> = {
  float: ({ max }) => [NaN, Infinity, -Infinity, 0, -0, 1, -1, Number(max), -Number(max), 1e-7, 0.5, -0.5, 2],
  int: ({ min, max }) => [min, max, 0, 1, 2, 3],
  bool: () => [0, 1],
}

/** A function that answers the next value. */
function generator(values: Values, dtype: DTypeInfo, seed: number): () => number | bigint {
  const random = sequence(seed)
  let next = 0
  const cycle = (list: readonly (number | bigint)[]) => () => list[next++ % list.length]
  if (values === 'extremes') return cycle(extremes[dtype.category as 'float'](dtype))
  if (typeof values === 'object')
    return 'list' in values ? cycle(values.list) : () => Math.floor(random() * values.below)
  if (values === 'truth' || dtype.category === 'bool') return () => Math.floor(random() * 2)
  if (dtype.category === 'int') {
    const low = dtype === dtypes.uint8 || values === 'positive' ? 1 : -6
    return () => low + Math.floor(random() * 13)
  }
  if (values === 'positive') return () => 0.05 + random() * 4
  return values === 'unit' ? () => random() * 1.9 - 0.95 : () => (random() + random() + random() - 1.5) * 4
}

/** Strides and offset of a layout. */
function arrange(shape: readonly number[], layout: Layout): { strides: number[]; offset: number } {
  const plain = contiguousStrides(shape)
  if (layout === 'transposed') return { strides: contiguousStrides(shape.toReversed()).reverse(), offset: 0 }
  if (layout === 'sliced') return { strides: plain.map((stride) => stride * 2), offset: 3 }
  if (layout === 'expanded') return { strides: plain.with(0, 0), offset: 0 }
  return { strides: plain, offset: 0 }
}

/** Whether the layout is another one than 'contiguous' for this shape. */
export const isDistinct = (shape: readonly number[], layout: Layout): boolean =>
  layout === 'contiguous' ||
  (layout === 'transposed' ? shape.length > 1 : shape.length > 0 && numelOf(shape) > 0)

/** The input on a backend. */
export function makeInput(
  backend: Backend,
  spec: InputSpec,
  dtype: DType,
  layout: Layout,
  seed: number,
): Tensor {
  const { shape, values = 'any' } = spec
  const dtypeInfo = dtypes[spec.dtype ?? dtype]
  const { strides, offset } = arrange(shape, isDistinct(shape, layout) ? layout : 'contiguous')
  const count =
    numelOf(shape) === 0 ? 0 : shape.reduce((last, size, i) => last + (size - 1) * strides[i], offset) + 1
  const array = new dtypeInfo.array(new ArrayBuffer(count * dtypeInfo.itemSize))
  const part = realOf(dtypeInfo) // of complex numbers, each part
  const next = generator(values, part, seed)
  for (let i = 0; i < array.length; i++) array[i] = encoders[part.name as RealDType](next()) as never
  const storage = new Storage(backend, array.byteLength)
  if (count > 0) backend.write(storage.buffer, 0, new Uint8Array(array.buffer))
  return new Tensor({ storage, dtypeInfo, shape, strides, offset, base: null, counter: storage })
}
