// The CPU backend computes what the reference backend does.
import { describe, test } from '@jest/globals'
import { conformance } from '@tt/tensor/testing'
import { createCpuBackend } from '@tt/backend-cpu'

describe('conformance', () => {
  for (const { name, run } of conformance({ create: () => createCpuBackend() })) test(name, run)
})
