// The package that is not there yet must say so.
import { expect, test } from '@jest/globals'
import { init } from '@tt/backend-webgpu'

test('init says that the backend does not exist yet', async () => {
  await expect(init()).rejects.toThrow(
    "webgpu.init: the WebGPU backend is not implemented yet, got a call to init(). Use: import '@tt/backend-cpu'.",
  )
})
