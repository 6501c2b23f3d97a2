// One GPUDevice at work: pipelines, the batch of recorded commands, reads, errors.
import { platform } from '#platform'
import { DeviceError, OutOfMemoryError } from '@tt/tensor'
import { DeviceLostError } from '../errors.ts'
import type { MatrixShape } from '../kernels/product/matrices.ts'
import type { Collector } from '../platform/platform.ts'
import { decodeWords, wordsAround } from './formats.ts'
import { Faults, faultWords } from './faults.ts'
import { Memory } from './memory.ts'
import { Pending, slackBytes } from './merging.ts'
import { Programs } from './programs.ts'
import type { Program, ProgramSource, Sliced, SourceText } from './programs.ts'
import { MAP_READ, StagingBuffers, touch } from './staging.ts'
import type { Block } from './block.ts'
import type { WebGpuBuffer } from './handle.ts'
import type { MemoryHost } from './memory.ts'
import type { RuntimeOptions } from './options.ts'
import { Pace } from './pace.ts'

const uniformWords = 1 << 16 // 1024 dispatches of up to 64 words each
const alignment = 64 // in words: minUniformBufferOffsetAlignment is at most 256 bytes
const maxBatch = 1024
const lostWithin = 2000 // milliseconds after a mapping was refused

/**
 * A GPUDevice with what the kernels need of it.
 *
 * @example
 * const { runtime } = await init()
 * runtime.name // => 'webgpu'
 */
export class Runtime implements MemoryHost {
  readonly device: GPUDevice
  readonly name: string
  readonly collector: Collector | null
  readonly limit: number
  readonly poolLimit: number
  readonly mostGarbage: number
  readonly mostWritten: number
  readonly largest: number
  /** Whether float16 lies in memory as 16-bit floats: the device has shader-f16. See storage-format.ts. */
  readonly halves: boolean
  readonly barrierFree: boolean
  /** Whether the lanes of a workgroup come together by subgroups, of whatever size. */
  readonly subgroups: boolean
  /** Lanes of a subgroup, where kernels may use them and all have as many; else 1. */
  readonly subgroupLanes: number
  /** The fragments in which float16 matrices are multiplied, if they are. */
  readonly matrixShape: MatrixShape | null
  readonly memory: Memory
  /** Host side of the uniform words of the batch, and the same as float32. */
  readonly words = new Uint32Array(uniformWords)
  readonly floats = new Float32Array(this.words.buffer)
  batch = 0
  readonly #programs: Programs
  readonly #uniforms: GPUBuffer
  readonly #faults: Faults
  #encoder: GPUCommandEncoder | null = null
  #pass: GPUComputePassEncoder | null = null
  #pending: Pending | null = null
  #recorded = 0
  #cursor = 0
  readonly #staging: StagingBuffers
  readonly #pace: Pace
  #scheduled = false
  #lost: GPUDeviceLostInfo | null = null
  #failure: Error | null = null
  #rejectLost: ((error: Error) => void)[] = []
  #submits = 0
  #dispatches = 0

