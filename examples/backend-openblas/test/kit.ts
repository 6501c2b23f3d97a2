// The conformance kits on the plug-in, in a process of its own, where it takes half the time; prints what came out as JSON.
import { gradientConformance } from '@tt/autograd/testing'
import { conformance } from '@tt/tensor/testing'
import { createOpenBlasBackend, loadOpenBlas } from '../src/index.ts'

/** What the process prints. */
export interface KitResult {
  readonly summaries: readonly string[]
  readonly failures: readonly string[]
  /** How often the library was asked. */
  readonly calls: { readonly float32: number; readonly float64: number }
}

const openBlas = loadOpenBlas()
const calls = { float32: 0, float64: 0 }
const counted: typeof openBlas = {
  ...openBlas,
  sgemm: (...args) => (calls.float32++, openBlas.sgemm(...args)),
  dgemm: (...args) => (calls.float64++, openBlas.dgemm(...args)),
}
const create = () => createOpenBlasBackend({ library: counted, always: true })
const failures: string[] = []
const summaries: string[] = []
const report = (text: string): void => void summaries.push(text)
for (const { name, run } of [
  ...conformance({ create, report }),
  ...gradientConformance({ create, report }),
]) {
  try {
    await run()
  } catch (error) {
    failures.push(`${name}: ${(error as Error).message}`)
  }
}
console.log(JSON.stringify({ summaries, failures, calls } satisfies KitResult))
