// The worker pool: splits the calls of a kernel between the calling thread and workers that share its memory.
import type { AssemblyModules } from '../assembly/index.ts'
import type { Buffers } from '../memory/buffers.ts'
import type { Heap } from '../memory/heap.ts'
import type { WorkerPlatform } from '../platform/platform.ts'
import { controlBytes, controlWords as word, maxParts } from './control.ts'
import { workerSource } from './worker-source.ts'
import type { WorkerData } from './worker-source.ts'

type Callable = (...args: number[]) => unknown

/** A function that workers have too: an export of the AssemblyScript modules, or a generated program. */
interface Shared {
  readonly id: number
  readonly binary: Uint8Array | null
  /** Where the binary lies for the workers, once it does. */
  address: number
}

/** Scratch of which each part needs its own. */
export interface PartScratch {
  /** Which argument it is. */
  readonly arg: number
  readonly address: number
  /** From one part's to the next's. */
  readonly bytes: number
}

export interface ThreadsOptions {
  /** Threads, the calling one included. */
  readonly count: number
  /** Least estimated work of a part in microseconds. */
  readonly grain: number
  /** Milliseconds without work after which a worker leaves. */
  readonly idleMs?: number
}

/** What the threads have done so far. */
export interface ThreadStats {
  /** Threads that kernels are divided between. */
  readonly threads: number
  /** Workers that are up now. */
  readonly workers: number
  /** Parts of divided kernels, and how many of them workers did; the calling thread did the others. */
  readonly parts: number
  readonly partsByWorkers: number
}

const argsCapacity = 1024
/** Milliseconds for which workers are left alone when they were of no help. */
const shortestRest = 0.5
const longestRest = 50
/** Looks at the shared word before a thread sleeps: some microseconds. */
const spins = 4000

/**
 * Runs calls of one kernel on several threads. How the calls are divided depends on their number and on `count` alone,
 * never on which threads are there, so that results are the same in every run.
 */
export class Threads {
  readonly count: number
  readonly #grain: number
  readonly #least: number
  readonly #idleMs: number
  readonly #heap: Heap
  readonly #buffers: Buffers
  readonly #modules: AssemblyModules
  readonly #platform: WorkerPlatform
  readonly #shared = new Map<unknown, Shared>()
  #nextId: number
  #job = 0
  #parts = 0
  #partsByWorkers = 0
  #words = new Int32Array(0)
  #control = 0
  #args = 0
  #broken = false
  #missed = 0
  #rest = 0
  #restUntil = 0

