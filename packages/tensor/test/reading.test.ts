// Reading, where a page is not cross-origin isolated: there is no SharedArrayBuffer.
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { registerBackend, tensor } from '@tt/tensor'
import { createReferenceBackend } from '@tt/tensor/testing'

const world = globalThis as { SharedArrayBuffer?: unknown }
const { SharedArrayBuffer: kept } = world
const device = 'reference'

beforeAll(() => {
  registerBackend(createReferenceBackend())
  world.SharedArrayBuffer = undefined
})
afterAll(() => {
  world.SharedArrayBuffer = kept
})

test('elements are read without SharedArrayBuffer', async () => {
  const x = tensor(
    [
      [1, 2],
      [3, 4],
    ],
    { device },
  )
  expect([x.tolist(), x.at(1, 0).item(), [...x.t().toTypedArray()]]).toEqual([
    [
      [1, 2],
      [3, 4],
    ],
    3,
    [1, 3, 2, 4],
  ])
  expect(await x.tolistAsync()).toEqual(x.tolist())
})
