// Runs the conformance kit of @tt/tensor/testing on one device, piece by piece, so that the page stays alive.
import { createCpuBackend } from '@tt/backend-cpu'
import { init } from '@tt/backend-webgpu'
import type { Backend } from '@tt/tensor'
import { conformance } from '@tt/tensor/testing'
import { adapterName } from '../adapter.ts'
import { skip as webgpuSkip } from '../../../../packages/backend-webgpu/test/skip.ts'

/** Devices that the page can test. */
export const devices = ['cpu', 'webgpu'] as const
export type TestedDevice = (typeof devices)[number]

/** Which part of the kit to run. */
export interface Selection {
  /** A part of the name, such as 'matmul' or '/float32'; '' for all. */
  readonly filter: string
  /** 1 for every test, n for every n-th. */
  readonly every: number
  /** Threads of the cpu backend. */
  readonly threads: number
}

export interface Failure {
  readonly name: string
  readonly message: string
}

/** Counts of a device, of all its tests and by family. */
export interface Counts {
  total: number
  passed: number
  failed: number
  skipped: number
}

/** What is known so far of a device. */
export interface DeviceResult extends Counts {
  readonly device: TestedDevice
  /** What it runs on: the adapter, or the threads. */
  description: string
  state: 'running' | 'done'
  seconds: number
  readonly families: Map<string, Counts>
  readonly failures: Failure[]
  /** Names with their reasons. */
  readonly skips: string[]
}

const frame = 16 // milliseconds between two looks at the page

/**
 * Runs the selected tests; `update` is called after each frame of work and at the end.
 * @throws Error that says why the device cannot be used at all
 */
export async function runKit(
  device: TestedDevice,
  selection: Selection,
  update: (result: DeviceResult) => void,
): Promise<DeviceResult> {
  const { backend, describe } = await backends[device](selection)
  const tests = select(
    conformance({ create: () => backend, skip: device === 'webgpu' ? webgpuSkip : {}, report: () => {} }),
    selection,
  )
  const result: DeviceResult = {
    ...noCounts(),
    device,
    description: describe(),
    state: 'running',
    seconds: 0,
    total: tests.length,
    families: new Map(),
    failures: [],
    skips: [],
  }
  const familyOf = (name: string): Counts => {
    const family = name.includes('/') ? name.slice(0, name.indexOf('/')) : 'skip list'
    return result.families.get(family) ?? result.families.set(family, noCounts()).get(family)!
  }
  for (const { name } of tests) familyOf(name).total++
  const start = performance.now()
  let shown = start
  for (const { name, run } of tests) {
    const outcome = await outcomeOf(name, run)
    for (const counts of [result, familyOf(name)]) counts[outcome.kind]++
    if (outcome.kind === 'failed') result.failures.push({ name, message: outcome.message })
    if (outcome.kind === 'skipped') result.skips.push(name)
    if (performance.now() - shown < frame) continue
    result.seconds = (performance.now() - start) / 1000
    update(result)
    await new Promise((resolve) => setTimeout(resolve))
    shown = performance.now()
  }
  result.seconds = (performance.now() - start) / 1000
  result.state = 'done'
  result.description = describe()
  update(result)
  return result
}

const noCounts = (): Counts => ({ total: 0, passed: 0, failed: 0, skipped: 0 })

type Outcome = { readonly kind: 'passed' | 'skipped' } | { readonly kind: 'failed'; readonly message: string }

async function outcomeOf(name: string, run: () => Promise<void>): Promise<Outcome> {
  if (name.includes(' (skipped: ')) return { kind: 'skipped' }
  try {
    await run()
    return { kind: 'passed' }
  } catch (error) {
    return { kind: 'failed', message: error instanceof Error ? error.message : String(error) }
  }
}

function select<T extends { readonly name: string }>(
  tests: readonly T[],
  { filter, every }: Selection,
): readonly T[] {
  return tests.filter(({ name }) => name.includes(filter)).filter((_, i) => i % every === 0)
}

interface Opened {
  readonly backend: Backend
  /** What it runs on, and what it has done so far. */
  readonly describe: () => string
}

const backends: Readonly<Record<TestedDevice, (selection: Selection) => Promise<Opened>>> = {
  async cpu({ threads }) {
    // grain 0: whatever can be divided is
    const backend = createCpuBackend(threads > 1 ? { threads, grain: 0 } : { threads })
    const describe = (): string => {
      const { parts, partsByWorkers } = backend.threadStats()
      return threads === 1
        ? 'WebAssembly, 1 thread'
        : `WebAssembly, ${threads} threads, ${partsByWorkers} of ${parts} parts by workers`
    }
    return { backend, describe }
  },
  async webgpu() {
    const backend = await init()
    const name = adapterName(backend.runtime.device.adapterInfo)
    return { backend, describe: () => name }
  },
}
