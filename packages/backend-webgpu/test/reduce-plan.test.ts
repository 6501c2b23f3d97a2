// How reductions are shared among threads, at the sizes where another way begins.
import { describe, expect, test } from '@jest/globals'
import { planReduce, planRest, workgroupsOf } from '../src/kernels/reduce-plan.ts'

const forms = (
  cases: readonly (readonly [number, number])[],
  across: boolean,
  barrierFree = false,
): string[] =>
  cases.map(([many, outputs]) => {
    const { form, parts } = planReduce(many, outputs, across, barrierFree)
    return `${form} ${parts}`
  })

describe('on GPUs', () => {
  test('to one number: enough workgroups for the device, enough elements for each thread', () => {
    expect(
      forms(
        [
          [4, 1],
          [64, 1],
          [16384, 1],
          [10 ** 6, 1],
          [2 ** 26, 1],
        ],
        false,
      ),
    ).toEqual(['alone 1', 'group 1', 'group 1', 'group 123', 'group 2048'])
    expect([planRest(123, false), planRest(16, false)].map(({ form }) => form)).toEqual(['group', 'alone'])
  })
  test('rows', () => {
    expect(
      forms(
        [
          [64, 4095],
          [64, 4096],
          [512, 131072],
          [513, 131072],
          [8192, 8192],
          [65536, 16],
        ],
        false,
      ),
    ).toEqual(['group 1', 'alone 1', 'alone 1', 'group 1', 'group 1', 'group 8'])
  })
  test('columns, by tiles of 32', () => {
    expect(
      forms(
        [
          [64, 128],
          [2048, 768],
          [8192, 8192],
          [100, 200_000],
        ],
        true,
      ),
    ).toEqual(['tile 1', 'tile 8', 'tile 8', 'alone 1'])
    expect(workgroupsOf({ form: 'tile', parts: 8 }, 770)).toEqual({ size: 256, groups: 25 * 8, lanes: 64 })
  })
})

test('CPU drivers have no workgroups that wait for each other', () => {
  expect(
    forms(
      [
        [64, 1],
        [10 ** 6, 1],
        [10 ** 6, 1024],
        [1000, 8],
      ],
      false,
      true,
    ),
  ).toEqual(['alone 1', 'alone 977', 'alone 1', 'alone 32'])
})
