// The device of the demo and what draws on it.
import { setDefaultDevice } from '@tt/autograd'
import { memoryStats } from '@tt/backend-cpu'
import { init } from '@tt/backend-webgpu'
import { adapterName } from '../adapter.ts'
import { CanvasPicture } from './canvas-picture.ts'
import { GpuPicture } from './gpu-picture.ts'
import type { Picture } from './picture.ts'

export interface Opened {
  readonly device: 'webgpu' | 'cpu'
  readonly picture: Picture
  /** Points of the surface along each side: fewer where a GPU is only simulated. */
  readonly side: number
  /** One line about the device. */
  readonly description: string
  /** Bytes that the backend holds on the device, in use and in reserve. */
  readonly memoryBytes: () => number
  /** Why it is not WebGPU; '' if it is. */
  readonly reason: string
}

/**
 * WebGPU if there is one, else the cpu backend.
 * @param onLost is told why when the GPU goes away
 */
export async function open(
  canvas: HTMLCanvasElement,
  wanted: string | null,
  onLost: (reason: string) => void,
): Promise<Opened> {
  if (wanted === 'cpu') return openCpu(canvas, 'The address asks for it.')
  try {
    const { device, memory } = (await init()).runtime
    const picture = new GpuPicture(canvas, device)
    void device.lost.then(({ message }) => onLost(message))
    setDefaultDevice('webgpu')
    return {
      device: 'webgpu',
      picture,
      side: device.adapterInfo.isFallbackAdapter ? 64 : 160,
      description:
        `On webgpu (${adapterName(device.adapterInfo)}): trained and drawn on one device; the picture is drawn from ` +
        'the tensor’s own buffer.',
      memoryBytes: () => memory.stats.usedBytes + memory.stats.pooledBytes,
      reason: '',
    }
  } catch (error) {
    return openCpu(canvas, error instanceof Error ? error.message : String(error))
  }
}

const openCpu = (canvas: HTMLCanvasElement, reason: string): Opened => ({
  device: 'cpu',
  picture: new CanvasPicture(canvas),
  side: 128,
  description: 'On cpu (WebAssembly): the values of the picture are read from memory.',
  memoryBytes: () => memoryStats().heapBytes,
  reason,
})
