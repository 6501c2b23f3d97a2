// Compiled kernels by key, and how the source of one is put together.
import { DeviceError } from '@tt/tensor'
import { libraryFor } from '../wgsl/library.ts'
import type { Dialect } from '../wgsl/library.ts'

/** How a kernel uses a buffer. */
export type Access = 'read' | 'write'

/** A compiled kernel. */
export interface Program {
  readonly id: number
  readonly name: string
  readonly pipeline: GPUComputePipeline
  readonly layout: GPUBindGroupLayout
  /** Bytes of its uniform words. */
  readonly uniformBytes: number
}

/** Source of a kernel: `code` declares nothing but its functions and `main`. */
export interface ProgramSource {
  /** The op, for messages. */
  readonly name: string
  /** Of buffers `b0`, `b1`, ... in order. */
  readonly access: readonly Access[]
  /** WGSL element types of the buffers; `u32` where left out. */
  readonly elements?: readonly (string | undefined)[]
  /** Number of uniform words, read as `word(i)` of {@link uniformWord}. */
  readonly words: number
  /** Whether it runs many slices at once: `slice`, set by main, is the first vector of a slice's words. */
  readonly merged?: boolean
  readonly code: string
}

/** A kernel that may run in slices: see merging.ts. */
export interface Sliced {
  readonly single: Program
  /** Its form for several slices. */
  readonly merged: () => Program
}

/** A kernel's whole source. */
export interface SourceText {
  readonly name: string
  readonly source: string
}

/** WGSL of a uniform word. */
export const uniformWord = (i: number, merged = false): string =>
  `u[${merged ? `slice + ${i >> 2}u` : i >> 2}].${'xyzw'[i & 3]}`

/** Most uniform vectors of a merged dispatch. */
export const mostVectors = 1024
/** How many kernels with this many uniform vectors one dispatch may run. */
export const mostSlices = (vectors: number): number =>
  Math.max(1, Math.min(64, Math.floor(mostVectors / vectors)))

/** The kernels of a device. */
export class Programs {
  /** Kept if it is an array. */
  sources: SourceText[] | null = null
  readonly #device: GPUDevice
  readonly #name: string
  readonly #dialect: Dialect
  readonly #compiled = new Map<string, Program>()
  readonly #sliced = new Map<string, Sliced>()

  constructor(device: GPUDevice, name: string, dialect: Dialect) {
    this.#device = device
    this.#name = name
    this.#dialect = dialect
  }

  /** The kernel of a key; `make` gives its source the first time. */
  get(key: string, make: () => ProgramSource): Program {
    let program = this.#compiled.get(key)
    if (program === undefined) {
      program = this.#compile(make())
      this.#compiled.set(key, program)
    }
    return program
  }

  /** The same for a kernel that may run in slices; `make(merged)` gives the source of either form. */
  sliced(key: string, make: (merged: boolean) => ProgramSource): Sliced {
    let sliced = this.#sliced.get(key)
    if (sliced === undefined) {
      sliced = {
        single: this.get(key, () => make(false)),
        merged: () => this.get(`${key}:merged`, () => make(true)),
      }
      this.#sliced.set(key, sliced)
    }
    return sliced
  }

  #compile({ name, access, elements = [], words, code, merged = false }: ProgramSource): Program {
    const device = this.#device
    const most = device.limits.maxStorageBuffersPerShaderStage
    if (access.length > most) {
      throw new DeviceError(
        name,
        `a kernel on device '${this.#name}' may use ${most} buffers, got ${access.length}. Use fewer tensors at once`,
      )
    }
    const vectors = Math.max(1, Math.ceil(words / 4))
    const bound = merged ? vectors * mostSlices(vectors) : vectors
    const declarations = access.map(
      (kind, i) =>
        `@group(0) @binding(${i + 1}) var<storage, ${kind === 'read' ? 'read' : 'read_write'}> b${i}: array<${elements[i] ?? 'u32'}>;`,
    )
    const library = libraryFor(code, this.#dialect)
    const source = [
      [...elements, library, code].some((text) => text?.match(/\bf16\b/)) ? 'enable f16;' : '',
      /\bsubgroup[A-Z]/.test(code) ? 'enable subgroups;' : '',
      // (which subgroups reach a load of a matrix cannot be told from their numbers by the rules of today)
      /\bsubgroup_matrix_/.test(code)
        ? 'enable chromium_experimental_subgroup_matrix;\ndiagnostic(off, chromium.subgroup_matrix_uniformity);'
        : '',
      `@group(0) @binding(0) var<uniform> u: array<vec4<u32>, ${bound}>;`,
      merged ? `var<private> slice: u32;\nconst slice_vectors = ${vectors}u;` : '',
      ...declarations,
      library,
      code,
    ].join('\n')
    const layout = device.createBindGroupLayout({
      entries: [
        {
          binding: 0,
          visibility: 4,
          buffer: { type: 'uniform', hasDynamicOffset: true, minBindingSize: bound * 16 },
        },
        ...access.map((kind, i): GPUBindGroupLayoutEntry => ({
          binding: i + 1,
          visibility: 4,
          buffer: { type: kind === 'read' ? 'read-only-storage' : 'storage' },
        })),
      ],
    })
    const pipeline = device.createComputePipeline({
      label: name,
      layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
      compute: { module: device.createShaderModule({ label: name, code: source }), entryPoint: 'main' },
    })
    this.sources?.push({ name, source })
    return { id: this.#compiled.size, name, pipeline, layout, uniformBytes: bound * 16 }
  }
}
