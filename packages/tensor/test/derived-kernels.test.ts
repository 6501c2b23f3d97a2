// Products and convolutions out of map and reduce compute what the reference's own kernels do.
import { describe, expect, test } from '@jest/globals'
import { derivedKernels, registerBackend, tensor } from '@tt/tensor'
import type { Backend, BufferHandle } from '@tt/tensor'
import { conformance, createReferenceBackend } from '@tt/tensor/testing'

const inner = createReferenceBackend()
const live = new Set<BufferHandle>()
const counted: Backend = {
  ...inner,
  allocate(bytes) {
    const buffer = inner.allocate(bytes)
    live.add(buffer)
    return buffer
  },
  free: (buffer) => void live.delete(buffer),
}
const derived: Backend = {
  ...inner,
  device: 'derived',
  kernels: { ...inner.kernels, ...derivedKernels(counted) },
}

describe('derived kernels', () => {
  for (const { name, run } of conformance({ create: () => derived })) {
    if (/^(matmul|convolution)\/.*\/(float32|int64)$/.test(name)) test(name, run)
  }

  test('free their temporaries', () => expect(live.size).toBe(0))

  test('add to the output itself', () => {
    registerBackend(derived)
    const of = (values: number[][][]) => tensor(values, { device: 'derived' })
    const x = of([[[1, 2]]])
    x.baddbmm_(of([[[3]]]), of([[[10, 20]]]))
    expect(x.tolist()).toEqual([[[31, 62]]])
    // the kernel as in-place ops may call it: bias and output are one window
    const [a, b] = [of([[[3]]]), of([[[10, 20]]])]
    derived.kernels.matmul(a, b, x, x)
    expect(x.tolist()).toEqual([[[61, 122]]])
  })
})
