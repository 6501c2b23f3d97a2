// What the kit asks of a device beside its kernels: memory, reads, and its place among other devices.
import type { Backend } from '../backend/backend.ts'
import { getBackend } from '../backend/registry.ts'
import { supportsDtype } from '../dispatch/complex.ts'
import { dtypeList, dtypes } from '../dtype.ts'
import { DeviceError } from '../errors.ts'
import { arange, full, ones, zeros } from '../ops/creation.ts'
import { to, toAsync } from '../ops/copy.ts'
import { toTypedArray, toTypedArrayAsync } from '../ops/reading.ts'
import type { Tensor } from '../tensor.ts'
import { expectAgreement } from './agreement.ts'
import type { DeviceTest } from './suite.ts'
import { makeInput } from './values.ts'

function expectEqual(actual: unknown, expected: unknown, what: string): void {
  if (actual !== expected) throw new Error(`${what}: ${String(expected)} expected, got ${String(actual)}`)
}

/** Throws unless every element is `value`. */
async function expectAll(
  x: Tensor | PromiseLike<ArrayLike<number | bigint>>,
  value: number,
  what: string,
): Promise<void> {
  const elements = 'dtype' in x ? await toTypedArrayAsync(x) : await x
  for (let i = 0; i < elements.length; i++) expectEqual(Number(elements[i]), value, `${what}, element ${i}`)
}

/** Bytes that differ from block to block. */
const pattern = (block: number, bytes: number): Uint8Array =>
  Uint8Array.from({ length: bytes }, (_, i) => (i * 7 + block * 31 + 1) & 255)

const memoryTests: readonly DeviceTest[] = [
  {
    name: 'memory/blocks are apart and keep what was written',
    async run({ tested }) {
      const sizes = [1, 3, 4, 60, 64, 100, 256, 1000, 4096, 100_000]
      const blocks = sizes.map((bytes) => tested.allocate(bytes))
      sizes.forEach((bytes, i) => tested.write(blocks[i], 0, pattern(i, bytes)))
      for (let i = 0; i < sizes.length; i++) {
        const read = await tested.readAsync(blocks[i], 0, sizes[i])
        expectEqual(read.join(), pattern(i, sizes[i]).join(), `a block of ${sizes[i]} bytes`)
      }
      for (const block of blocks) tested.free(block)
    },
  },
  {
    name: 'memory/a part of a block',
    async run({ tested }) {
      const block = tested.allocate(256)
      tested.write(block, 0, pattern(1, 256))
      tested.write(block, 64, pattern(2, 32))
      const expected = pattern(1, 256)
      expected.set(pattern(2, 32), 64)
      expectEqual(
        (await tested.readAsync(block, 48, 64)).join(),
        expected.slice(48, 112).join(),
        'bytes 48 to 112',
      )
      tested.free(block)
    },
  },
  {
    name: 'memory/freed blocks are used again',
    run({ tested }) {
      // 5 GB in all: more than a backend has that never takes anything back
      for (let i = 0; i < 320; i++) tested.free(tested.allocate(2 ** 24))
    },
  },
  {
    name: 'memory/handles of dropped tensors are let go',
    async run({ tested }) {
      const watched = work(tested)
      await toTypedArrayAsync(ones([1], { device: tested.device }))
      // Collections cannot be asked for everywhere: memory that grows brings them about. Looking at a WeakRef keeps what
      // it refers to alive for a task, and for a collection that has begun: so it is done seldom, and on a busy machine,
      // where a collection takes long, ever more seldom.
      const ballast: Uint8Array[] = []
      let alive = watched.length
      for (let allocations = 12; allocations < 400 && alive > 3; allocations *= 2) {
        for (let i = 0; i < allocations; i++) {
          await new Promise((resolve) => setTimeout(resolve, 2))
          ballast[i % 12] = new Uint8Array(2 ** 25)
        }
        ballast.length = 0
        alive = watched.filter((handle) => handle.deref() !== undefined).length
      }
      // what the last kernels used may be on a stack, or in a queue
      if (alive > 3)
        throw new Error(
          `at most 3 of ${watched.length} handles of dropped tensors may be held on to, got ${alive}`,
        )
    },
  },
]

// In a function of its own: nothing of it is left on the stack.
function work(tested: Backend): WeakRef<object>[] {
  return Array.from({ length: 30 }, (_, i) => {
    const x = makeInput(tested, { shape: [i + 2, 3] }, 'float32', 'contiguous', i)
    const y = x.t().matmul(x).exp().sum(0)
    return [x, y].map(({ storage }) => new WeakRef(storage.buffer))
  }).flat()
}

