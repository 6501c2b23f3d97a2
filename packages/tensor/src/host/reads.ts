// Synchronous reads: at once from devices that block; from others within awaitReads, which waits and starts again.
import { metaBackend } from '../backend/meta.ts'
import { DeviceError, check } from '../errors.ts'
import { defaultGenerator } from '../random/generator.ts'
import type { Tensor } from '../tensor.ts'

/** A run of awaitReads: what its reads gave so far, in their order. */
interface Replay {
  readonly answers: Uint8Array[]
  next: number
}
let replay: Replay | null = null

/** Thrown by a read whose answer has to be awaited. No error: awaitReads takes it. */
class ReadNeeded {
  readonly bytes: Promise<Uint8Array>
  constructor(bytes: Promise<Uint8Array>) {
    this.bytes = bytes
  }
}

/** Whether elements can be read now: the device blocks and has data, or awaitReads will wait for it. */
export const canRead = ({ storage: { backend } }: Tensor): boolean =>
  backend !== metaBackend && (backend.canBlock || replay !== null)

/**
 * Whether this is a run of awaitReads, which may be repeated.
 *
 * @example
 * isReplayed() // => false
 * await awaitReads(() => isReplayed()) // => true
 */
export const isReplayed = (): boolean => replay !== null

/**
 * Throws unless elements can be read now.
 *
 * @param what what must be read, for the message
 * @throws DeviceError that names awaitReads
 */
export function checkReadable(op: string, what: string, self: Tensor): void {
  check(
    canRead(self),
    () =>
      new DeviceError(
        op,
        `${what} must be read, and device '${self.device}' cannot be read synchronously. ` +
          `Use: await awaitReads(() => ${op}(...))`,
      ),
  )
}

/** The bytes of a contiguous tensor that can be read. */
export function readBytes(source: Tensor): Uint8Array {
  const { backend, buffer } = source.storage
  const at = source.offset * source.elementSize()
  if (backend.canBlock || replay === null) return backend.read(buffer, at, source.nbytes)
  const answer = replay.answers[replay.next++]
  if (answer !== undefined) return answer.slice()
  throw new ReadNeeded(backend.readAsync(buffer, at, source.nbytes))
}

/**
 * Runs `fn`, whose ops must read values, on a device that cannot be waited for: where a read has to be awaited, it is,
 * and then `fn` starts again with the answer. So ops whose result has a size that depends on the data (`nonzero`,
 * `x.at(mask)`, `unique`) and those that compute on the host (`linalg`) run on 'webgpu'. On a device that blocks, `fn`
 * runs once.
 *
 * @param fn synchronous; it runs again from its start for each read, so it must not change anything before its last one.
 *   Random numbers are drawn again as they were.
 * @returns what `fn` returned
 * @example
 * const x = tensor([3, -1, 2])
 * const positive = await awaitReads(() => x.maskedSelect(x.gt(0)))
 * positive.tolist() // => [3, 2]
 */
export async function awaitReads<T>(fn: () => T): Promise<T> {
  const answers: Uint8Array[] = []
  for (;;) {
    const state = defaultGenerator.getState()
    const outer = replay
    replay = { answers, next: 0 }
    let needed: ReadNeeded
    try {
      return fn()
    } catch (error) {
      if (!(error instanceof ReadNeeded)) throw error
      needed = error
    } finally {
      replay = outer
    }
    defaultGenerator.setState(state)
    answers.push(await needed.bytes)
  }
}
