// Devices under test: how each is opened, and what it cannot hold or do. Cases that need it are not applicable there.
import { DeviceError, dtypes, getBackend, registerBackend, supportsDtype } from '@tt/tensor'
import type { DType } from '@tt/tensor'
import { createReferenceBackend } from '@tt/tensor/testing'
import { isEncodedTensor, isObject } from './format.ts'
import { NotApplicable } from './outcome.ts'

/** Registers the backends of the devices that are known by name. */
export const openers: Readonly<Record<string, () => Promise<void>>> = {
  async cpu() {
    await import('@tt/backend-cpu')
  },
  reference: () => Promise.resolve(registerBackend(createReferenceBackend())),
  async webgpu() {
    const { default: findDriver } = await import('../../../packages/backend-webgpu/test/vulkan.mjs')
    findDriver()
    const { init } = await import('@tt/backend-webgpu')
    const { runtime } = await init()
    const { vendor, architecture, description } = runtime.device.adapterInfo
    console.log(`adapter: ${[vendor, architecture, description].filter(Boolean).join(', ')}`)
  },
}

// Devices that hold int64 in fewer bits.
const integerBits: Readonly<Record<string, number>> = { webgpu: 32 }

/** Throws unless the device holds the values of the case, arguments and results. @throws NotApplicable */
export function checkHeld(device: string, golden: object): void {
  const backend = getBackend(device)
  const bits = integerBits[device] ?? 64
  const text = bits < 64 ? JSON.stringify(golden) : ''
  const checkIntegers = text.includes('"int64"') || text.includes('"int":')
  const fits = (value: bigint): boolean => BigInt.asIntN(bits, value) === value
  const tooWide = (): never => {
    throw new NotApplicable(`int64 beyond ${bits} bits on device '${device}'`)
  }
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(visit)
    else if (typeof value === 'number' && Number.isInteger(value)) {
      if (checkIntegers && !fits(BigInt(value))) tooWide()
    } else if (isObject(value)) {
      const name = isEncodedTensor(value) ? value.t : value.dtype
      if (
        typeof name === 'string' &&
        Object.hasOwn(dtypes, name) &&
        !supportsDtype(backend, dtypes[name as DType])
      )
        throw new NotApplicable(`${name} on device '${device}'`)
      if (isEncodedTensor(value)) {
        if (checkIntegers && value.t === 'int64' && !int64Of(value.data).every(fits)) tooWide()
      } else if ('float' in value) return
      else if (typeof value.int === 'string') {
        if (checkIntegers && !fits(BigInt(value.int))) tooWide()
      } else Object.values(value).forEach(visit)
    }
  }
  const { args, kwargs, outputs, mutated, grads, cotangents, gg } = golden as Record<string, unknown>
  visit([args, kwargs, outputs, mutated, grads, cotangents, gg])
}

const int64Of = (data: string): BigInt64Array =>
  new BigInt64Array(new Uint8Array(Buffer.from(data, 'base64')).buffer)

/** Whether the library says that the op must read the device, and that it cannot now. */
export const needsHost = (error: unknown): boolean =>
  error instanceof DeviceError && /read synchronously/.test(error.message)
