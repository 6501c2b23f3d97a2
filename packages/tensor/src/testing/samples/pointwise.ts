// Samples of all elementwise ops, made from their records: a new op is tested without a line here.
import { inPlaceForm } from '../../dispatch/define.ts'
import { PointwiseRecord } from '../../dispatch/pointwise-record.ts'
import { dtypes } from '../../dtype.ts'
import type { DType } from '../../dtype.ts'
import type { Tensor } from '../../tensor.ts'
import { complexes, everyDtype, fullFloats } from '../sample.ts'
import type { Family, InputSpec, Sample, Values } from '../sample.ts'

type Elementwise = ((...tensors: Tensor[]) => Tensor) & {
  readonly record: PointwiseRecord
  readonly [inPlaceForm]: (...tensors: Tensor[]) => Tensor
}
const isElementwise = (fn: unknown): fn is Elementwise =>
  typeof fn === 'function' && (fn as { record?: unknown }).record instanceof PointwiseRecord

/** Sizes that end in a partial vector, or have no element, or one. */
const sizes: readonly (readonly number[])[] = [[], [1], [0], [19], [2, 0, 3], [3, 1, 2, 5]]

/** What the record of an op does not say. */
export interface Particulars {
  /** Values of the first input, for ops with a domain of their own. */
  readonly values?: Values
  /** A dtype that the function refuses. */
  readonly refuses?: DType
}

/** The family of a file of elementwise ops. */
export function pointwiseFamily(
  name: string,
  functions: object,
  particulars: Readonly<Record<string, Particulars>> = {},
): Family {
  const found = Object.entries(functions).filter((entry): entry is [string, Elementwise] =>
    isElementwise(entry[1]),
  )
  return { name, samples: found.flatMap(([key, fn]) => samplesOf(key, fn, particulars[key] ?? {})) }
}

function samplesOf(
  name: string,
  fn: Elementwise,
  { values: first = 'any', refuses: refused }: Particulars,
): Sample[] {
  const { arity, refuses, unpromoted, result, complex } = fn.record
  const taken = everyDtype.filter((dtype) => !refuses.includes(dtypes[dtype].category) && dtype !== refused)
  // Second operands are above 0: no division by zero, no negative powers of integers
  const inputs = (shapes: readonly (readonly number[])[], values: Values): InputSpec[] =>
    shapes.map((shape, i) =>
      unpromoted & (1 << i) ? { shape, dtype: 'bool' } : { shape, values: i === 0 ? values : 'positive' },
    )
  const same = (shape: readonly number[]): (readonly number[])[] => Array.from({ length: arity }, () => shape)
  const one = (
    sample: string,
    dtypeNames: readonly DType[],
    specs: InputSpec[],
    run: Sample['run'] = (tensors) => fn(...tensors),
  ): Sample => ({ name: sample, dtypes: dtypeNames, inputs: specs, run })
  const floating = taken.filter((dtype) => fullFloats.includes(dtype))
  const samples = [
    one(name, complex ? [...taken, ...complexes] : taken, inputs(same([5, 7]), first)),
    one(
      `${name} of odd sizes`,
      taken.filter((dtype) => dtype === 'float32'),
      sizes.flatMap((shape) => inputs(same(shape), first)),
      (tensors) => sizes.map((_, i) => fn(...tensors.slice(i * arity, (i + 1) * arity))),
    ),
    one(`${name} of extremes`, floating, inputs(same([13]), 'extremes')),
  ]
  // Not of three: a product that overflows and a sum may be rounded as one, as PyTorch on CUDA does, and then be finite.
  if (arity === 2) {
    samples.push({
      ...one(
        `${name} of pairs of extremes`,
        floating,
        [[13, 1], [13]].map((shape) => ({ shape, values: 'extremes' })),
      ),
      layouts: ['contiguous'],
    })
  }
  if (arity > 1) {
    samples.push(one(`${name} broadcast`, floating, inputs([[2, 1, 5], [3, 1], [1]].slice(0, arity), first)))
    samples.push(
      one(
        `${name} of dtypes`,
        taken.filter((dtype) => dtype !== 'bool'),
        inputs(same([3, 4]), first).map((spec, i) =>
          i === 1 && !refuses.includes('int') ? { ...spec, dtype: 'int32' } : spec,
        ),
      ),
    )
  }
  if (result !== 'bool') {
    samples.push({
      ...one(`${name}_`, floating, inputs(same([5, 7]), first), (tensors) => fn[inPlaceForm](...tensors)),
      layouts: ['contiguous', 'transposed', 'sliced'],
    })
  }
  return samples
}
