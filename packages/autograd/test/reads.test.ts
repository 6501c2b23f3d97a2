// Gradients on a device that cannot be waited for: formulas that must read run within awaitReads.
import { expect, test } from '@jest/globals'
import { awaitReads, grad, linalg, registerBackend, tensor } from '@tt/autograd'
import { createReferenceBackend } from '@tt/tensor/testing'

const inner = createReferenceBackend()
registerBackend({ ...inner, device: 'late', canBlock: false })

test('grad of an op that computes on the host', async () => {
  const x = tensor([[2, 0], [0, 4]], { device: 'late', requiresGrad: true }) // prettier-ignore
  const y = await awaitReads(() => linalg.det(x))
  const [dx] = await awaitReads(() => grad(y, x, { retainGraph: true }))
  expect(await dx.tolistAsync()).toEqual([[4, 0], [0, 2]]) // prettier-ignore
})
test('backward in it is refused: it would add twice', async () => {
  const x = tensor([1, 2], { device: 'late', requiresGrad: true })
  await expect(awaitReads(() => x.sum().backward())).rejects.toThrow(
    'backward: awaitReads may run its function more than once',
  )
})
