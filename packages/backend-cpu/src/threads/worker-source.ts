// What a worker runs, as a string of JavaScript: it imports nothing, so it starts from TypeScript sources, from dist and
// from a bundle alike, and no tool that rewrites functions can break it.
import { controlBytes, controlWords as word } from './control.ts'

/** What a worker is started with. */
export interface WorkerData {
  readonly memory: WebAssembly.Memory
  /** The modules of the AssemblyScript kernels, whose exports in turn are the first functions. */
  readonly modules: readonly WebAssembly.Module[]
  /** Address of the control block. */
  readonly control: number
  /** 1 for the first worker; 0 is the calling thread. */
  readonly index: number
  /** Milliseconds without work after which it leaves. */
  readonly idleMs: number
  /** Looks at the ticket before it sleeps. */
  readonly spins: number
}

/** An expression: a function of WorkerData that does parts of jobs until none has come for a while. */
export const workerSource = `({ memory, modules, control, index, idleMs, spins }) => {
  const imports = { env: { memory } }
  const functions = modules.flatMap((module) => Object.values(new WebAssembly.Instance(module, imports).exports))
  const words = new Int32Array(memory.buffer, control, ${controlBytes / 4})
  // The memory grows; the buffer of a shared one is renewed by asking for no more pages.
  const bufferOf = (bytes) => {
    if (memory.buffer.byteLength < bytes) memory.grow(0)
    return memory.buffer
  }
  const compiled = (address, bytes) => {
    const binary = new Uint8Array(bufferOf(address + bytes), address, bytes).slice()
    return new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(binary)), imports).exports.run
  }
  const work = (part) => {
    const run = (functions[words[${word.fn}]] ??= compiled(words[${word.binary}] >>> 0, words[${word.binaryBytes}]))
    const calls = words[${word.calls}], parts = words[${word.parts}], arity = words[${word.arity}]
    const scratchArg = words[${word.scratchArg}]
    const first = Math.floor(calls * part / parts), end = Math.floor(calls * (part + 1) / parts)
    const address = (words[${word.args}] >>> 0) + first * arity * 8
    const size = (end - first) * arity
    const args = new Float64Array(bufferOf(address + size * 8), address, size)
    for (let at = 0; at < size; at += arity) {
      const list = Array.from(args.subarray(at, at + arity))
      if (scratchArg >= 0) list[scratchArg] = (words[${word.scratch}] >>> 0) + part * words[${word.scratchBytes}]
      run(...list)
    }
  }
  const fail = (error) => {
    if (Atomics.compareExchange(words, ${word.failed}, 0, 1) !== 0) return
    const text = new TextEncoder().encode(String(error)).slice(0, ${controlBytes - word.message * 4})
    new Uint8Array(memory.buffer, control + ${word.message * 4}, text.length).set(text)
    words[${word.messageBytes}] = text.length
  }
  Atomics.add(words, ${word.ready}, 1)
  for (;;) {
    const ticket = Atomics.load(words, ${word.ticket})
    const left = ticket & 255
    if (left === 0) {
      let spin = spins
      while (spin > 0 && Atomics.load(words, ${word.ticket}) === ticket) spin--
      if (spin > 0) continue
      if (Atomics.wait(words, ${word.ticket}, ticket, idleMs) !== 'timed-out') continue
      Atomics.sub(words, ${word.ready}, 1)
      Atomics.store(words, ${word.present} + index, 0)
      Atomics.sub(words, ${word.alive}, 1)
      return
    }
    if (Atomics.compareExchange(words, ${word.ticket}, ticket, ticket - 1) !== ticket) continue
    let done = 1
    try {
      work(left - 1)
    } catch (error) {
      fail(error)
      done += Atomics.and(words, ${word.ticket}, ~255) & 255 // nobody needs the rest
    }
    Atomics.add(words, ${word.done}, done)
    Atomics.notify(words, ${word.done})
  }
}`
