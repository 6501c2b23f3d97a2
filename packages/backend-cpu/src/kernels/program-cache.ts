// Compiles kernels for the heap and keeps them by kernel and by how the operands move.
import type { Binary, Target } from '../codegen/map-program.ts'
import type { Runtime } from './runtime.ts'

/** A compiled kernel: `run(descriptor)`. */
export type Program = (descriptor: number) => void

/** Programs of one kind, made when first needed. */
export class ProgramCache<Kernel extends { readonly id: number; readonly name: string }> {
  readonly #runtime: Runtime
  readonly #make: (kernel: Kernel, key: number, target: Target) => Binary
  readonly #byKernel: (Map<number, Program> | undefined)[] = []

  constructor(runtime: Runtime, make: (kernel: Kernel, key: number, target: Target) => Binary) {
    this.#runtime = runtime
    this.#make = make
  }

  /** The program for `key`, which says how operands move. */
  get(kernel: Kernel, key: number): Program {
    const programs = this.#byKernel[kernel.id]
    return programs?.get(key) ?? this.#compile(kernel, key)
  }

  #compile(kernel: Kernel, key: number): Program {
    const { bytes, imports } = this.#make(kernel, key, this.#runtime.target)
    const module = new WebAssembly.Module(bytes)
    const instance = new WebAssembly.Instance(module, {
      env: { memory: this.#runtime.heap.memory },
      f: imports,
    })
    const program = instance.exports['run'] as Program
    // imported functions exist on this thread only
    if (Object.keys(imports).length === 0) this.#runtime.threads.share(program, bytes)
    const programs = (this.#byKernel[kernel.id] ??= new Map())
    programs.set(key, program)
    return program
  }
}
