// Every op of this package is reached by a sample of the conformance kit: an op without one fails here.
import { beforeAll, expect, test } from '@jest/globals'
import * as tt from '@tt/tensor'
import { PointwiseRecord } from '@tt/tensor'
import { conformance, createReferenceBackend } from '@tt/tensor/testing'

/** What no sample reaches, and why. */
const excused: Readonly<Record<string, string>> = {
  'composite normalizationBackward':
    'a gradient with many attributes: the gradient kit of @tt/autograd reaches it',
  'structured toDevice': 'moves to another device: the devices family of the kit does it outside of a sample',
}

/** Functions that go past their record where no gradient is recorded: the samples that call them. */
const direct: Readonly<Record<string, string>> = {
  'composite batchNorm': 'normalization/batchNorm',
  'composite binaryCrossEntropyWithLogits': 'loss/binary cross entropies',
  'composite groupNorm': 'normalization/groupNorm',
  'composite huberLoss': 'loss/distances and margins',
  'composite l1Loss': 'loss/distances and margins',
  'composite layerNorm': 'normalization/layerNorm',
  'composite norm': 'linalg/norms',
  'composite ormqr': 'linalg/geqrf, householderProduct, ormqr',
  'composite smoothL1Loss': 'loss/distances and margins',
  'composite softMarginLoss': 'loss/distances and margins',
  'structured unsafeView': 'matmul/matmul broadcast',
}

type Methods = Record<string, (...args: unknown[]) => unknown>
const isModule = (value: unknown): value is object =>
  Object.prototype.toString.call(value) === '[object Module]'
const exported = Object.values(tt).flatMap((value): unknown[] =>
  isModule(value) ? Object.values(value) : [value],
)

const all = new Set<string>()
const tried = new Set<string>()
const seen = new Set<string>()

/** Notes the label whenever one of the methods that an op's record always goes through is called. */
function watch(record: Methods, label: () => string, methods: readonly string[]): void {
  for (const name of methods) {
    const method = record[name]
    if (method === undefined) continue
    record[name] = function (this: Methods, ...args: unknown[]) {
      seen.add(label.call(this))
      return method.apply(this, args)
    }
  }
}

const isRecord = (value: unknown): value is { kind: string; name: string } =>
  typeof value === 'object' && value !== null && 'kind' in value && 'name' in value

beforeAll(async () => {
  for (const value of new Set(exported)) {
    const { record } = (value ?? {}) as { record?: unknown }
    if (record instanceof PointwiseRecord) all.add(`pointwise ${record.name}`)
    else if (isRecord(value)) {
      const label = `${value.kind} ${value.name}`
      all.add(label)
      watch(value as never, () => label, ['infer', 'view', 'views', 'decompose'])
    }
  }
  watch(
    PointwiseRecord.prototype as never,
    function (this: PointwiseRecord) {
      return `pointwise ${this.name}`
    } as never,
    ['variant'],
  )
  // One dtype of each sample is enough to see which ops it reaches.
  const backend = { ...createReferenceBackend(), device: 'twin' }
  for (const { name, run } of conformance({ create: () => backend, report: () => {} })) {
    const sample = name.split('/').slice(0, 2).join('/')
    if (tried.has(sample)) continue
    tried.add(sample)
    await run()
  }
}, 120_000)

test('every op has a sample', () => {
  expect(all.size).toBeGreaterThan(280)
  const known = (label: string): boolean => seen.has(label) || label in excused || label in direct
  expect([...all].filter((label) => !known(label)).toSorted()).toEqual([])
})

test('no excuse is out of date', () => {
  const labels = [...Object.keys(excused), ...Object.keys(direct)]
  expect(labels.filter((label) => seen.has(label) || !all.has(label))).toEqual([])
  expect(Object.values(direct).filter((sample) => !tried.has(sample))).toEqual([])
})
