// Every differentiable op has a sample in which each of its inputs carries a gradient. What the samples reach is what
// autograd is told of while they run forwards, backwards, and backwards with a graph of its own.
import { beforeAll, expect, test } from '@jest/globals'
import * as tt from '@tt/autograd'
import {
  NotImplementedError,
  PointwiseRecord,
  grad,
  gradState,
  manualSeed,
  randn,
  tensor,
} from '@tt/autograd'
import type { OpRecord, Tensor } from '@tt/autograd'
import { complexDerivatives } from '../src/derivatives/complex.ts'
import { elementwiseDerivatives } from '../src/derivatives/elementwise.ts'
import { formulaOf } from '../src/derivatives/index.ts'
import { families } from '../src/testing/samples/index.ts'
import { at, positive, real, tensorsOf } from '../src/testing/samples/sample.ts'
import type { Sample } from '../src/testing/samples/sample.ts'
import './setup.ts'

/** Inputs whose gradient PyTorch refuses: asking for it throws, as the last tests here show. */
const refused: Readonly<Record<string, Sample>> = {
  'pointwise heaviside 0': ['heaviside', [real(3)], (x) => x.heaviside(tensor(Float64Array.of(1, 2, 3)))],
  'pointwise heaviside 1': ['heaviside', [real(3)], (y) => tensor(Float64Array.of(1, 2, 3)).heaviside(y)],
  'pointwise igamma 0': ['igamma', [positive(3)], (a) => a.igamma(tensor(Float64Array.of(1, 2, 3)))],
  'pointwise igammac 0': ['igammac', [positive(3)], (a) => a.igammac(tensor(Float64Array.of(1, 2, 3)))],
  'pointwise zeta 0': [
    'zeta',
    [positive(3)],
    (s) => tt.special.zeta(s.add(2), tensor(Float64Array.of(1, 2, 3))),
  ],
  'pointwise nextafter 0': ['nextafter', [real(3)], (x) => x.nextafter(tensor(Float64Array.of(1, 2, 3)))],
  'structured geqrf 0': ['geqrf', [real(3, 2)], (x) => x.geqrf().a],
  'structured linalgLdlFactorEx 0': ['ldlFactor', [real(2, 2)], (x) => tt.linalg.ldlFactor(x.add(x.mT)).LD],
  'structured linalgLdlSolve 0': [
    'ldlSolve',
    [real(2, 2)],
    (x) => tt.linalg.ldlSolve(x, at(1, 2).to('int32'), tt.eye(2, null, { dtype: 'float64' })),
  ],
}

/** Inputs whose gradient is not that of the values, and why. */
const stated: Readonly<Record<string, string>> = {
  'structured normalTensors 0': 'zeros, as PyTorch: samples carry no gradient to their mean',
  'structured normalTensors 1': 'zeros, as PyTorch: samples carry no gradient to their deviation',
}

/** Inputs, as 'pointwise mul 1', that were recorded with a gradient; those of integers carry none. */
const seen = new Set<string>()

beforeAll(() => {
  const hook = gradState.hook!
  const note = (op: OpRecord, tensors: readonly Tensor[]): void =>
    positions(op, tensors.length).forEach((position, i) => {
      if (tensors[i].requiresGrad || !tensors[i].dtypeInfo.differentiable) seen.add(label(op, position))
      if (op.kind === 'pointwise' && op.category === 'complex')
        seen.add(`pointwise complex ${op.name} ${position}`)
    })
  gradState.hook = {
    ...hook,
    record: (op, tensors, attrs, outputs) => {
      note(op, tensors)
      hook.record(op, tensors, attrs, outputs)
    },
    recordInPlace: (op, tensors, attrs, self) => {
      note(op, tensors)
      hook.recordInPlace(op, tensors, attrs, self)
    },
    // asked of composites whose inputs need gradients; one without a formula is differentiated through, not recorded
    hasFormula: (op) => {
      seen.add(label(op, 'decomposed'))
      return hook.hasFormula(op)
    },
  }
  try {
    manualSeed(0)
    for (const sample of Object.values(families).flat()) backwards(sample)
  } finally {
    gradState.hook = hook
  }
})

