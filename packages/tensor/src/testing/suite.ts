// What all kits have in common: tests as data, the backends made once, the list of what is skipped, the summary.
import type { Backend } from '../backend/backend.ts'
import { registerBackend } from '../backend/registry.ts'
import { createReferenceBackend } from './reference/index.ts'

/** The backend under test, and the reference. */
export interface Backends {
  readonly tested: Backend
  readonly reference: Backend
}

/** A test of a kit, before it is known which backend it runs on. */
export interface DeviceTest {
  /** Parts separated by '/', from the family to the dtype. */
  readonly name: string
  run(backends: Backends): void | Promise<void>
}

/** What conformance() needs. */
export interface ConformanceOptions {
  /** Makes the backend; called once, at the first test. */
  create: () => Backend | Promise<Backend>
  /** Reasons by name of a test ('sort/stable/int64') or of a group of them ('sort/stable', 'sort'). */
  skip?: Readonly<Record<string, string>>
  /** Takes the summary that the last test makes: how many ran, what was skipped and why. Default: console.log. */
  report?: (summary: string) => void
}

/** A test for any runner: `for (const { name, run } of conformance({ create })) test(name, run)`. */
export interface ConformanceTest {
  /** family/sample/dtype, and the reason if it is skipped. */
  readonly name: string
  run(): Promise<void>
}

/**
 * A kit: tests for any runner out of tests for a backend. The last one prints how many ran and what was skipped.
 *
 * @param title what the summary begins with
 * @example
 * const named: DeviceTest = { name: 'name/is short', run: ({ tested }) => tested.device.length < 20 }
 * const tests = conformanceSuite('names', [named], { create: createReferenceBackend })
 * tests.map(({ name }) => name) // => ['name/is short', 'every entry of skip names a test']
 */
export function conformanceSuite(
  title: string,
  tests: readonly DeviceTest[],
  { create, skip = {}, report = console.log }: ConformanceOptions,
): ConformanceTest[] {
  const skipped = new Map(Object.keys(skip).map((key) => [key, 0]))
  const counts = { ran: 0, passed: 0 }
  let backends: Promise<Backends> | null = null
  const open = (): Promise<Backends> =>
    (backends ??= Promise.resolve(create()).then((tested) => {
      const reference = createReferenceBackend()
      registerBackend(reference)
      registerBackend(tested)
      return { tested, reference }
    }))
  const entry = ({ name, run }: DeviceTest): ConformanceTest => {
    const key = name
      .split('/')
      .map((_, i, parts) => parts.slice(0, i + 1).join('/'))
      .find((prefix) => Object.hasOwn(skip, prefix))
    if (key === undefined) {
      return {
        name,
        async run() {
          counts.ran++
          await run(await open())
          counts.passed++
        },
      }
    }
    skipped.set(key, skipped.get(key)! + 1)
    return { name: `${name} (skipped: ${skip[key]})`, run: async () => {} }
  }
  const summary: ConformanceTest = {
    name: 'every entry of skip names a test',
    async run() {
      const { tested } = await open()
      const skips = [...skipped].map(([key, count]) => `\n  skipped ${key} (${count}): ${skip[key]}`)
      const { ran, passed } = counts
      report(
        `${title} of '${tested.device}': ${passed} of ${ran} passed, of ${tests.length} in all${skips.join('')}`,
      )
      const unused = [...skipped].filter(([, count]) => count === 0).map(([key]) => key)
      if (unused.length > 0)
        throw new Error(`skip: every key must name a test or a group of tests, got [${unused.join(', ')}].`)
    },
  }
  return [...tests.map(entry), summary]
}
