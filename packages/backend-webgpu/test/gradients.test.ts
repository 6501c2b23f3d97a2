// The gradient kit of @tt/autograd/testing on the GPU.
import { test } from '@jest/globals'
import { gradientConformance } from '@tt/autograd/testing'
import { init } from '@tt/backend-webgpu'

const skip = {
  random: 'a generator of its own: tested in random.test.ts',
  'arithmetic/float powers': 'float64 by definition, which the device has not',
  'join/copies between devices':
    'needs a read that blocks: toAsync, tested in the devices family of the other kit',
}
const report = (summary: string): void => void process.stderr.write(`${summary}\n`)

for (const { name, run } of gradientConformance({ create: () => init(), skip, report })) test(name, run)
