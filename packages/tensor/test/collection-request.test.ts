// Collections that are asked for, and are not forced.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from '@jest/globals'
import { CollectionRequest } from '@tt/tensor'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
const task = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2))

/** WeakRefs of this file are not empty before the end of `run`. */
async function withoutCollections(run: () => Promise<void>): Promise<void> {
  const { WeakRef: native } = globalThis
  const kept: object[] = []
  globalThis.WeakRef = class<T extends object> extends native<T> {
    constructor(target: T) {
      super(target)
      kept.push(target)
    }
  } as WeakRefConstructor
  try {
    await run()
  } finally {
    globalThis.WeakRef = native
    kept.length = 0 // the WeakRefs hold their class
  }
}

test('a request that was answered is followed by one of the same size', async () => {
  const requests = new CollectionRequest(1024)
  expect(requests.bytes).toBe(0)
  for (let i = 0; i < 3; i++) {
    expect(requests.make()).toBe(true)
    expect(requests.bytes).toBe(1024)
    await task()
    collect()
  }
})

test('one that was not is doubled, up to 3 GiB, until there is an answer', async () => {
  const requests = new CollectionRequest(2 ** 29)
  const sizes: number[] = []
  await withoutCollections(async () => {
    for (let i = 0; i < 5; i++) {
      expect(requests.make()).toBe(i === 0)
      sizes.push(requests.bytes / 2 ** 20)
      await task()
    }
  })
  expect(sizes).toEqual([512, 1024, 2048, 3072, 3072])
  collect()
  expect(requests.make()).toBe(true)
  expect(requests.bytes).toBe(2 ** 29)
})

test('within one task nothing can answer: the size stays', async () => {
  const requests = new CollectionRequest(1024)
  await withoutCollections(async () => {
    for (let i = 0; i < 4; i++) requests.make()
    await Promise.resolve()
    requests.make()
    expect(requests.bytes).toBe(1024)
    await task()
    requests.make()
    expect(requests.bytes).toBe(2048)
  })
})

test('no room is no error', async () => {
  const requests = new CollectionRequest(2 ** 52)
  expect(requests.make()).toBe(true)
  expect(requests.bytes).toBe(0)
})