function backwards([, leaves, fn]: Sample): void {
  const inputs = tensorsOf(leaves)
  const results = [fn(...inputs)].flat() as Tensor[]
  const outputs = results.filter((output) => output.requiresGrad)
  const gradOutputs = outputs.map((output) =>
    randn(output.shape, { dtype: output.dtype, requiresGrad: true }),
  )
  grad(outputs, inputs, { gradOutputs, createGraph: true, allowUnused: true })
}

const label = ({ kind, name }: { kind: OpRecord['kind']; name: string }, input: number | string): string =>
  `${kind} ${name} ${input}`

/** Which inputs of the op the tensors of a call are: numbers in their place are no tensors. */
function positions(op: OpRecord, count: number): number[] {
  const all = Array.from({ length: op.kind === 'pointwise' ? op.record.arity : count }, (_, i) => i)
  return op.kind === 'pointwise' ? all.filter((i) => (op.scalarMask & (1 << i)) === 0) : all
}

const isModule = (value: unknown): value is object =>
  Object.prototype.toString.call(value) === '[object Module]'
const exported = Object.entries(tt).flatMap(([name, value]): (readonly [string, unknown])[] =>
  isModule(value) ? Object.entries(value) : [[name, value]],
)

/** Inputs of the structured, view and composite ops that have a gradient. */
const ofRecords = exported
  .filter(([name, value]) => name.endsWith('Op') && typeof value === 'object')
  .flatMap(([, value]) => {
    const op = value as Exclude<OpRecord, { kind: 'pointwise' }>
    const entry = formulaOf(op)
    if (entry === null || 'notDifferentiable' in entry) return []
    if ('decomposed' in entry) return [label(op, 'decomposed')]
    const { backward, uses = [[]] } = entry
    const formulas = typeof backward === 'function' ? uses.map(() => backward) : backward
    return formulas.flatMap((formula, i) => (formula === null ? [] : [label(op, i)]))
  })

/** Inputs of the elementwise ops that take and give floating-point numbers. */
const ofElementwise = exported
  .map(([, value]) => (value as { record?: unknown } | null)?.record)
  .filter((record) => record instanceof PointwiseRecord)
  .filter(({ result, refuses }) => result !== 'bool' && !refuses.includes('float'))
  .flatMap(({ name, arity, unpromoted }) =>
    Array.from({ length: arity }, (_, i) => i)
      .filter((i) => (unpromoted & (1 << i)) === 0) // a condition has no gradient
      .map((i) => label({ kind: 'pointwise', name }, i)),
  )

/** The ops whose gradient is stated: some of them are no functions of their own. */
const ofStated = Object.keys(elementwiseDerivatives).map((name) => label({ kind: 'pointwise', name }, 0))

const unsampled = (inputs: readonly string[]): string[] =>
  [...new Set(inputs)]
    .filter((input) => !seen.has(input) && !(input in refused) && !(input in stated))
    .toSorted()

test('structured, view and composite ops have samples', () => {
  expect(ofRecords.length).toBeGreaterThan(200)
  expect(unsampled(ofRecords)).toEqual([])
})

test('elementwise ops have samples', () => {
  expect(ofElementwise.length).toBeGreaterThan(100)
  expect(unsampled([...ofElementwise, ...ofStated])).toEqual([])
})

test('stated gradients of complex numbers have samples', () => {
  const all = Object.keys(complexDerivatives).map((name) => `pointwise complex ${name} 0`)
  expect(all.filter((input) => !seen.has(input))).toEqual([])
})

test('the exceptions are no more than needed', () => {
  expect([...Object.keys(refused), ...Object.keys(stated)].filter((input) => seen.has(input))).toEqual([])
})

test.each(Object.entries(refused))('no gradient, as in PyTorch: %s', (_input, [, leaves, fn]) => {
  const inputs = tensorsOf(leaves)
  expect(() => grad((fn(...inputs) as Tensor).sum(), inputs)).toThrow(NotImplementedError)
})

test('casts give their gradient back in the dtype of their input', () => {
  const x = tensor([1, 2], { dtype: 'float32', requiresGrad: true })
  const y = x.to('float64')
  const [gx] = grad(y.mul(y), x, { gradOutputs: y, createGraph: true })
  expect([gx.dtype, gx.tolist()]).toEqual(['float32', [2, 8]])
  const [ggx] = grad(gx.sum(), x)
  expect([ggx.dtype, ggx.tolist()]).toEqual(['float32', [4, 8]]) // of 2x²
})