const readTests: readonly DeviceTest[] = [
  {
    name: 'reads/come after the kernels before them',
    async run({ tested: { device } }) {
      const x = zeros([1000], { device })
      for (let i = 0; i < 40; i++) x.add_(1)
      await expectAll(x, 40, 'after 40 additions of 1')
    },
  },
  {
    name: 'reads/come before the kernels after them',
    async run({ tested: { device } }) {
      const x = zeros([1000], { device })
      const before = toTypedArrayAsync(x)
      x.add_(1)
      await expectAll(before, 0, 'asked for before an addition')
      await expectAll(x, 1, 'asked for after it')
    },
  },
  {
    name: 'reads/give copies',
    async run({ tested: { device } }) {
      const x = ones([20], { device })
      const first = await toTypedArrayAsync(x)
      first.fill(5 as never)
      await expectAll(x, 1, 'after the array of an earlier read was changed')
    },
  },
  {
    name: 'reads/many at once',
    async run({ tested: { device } }) {
      const all = Array.from({ length: 20 }, (_, i) => toTypedArrayAsync(full([i + 1], i, { device }).add(1)))
      await Promise.all(all.map((read, i) => expectAll(read, i + 1, `tensor ${i}`)))
    },
  },
  {
    name: 'reads/block, or name the way that does not',
    run({ tested: { device, canBlock } }) {
      const x = ones([2], { device })
      if (canBlock) return expectEqual(toTypedArray(x).join(), '1,1', 'a read that blocks')
      const error = errorOf(() => toTypedArray(x))
      if (!(error instanceof DeviceError && /Async/.test(error.message)))
        throw new Error(`a DeviceError that names an async read expected, got ${String(error)}`)
    },
  },
]

function errorOf(run: () => unknown): unknown {
  try {
    run()
    return null
  } catch (error) {
    return error
  }
}

const placeTests: readonly DeviceTest[] = [
  {
    name: 'devices/it is the backend of its name',
    run: ({ tested }) => expectEqual(getBackend(tested.device), tested, `the backend of '${tested.device}'`),
  },
  {
    name: 'devices/it has every core kernel',
    run({ tested, reference }) {
      for (const name of Object.keys(reference.kernels))
        expectEqual(typeof tested.kernels[name as keyof Backend['kernels']], 'function', `kernel ${name}`)
    },
  },
  {
    name: 'devices/tensors are made on it',
    async run({ tested: { device } }) {
      await expectAll(full([3], 7, { device }), 7, 'full')
      expectEqual((await toTypedArrayAsync(arange(0, 4, 1, { device }))).join(), '0,1,2,3', 'arange')
      expectEqual(zeros([2], { device }).device, device, 'the device of zeros')
    },
  },
  {
    name: 'devices/tensors move to it and back',
    async run({ tested, reference }) {
      for (const dtype of dtypeList.filter((info) => supportsDtype(tested, info)).map(({ name }) => name)) {
        for (const layout of ['contiguous', 'transposed', 'sliced'] as const) {
          const x = makeInput(reference, { shape: [3, 5] }, dtype, layout, 1)
          const there = to(x, { device: tested.device })
          expectEqual(there.device, tested.device, `the device of a ${dtype} tensor that was moved`)
          await expectAgreement(there, x, `${dtype}, ${layout}, moved`)
          const back = await toAsync(there, { device: reference.device })
          await expectAgreement(back, x, `${dtype}, ${layout}, moved back`)
        }
      }
    },
  },
  {
    name: 'devices/an op on tensors of two names both',
    async run({ tested, reference }) {
      const [x, y] = [tested, reference].map((backend) =>
        makeInput(backend, { shape: [2] }, 'float32', 'contiguous', 1),
      )
      for (const call of [() => x.add(y), () => y.add_(x), () => x.dot(y)]) {
        const error = errorOf(call)
        const named =
          error instanceof DeviceError && [x, y].every(({ device }) => error.message.includes(device))
        if (!named) throw new Error(`a DeviceError that names both devices expected, got ${String(error)}`)
      }
      await expectAgreement(x, y, 'the tensors after the errors')
    },
  },
  {
    name: 'devices/a dtype that it does not store is refused',
    run({ tested }) {
      for (const { name } of dtypeList.filter((info) => !supportsDtype(tested, info))) {
        const error = errorOf(() => zeros([2], { device: tested.device, dtype: name }))
        if (!(error instanceof Error && error.message.includes(name)))
          throw new Error(`an error that names ${name} expected, got ${String(error)}`)
      }
      expectEqual(tested.supports(dtypes.float32), true, 'float32 is stored')
    },
  },
]

/** Memory, reads, devices. */
export const deviceTests: readonly DeviceTest[] = [...memoryTests, ...readTests, ...placeTests]
