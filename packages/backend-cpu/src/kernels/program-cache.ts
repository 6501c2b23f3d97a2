// Compiles kernels for the heap and keeps them by kernel and by how the operands move.
import type { Binary, Target } from '../codegen/map-program.ts'
import type { Heap } from '../memory/heap.ts'

/** A compiled kernel: `run(descriptor)`. */
export type Program = (descriptor: number) => void

/** Programs of one kind, made when first needed. */
export class ProgramCache<Kernel extends { readonly id: number; readonly name: string }> {
  readonly #heap: Heap
  readonly #target: Target
  readonly #make: (kernel: Kernel, key: number, target: Target) => Binary
  readonly #byKernel: (Map<number, Program> | undefined)[] = []

  constructor(heap: Heap, target: Target, make: (kernel: Kernel, key: number, target: Target) => Binary) {
    this.#heap = heap
    this.#target = target
    this.#make = make
  }

  /** The program for `key`, which says how operands move. */
  get(kernel: Kernel, key: number): Program {
    const programs = this.#byKernel[kernel.id]
    return programs?.get(key) ?? this.#compile(kernel, key)
  }

  #compile(kernel: Kernel, key: number): Program {
    const { bytes, imports } = this.#make(kernel, key, this.#target)
    const module = new WebAssembly.Module(bytes)
    const instance = new WebAssembly.Instance(module, { env: { memory: this.#heap.memory }, f: imports })
    const program = instance.exports['run'] as Program
    const programs = (this.#byKernel[kernel.id] ??= new Map())
    programs.set(key, program)
    return program
  }
}
