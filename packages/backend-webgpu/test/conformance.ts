// The conformance kit of @tt/tensor/testing on the GPU: what is skipped and why, and its families in parts, so that
// jest runs them side by side.
import { test } from '@jest/globals'
import { init } from '@tt/backend-webgpu'
import type { WebGpuOptions } from '@tt/backend-webgpu'
import { conformance } from '@tt/tensor/testing'
import { skip } from './skip.ts'

const report = (summary: string): void => void process.stderr.write(`${summary}\n`)

/** Declares the tests whose family `include` takes. */
export function conformanceTests(options: WebGpuOptions, include: (family: string) => boolean): void {
  for (const { name, run } of conformance({ create: () => init(options), skip, report })) {
    if (include(name.split('/')[0])) test(name, run)
  }
}
