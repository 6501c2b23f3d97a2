// The registry of backends. It lives on globalThis, so that a second copy of this package is noticed.
import { DeviceError } from '../errors.ts'
import type { Backend, Device } from './backend.ts'
import { metaBackend } from './meta.ts'

/** Version of the registry's layout and of the backend interface; another one is another copy of the package. */
const version = '0.1.0'
const key: unique symbol = Symbol.for('@tt/tensor') as never

interface Registry {
  readonly version: string
  /** The object of this copy of the package; another copy has another. */
  readonly owner: object
  readonly backends: Map<string, Backend>
}

const owner = {}

function openRegistry(): Registry {
  const world = globalThis as { [key]?: Registry }
  const existing = world[key]
  if (existing === undefined) {
    return (world[key] = { version, owner, backends: new Map([['meta', metaBackend]]) })
  }
  throw new DeviceError(
    '@tt/tensor',
    `only one copy may be loaded, got a second (versions ${existing.version} and ${version}). ` +
      'Deduplicate it: npm ls @tt/tensor shows who brings which',
  )
}

const { backends } = openRegistry()

/**
 * Makes a backend the one of its device. A backend of the same name is replaced for new tensors.
 *
 * @example
 * registerBackend(createReferenceBackend())
 * ones([2], { device: 'reference' }).tolist() // => [1, 1]
 */
export function registerBackend(backend: Backend): void {
  backends.set(backend.device, backend)
}

/** Names of the registered devices. @example devices().includes('cpu') // => true */
export const devices = (): Device[] => [...backends.keys()]

const installHints: Readonly<Record<string, string>> = {
  cpu: "Install and import it: npm install @tt/backend-cpu; import '@tt/backend-cpu'",
  webgpu:
    "Install and import it: npm install @tt/backend-webgpu; await (await import('@tt/backend-webgpu')).init()",
}

/**
 * The backend of a device.
 *
 * @throws DeviceError if none is registered; the message says which package to install
 * @example
 * getBackend('cpu').device // => 'cpu'
 */
export function getBackend(device: Device, op = 'getBackend'): Backend {
  const backend = backends.get(device)
  if (backend !== undefined) return backend
  throw new DeviceError(
    op,
    `a backend must be registered for device '${device}', got only [${devices().join(', ')}]. ` +
      (installHints[device] ?? 'Register one: registerBackend(backend)'),
  )
}

let defaultDevice: Device = 'cpu'
/**
 * The device of new tensors when none is given; 'cpu' at first.
 *
 * @example
 * getDefaultDevice() // => 'cpu'
 * @see torch.get_default_device
 */
export const getDefaultDevice = (): Device => defaultDevice
/**
 * Sets the device of new tensors when none is given.
 *
 * @example
 * setDefaultDevice('meta')
 * ones([2]).device // => 'meta'
 * setDefaultDevice('cpu')
 * @see torch.set_default_device
 */
export function setDefaultDevice(device: Device): void {
  getBackend(device, 'setDefaultDevice')
  defaultDevice = device
}