  constructor(device: GPUDevice, options: RuntimeOptions) {
    this.device = device
    this.name = options.name
    this.collector = options.collector
    this.limit = options.memoryLimit
    this.poolLimit = options.poolLimit
    this.barrierFree = options.barrierFree
    // CPU drivers take both from the program's own memory; what goes to a GPU at once goes through new memory, at a third
    // of the speed
    this.mostGarbage = options.barrierFree ? 0 : 2 ** 32
    this.mostWritten = options.barrierFree ? Infinity : 2 ** 20
    this.halves = device.features.has('shader-f16')
    this.subgroups = options.subgroupNumbers && device.features.has('subgroups')
    const { subgroupMinSize = 1, subgroupMaxSize } = device.adapterInfo ?? {}
    const known = device.features.has('subgroups') && subgroupMinSize === subgroupMaxSize
    this.subgroupLanes = known ? subgroupMinSize : 1
    const usable = this.subgroups && !this.barrierFree && this.subgroupLanes > 1 && this.halves
    this.matrixShape = (usable && options.matrixShapes[0]) || null
    this.largest = Math.min(device.limits.maxBufferSize, device.limits.maxStorageBufferBindingSize)
    this.memory = new Memory(this)
    this.#staging = new StagingBuffers(device)
    this.#pace = new Pace(!options.barrierFree)
    this.#programs = new Programs(device, options.name, this)
    this.#uniforms = device.createBuffer({
      label: 'uniforms',
      size: uniformWords * 4 + slackBytes,
      usage: 0x40 | 0x08,
    })
    this.#faults = new Faults(device, options.name, this.memory)
    device.addEventListener('uncapturederror', (event) => {
      event.preventDefault()
      this.#fail((event as GPUUncapturedErrorEvent).error)
    })
    void device.lost.then((info) => {
      this.#lost = info
      const waiting = this.#rejectLost
      this.#rejectLost = []
      for (const reject of waiting) reject(this.#lostError('read'))
    })
  }

  /** Commands submitted and kernels run so far. */
  get counts(): { readonly submits: number; readonly dispatches: number } {
    return { submits: this.#submits, dispatches: this.#dispatches }
  }

  /** Throws if the device is gone, or if an error came up since the last check. */
  check(op: string): void {
    if (this.#lost !== null) throw this.#lostError(op)
    if (this.#failure !== null) {
      const failure = this.#failure
      this.#failure = null
      throw failure
    }
  }

  /** The compiled kernel of a key; `make` gives its source the first time. */
  program(key: string, make: () => ProgramSource): Program {
    return this.#programs.get(key, make)
  }

  /** The same for a kernel that may run in slices; `make(merged)` gives the source of either form. */
  sliced(key: string, make: (merged: boolean) => ProgramSource): Sliced {
    return this.#programs.sliced(key, make)
  }

  /** Position in `words` for the uniform words of the next kernel. */
  beginWords(count: number): number {
    const size = Math.ceil(Math.max(count, 1) / alignment) * alignment
    if (this.#cursor + size > uniformWords || this.#recorded >= maxBatch) this.flush()
    const at = this.#cursor
    this.#cursor += size
    return at
  }

  /**
   * Position in `words` for the uniform words of a kernel that may become a slice of the dispatch before it, and is
   * recorded now. It reads and writes the blocks and has `groups` workgroups in x.
   */
  beginSlice(
    sliced: Sliced,
    blocks: readonly Block[],
    reads: readonly Block[],
    writes: readonly Block[],
    groups: number,
  ): number {
    this.check(sliced.single.name)
    const size = sliced.single.uniformBytes / 4
    let pending = this.#pending
    if (
      pending === null ||
      !pending.takes(sliced, blocks, reads, writes) ||
      this.#cursor + size > uniformWords
    ) {
      this.#recordPending()
      if (this.#pace.due(this.#recorded)) this.flush()
      pending = this.#pending = new Pending(sliced, blocks, this.beginWords(size))
      for (const { buffer } of blocks) buffer.batch = this.batch
      this.#open()
      this.#schedule()
    }
    const at = pending.at + pending.slices * size
    this.#cursor = Math.max(this.#cursor, Math.ceil((at + size) / alignment) * alignment)
    pending.add(groups, reads, writes)
    return at
  }

  #recordPending(): void {
    const pending = this.#pending
    if (pending === null) return
    this.#pending = null
    const { sliced, blocks, at, groups, slices } = pending
    this.#record(slices === 1 ? sliced.single : sliced.merged(), blocks, at, groups, 1, slices)
  }

  /** Records a kernel: `at` is what beginWords answered. */
  dispatch(program: Program, blocks: readonly Block[], at: number, x: number, y = 1, z = 1): void {
    this.check(program.name)
    const most = this.device.limits.maxComputeWorkgroupsPerDimension
    if (x > most || y > most || z > most) {
      throw new DeviceError(
        program.name,
        `a kernel may have ${most} workgroups per dim, got ${x}, ${y}, ${z}. Split the tensor`,
      )
    }
    this.#recordPending()
    this.#record(program, blocks, at, x, y, z)
    if (this.#pace.due(this.#recorded)) this.flush()
  }

  #record(program: Program, blocks: readonly Block[], at: number, x: number, y: number, z: number): void {
    const pass = this.#openPass()
    pass.setPipeline(program.pipeline)
    pass.setBindGroup(0, this.#bindGroup(program, blocks), [at * 4])
    pass.dispatchWorkgroups(x, y, z)
    for (const { buffer } of blocks) buffer.batch = this.batch
    this.#recorded++
    this.#dispatches++
    this.#schedule()
  }

  /** The number under which kernels of `op` report bad indices. */
  faultCode(op: string): number {
    return this.#faults.codeOf(op)
  }

  /** The block of the fault words. */
  get faultBlock(): Block {
    return this.#faults.block
  }

  /** Submits what is recorded. */
  flush(): void {
    if (this.#encoder === null) return
    this.#recordPending()
    this.#closePass()
    if (this.#cursor > 0) this.device.queue.writeBuffer(this.#uniforms, 0, this.words, 0, this.#cursor)
    const encoder = this.#encoder
    this.#encoder = null
    this.#cursor = 0
    this.#recorded = 0
    this.batch++
    this.#submits++
    this.device.queue.submit([encoder.finish()])
    this.#pace.submitted()
  }

  /** Copies elements out after all earlier kernels, as host bytes of the dtype. */
  async read(handle: WebGpuBuffer, byteOffset: number, byteLength: number): Promise<Uint8Array> {
    this.check('read')
    const { dtype, block } = handle
    if (block === null || dtype === null) {
      // no kernel has used it: the bytes are still on the host, or there are none, as in an empty tensor
      return handle.staged?.slice(byteOffset, byteOffset + byteLength) ?? new Uint8Array(byteLength)
    }
    const { from, size, skipped } = wordsAround(byteOffset, byteLength, dtype, this.halves)
    const words = await this.#readWords(block, from, size)
    return decodeWords(words, dtype, this.halves).subarray(skipped, skipped + byteLength)
  }

  /** Resolves when everything recorded so far has run. @throws what went wrong on the device */
  async synchronize(): Promise<void> {
    this.check('synchronize')
    await this.#readWords(this.faultBlock, 0, 0)
  }

  async #readWords(block: Block, from: number, size: number): Promise<Uint32Array<ArrayBuffer>> {
    // The fault words come along, always: a mapping waits for the last command that uses its buffer, and for no other.
    const total = size + faultWords * 4
    const copy = platform.memory(total)
    const staging = this.#staging.take(total)
    const encoder = this.#open()
    this.#recordPending()
    this.#closePass()
    if (size > 0) encoder.copyBufferToBuffer(block.buffer.gpu, block.base + from, staging, 0, size)
    encoder.copyBufferToBuffer(this.#faults.buffer, 0, staging, size, faultWords * 4)
    this.flush()
    if (!this.barrierFree) this.memory.idle()
    const mapped = this.#mapped(staging)
    touch(copy) // while the GPU works
    try {
      await mapped
    } catch (error) {
      staging.destroy()
      throw error
    }
    copy.set(new Uint8Array(staging.getMappedRange(0, total)))
    const words = new Uint32Array(copy.buffer)
    staging.unmap()
    this.#staging.keep(staging)
    this.check('read')
    this.#faults.check(words.subarray(size / 4))
    return words.subarray(0, size / 4)
  }

  // A lost device rejects with an AbortError, or never answers: the one that comes first counts.
  #mapped(staging: GPUBuffer): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#rejectLost.push(reject)
      const settle = (): void => {
        const index = this.#rejectLost.indexOf(reject)
        if (index >= 0) this.#rejectLost.splice(index, 1)
      }
      staging.mapAsync(MAP_READ).then(
        () => {
          settle()
          resolve()
        },
        (cause: Error) => {
          if (this.#lost !== null) return reject(this.#lostError('read'))
          if (this.#failure !== null) {
            settle()
            return reject(this.#takeFailure())
          }
          // the promise `lost` may be settled after this one, in browsers much later
          void Promise.race([
            this.device.lost,
            new Promise((resolve) => setTimeout(resolve, lostWithin)),
          ]).then(() => {
            settle()
            if (this.#lost !== null) return reject(this.#lostError('read'))
            reject(this.#failure ?? new DeviceError('read', `the GPU must answer, got: ${cause.message}`))
          })
        },
      )
    })
  }

  takeOutOfMemory(): Error | null {
    return this.#failure instanceof OutOfMemoryError ? this.#takeFailure() : null
  }

  #takeFailure(): Error {
    const failure = this.#failure!
    this.#failure = null
    return failure
  }

  #fail(error: GPUError): void {
    const { message } = error
    if (this.#failure !== null) return
    if (error.constructor.name === 'GPUOutOfMemoryError') {
      this.memory.outOfMemory()
      this.#failure = new OutOfMemoryError(
        'allocate',
        `device '${this.name}' has no memory left: ${message}. The pool of free buffers was ` +
          'given back. Drop references to tensors; smaller batches need less',
      )
    } else
      this.#failure = new DeviceError('webgpu', `a command was refused by device '${this.name}': ${message}`)
  }

  #lostError(op: string): DeviceLostError {
    return new DeviceLostError(op, this.name, this.#lost!.reason, this.#lost!.message)
  }

  #open(): GPUCommandEncoder {
    return (this.#encoder ??= this.device.createCommandEncoder())
  }

  #openPass(): GPUComputePassEncoder {
    return (this.#pass ??= this.#open().beginComputePass())
  }

  #closePass(): void {
    this.#pass?.end()
    this.#pass = null
  }

  // At the end of the macrotask: a loop that never waits submits when the batch is full.
  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setTimeout(() => {
      this.#scheduled = false
      this.flush()
    }, 0)
  }

  #bindGroup(program: Program, blocks: readonly Block[]): GPUBindGroup {
    let key = `${program.id}`
    for (let i = 1; i < blocks.length; i++) key += `,${blocks[i].buffer.id}`
    const { groups } = blocks[0].buffer
    let group = groups.get(key)
    if (group === undefined) {
      if (groups.size >= 1024) groups.clear()
      group = this.device.createBindGroup({
        layout: program.layout,
        entries: [
          { binding: 0, resource: { buffer: this.#uniforms, size: program.uniformBytes } },
          ...blocks.map((block, i) => ({ binding: i + 1, resource: { buffer: block.buffer.gpu } })),
        ],
      })
      groups.set(key, group)
    }
    return group
  }

  /** Every kernel's whole source, kept if set to an array before: for validation elsewhere and for reading. */
  get sources(): SourceText[] | null {
    return this.#programs.sources
  }
  set sources(sources: SourceText[] | null) {
    this.#programs.sources = sources
  }
}
