// Node: files from the disk, and a turn of the event loop.
import { readFile } from 'node:fs/promises'

/** The bytes of a file: a path, a file: URL, or anything that fetch takes. */
export async function readBytes(source: string | URL): Promise<Uint8Array<ArrayBuffer>> {
  const address = String(source)
  if (!/^(https?|data|blob):/.test(address)) {
    return new Uint8Array(await readFile(address.startsWith('file:') ? new URL(address) : source))
  }
  const response = await fetch(address)
  if (!response.ok) throw new Error(`readBytes: ${address} must answer with 200, got ${response.status}.`)
  return new Uint8Array(await response.arrayBuffer())
}

/** Lets timers, signals, input and finalizers run. */
export const macrotask = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