  constructor(
    heap: Heap,
    buffers: Buffers,
    modules: AssemblyModules,
    exports: readonly unknown[],
    platform: WorkerPlatform,
    options: ThreadsOptions,
  ) {
    this.count = options.count
    this.#grain = options.grain
    this.#least = this.count === 1 ? Infinity : this.#grain === 0 ? 0 : 4096
    this.#idleMs = options.idleMs ?? 20_000
    this.#heap = heap
    this.#buffers = buffers
    this.#modules = modules
    this.#platform = platform
    if (this.count > 1) exports.forEach((fn, id) => this.#shared.set(fn, { id, binary: null, address: 0 }))
    this.#nextId = exports.length
  }

  /** Pieces of less than so many elements are not divided, and parts begin at multiples of the quantum. */
  get least(): number {
    return this.#least
  }
  get quantum(): number {
    return this.#grain === 0 ? 4 : 64
  }

  get stats(): ThreadStats {
    return {
      threads: this.count,
      workers: this.#control === 0 ? 0 : Atomics.load(this.#words, word.ready),
      parts: this.#parts,
      partsByWorkers: this.#partsByWorkers,
    }
  }

  /** Makes a generated program, without imports but the memory, known to workers. */
  share(program: unknown, binary: Uint8Array): void {
    if (this.count > 1) this.#shared.set(program, { id: this.#nextId++, binary, address: 0 })
  }

  /** Whether workers can run the function. */
  canShare(fn: unknown): boolean {
    return this.#shared.has(fn)
  }

  /** In how many parts to do work of so many microseconds that has `units` indivisible pieces; 1: not at all. */
  parts(microseconds: number, units: number): number {
    if (this.count === 1) return 1
    const worth = this.#grain === 0 ? this.count : Math.floor(microseconds / this.#grain)
    return Math.max(1, Math.min(this.count, worth, units))
  }

  /**
   * Calls `fn` once for each `arity` numbers in `args`, in at most `parts` runs of consecutive calls, each on a thread;
   * returns when all of them are done.
   * @throws what a call has thrown, on whichever thread
   */
  run(fn: Callable, arity: number, args: readonly number[], parts: number, scratch?: PartScratch): void {
    const calls = args.length / arity
    parts = Math.min(parts, calls, maxParts)
    const shared = this.#shared.get(fn)
    if (parts <= 1 || shared === undefined || !this.#open() || this.#rests()) {
      if (parts > 1) this.#parts += parts
      for (let part = 0; part < parts; part++) call(fn, arity, args, part, parts, scratch)
      return
    }
    if (args.length <= argsCapacity) {
      this.#heap.f64.set(args, this.#args / 8)
      this.#publish(fn, shared, this.#args, arity, args, parts, scratch)
      return
    }
    const address = this.#buffers.take(args.length * 8)
    try {
      this.#heap.f64.set(args, address / 8)
      this.#publish(fn, shared, address, arity, args, parts, scratch)
    } finally {
      this.#buffers.release(address, args.length * 8)
    }
  }

  #publish(
    fn: Callable,
    shared: Shared,
    address: number,
    arity: number,
    args: readonly number[],
    parts: number,
    scratch: PartScratch | undefined,
  ): void {
    if (shared.binary !== null && shared.address === 0) {
      shared.address = this.#buffers.permanent(shared.binary.length)
      this.#heap.u8.set(shared.binary, shared.address)
    }
    const words = this.#words
    words[word.fn] = shared.id
    words[word.binary] = shared.address
    words[word.binaryBytes] = shared.binary?.length ?? 0
    words[word.calls] = args.length / arity
    words[word.parts] = parts
    words[word.arity] = arity
    words[word.args] = address
    words[word.scratchArg] = scratch?.arg ?? -1
    words[word.scratch] = scratch?.address ?? 0
    words[word.scratchBytes] = scratch?.bytes ?? 0
    words[word.done] = 0
    this.#job = (this.#job + 1) & 0xffffff
    const start = performance.now()
    Atomics.store(words, word.ticket, (this.#job << 8) | parts)
    Atomics.notify(words, word.ticket, parts - 1)
    let mine = 0
    let failure: unknown = null
    for (;;) {
      const ticket = Atomics.load(words, word.ticket)
      const left = ticket & 255
      if (left === 0) break
      if (Atomics.compareExchange(words, word.ticket, ticket, ticket - 1) !== ticket) continue
      mine++
      try {
        call(fn, arity, args, left - 1, parts, scratch)
      } catch (error) {
        failure = error
        mine += Atomics.and(words, word.ticket, ~255) & 255
      }
    }
    const alone = ((performance.now() - start) * parts) / Math.max(1, mine) // all of it on this thread
    this.#platform.wait(words, word.done, parts - mine, spins)
    this.#judge(mine < parts, performance.now() - start, alone)
    this.#parts += parts
    this.#partsByWorkers += parts - mine
    if (Atomics.load(words, word.failed) === 1 && failure === null) failure = this.#failureOfWorker()
    if (failure !== null) {
      Atomics.store(words, word.failed, 0)
      throw failure
    }
  }

  // Whether to leave the workers alone: they are not up, or the cores have been busy with something else.
  #rests(): boolean {
    return (
      Atomics.load(this.#words, word.ready) === 0 ||
      (this.#restUntil > 0 && performance.now() < this.#restUntil)
    )
  }

  // Where workers did not help (other programs use the cores), the next try is later each time.
  #judge(helped: boolean, took: number, alone: number): void {
    if (this.#grain === 0) return
    this.#missed = helped ? 0 : this.#missed + 1
    // a worker that sleeps may come too late for a short job; one that has a part and no core is worse
    if (this.#missed < 8 && took < 1.2 * alone + 0.1) {
      if (helped) this.#rest /= 4
      return
    }
    this.#missed = 0
    this.#rest = Math.min(longestRest, Math.max(shortestRest, this.#rest * 2))
    this.#restUntil = performance.now() + this.#rest
  }

  // An error that a worker has met: nearly always a trap.
  #failureOfWorker(): Error {
    const start = this.#control + word.message * 4
    const text = new TextDecoder().decode(this.#heap.u8.slice(start, start + this.#words[word.messageBytes]))
    const trap = 'RuntimeError: '
    return text.startsWith(trap)
      ? new WebAssembly.RuntimeError(text.slice(trap.length))
      : new Error(`backend-cpu: a worker failed: ${text}`)
  }

  // Starts the workers that are not there. They join when they are up; until then the calling thread does their parts.
  #open(): boolean {
    if (this.#control === 0) {
      this.#control = this.#buffers.permanent(controlBytes)
      this.#args = this.#buffers.permanent(argsCapacity * 8)
      this.#heap.u8.fill(0, this.#control, this.#control + controlBytes)
      this.#words = new Int32Array(this.#heap.memory.buffer, this.#control, controlBytes / 4)
    }
    if (!this.#broken && Atomics.load(this.#words, word.alive) < this.count - 1) this.#start()
    return !this.#broken
  }

  #start(): void {
    const words = this.#words
    const { dense, plain } = this.#modules
    for (let index = 1; index < this.count; index++) {
      if (Atomics.load(words, word.present + index) === 1) continue
      const data: WorkerData = {
        memory: this.#heap.memory,
        modules: [dense, plain],
        control: this.#control,
        index,
        idleMs: this.#idleMs,
        spins,
      }
      Atomics.store(words, word.present + index, 1)
      Atomics.add(words, word.alive, 1)
      try {
        this.#platform.start(workerSource, data, () => (this.#broken = true))
      } catch {
        this.#broken = true
        return
      }
    }
  }
}

// The calls of one part.
function call(
  fn: Callable,
  arity: number,
  args: readonly number[],
  part: number,
  parts: number,
  scratch: PartScratch | undefined,
): void {
  const calls = args.length / arity
  const end = Math.floor((calls * (part + 1)) / parts) * arity
  for (let at = Math.floor((calls * part) / parts) * arity; at < end; at += arity) {
    const list = args.slice(at, at + arity)
    if (scratch !== undefined) list[scratch.arg] = scratch.address + part * scratch.bytes
    fn(...list)
  }
}
