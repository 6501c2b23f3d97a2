// WebGPU in Node for all engines alike: Dawn's globals, and one driver.
import { create, globals } from 'webgpu'

const driver = new URL('../../packages/backend-webgpu/test/vulkan.mjs', import.meta.url)

/** Sets navigator.gpu and the GPU classes; answers the adapter's name. */
export async function provideGpu(): Promise<string> {
  const { default: provideDriver } = (await import(driver.href)) as { default: () => void }
  provideDriver()
  Object.assign(globalThis, globals)
  const gpu = create(['enable-dawn-features=vulkan_enable_f16_on_nvidia,allow_unsafe_apis']) // navigator keeps it alive
  Object.defineProperty(navigator, 'gpu', { value: gpu })
  const adapter = await gpu.requestAdapter()
  if (adapter === null)
    throw new Error(
      'bench: a GPU adapter must be available, got none. Name a Vulkan driver in VK_ICD_FILENAMES.',
    )
  return [adapter.info.vendor, adapter.info.architecture, adapter.info.device, adapter.info.description]
    .filter(Boolean)
    .join(' ')
}
