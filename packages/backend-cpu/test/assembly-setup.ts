// A bump allocator over one memory and random data for the tests of the AssemblyScript kernels.
import { compileAssembly, instantiateAssembly, supportsRelaxedSimd } from '../src/assembly/index.ts'
import type { AssemblyBuild, AssemblyDType, AssemblyKernels } from '../src/assembly/index.ts'

export const arrays = {
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
} satisfies Record<AssemblyDType, unknown>

export type Numbers = Float32Array | Float64Array | Int8Array | Uint8Array | Int16Array | Int32Array

/** Every build that this engine runs. */
export const builds: AssemblyBuild[] = supportsRelaxedSimd() ? ['simd', 'relaxed-simd'] : ['simd']

export interface Bench {
  readonly kernels: AssemblyKernels
  readonly memory: WebAssembly.Memory
  /** A fresh block of n elements as a typed array over the memory. */
  alloc<D extends AssemblyDType>(dtype: D, n: number): InstanceType<(typeof arrays)[D]>
  /** A block holding `values`. */
  put<D extends AssemblyDType>(dtype: D, values: ArrayLike<number>): InstanceType<(typeof arrays)[D]>
  /** Scratch of so many bytes, filled with NaN bits, with a guard behind it that `checkGuards` reads. */
  scratch(bytes: number): number
  /** Throws when a kernel wrote past its scratch or outputs. */
  checkGuards(): void
}

const guard = 64

/** Kernels over a memory of their own; blocks are never freed. */
export function bench(build: AssemblyBuild, pages = 512): Bench {
  const memory = new WebAssembly.Memory({ initial: pages })
  const kernels = instantiateAssembly(memory, compileAssembly(false, build))
  const bytes = new Uint8Array(memory.buffer)
  let top = 1024
  const guards: number[] = []
  const reserve = (size: number) => {
    const at = top
    bytes.fill(0xff, at, at + size)
    bytes.fill(0xa5, at + size, at + size + guard)
    guards.push(at + size)
    top = (at + size + guard + 63) & ~63
    if (top > bytes.length) throw new Error('the test memory is too small')
    return at
  }
  const alloc: Bench['alloc'] = (dtype, n) => {
    const Array = arrays[dtype]
    return new Array(memory.buffer, reserve(n * Array.BYTES_PER_ELEMENT), n) as InstanceType<
      (typeof arrays)[typeof dtype]
    >
  }
  return {
    kernels,
    memory,
    alloc,
    put(dtype, values) {
      const block = alloc(dtype, values.length)
      for (let i = 0; i < values.length; i++) block[i] = dtype === 'int64' ? BigInt(values[i]) : values[i]
      return block
    },
    scratch: reserve,
    checkGuards() {
      for (const at of guards) {
        for (let i = 0; i < guard; i++) {
          if (bytes[at + i] !== 0xa5)
            throw new Error(`a kernel wrote ${i} bytes past the block that ends at ${at}`)
        }
      }
    },
  }
}

/** A small deterministic generator: uniform in [0, 1). */
export function randomSource(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** n numbers in [-1, 1). */
export function randoms(random: () => number, n: number): number[] {
  return Array.from({ length: n }, () => random() * 2 - 1)
}

/** The largest |a - b| / (1 + |b|); NaN equals NaN. */
export function worst(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let result = actual.length === expected.length ? 0 : Infinity
  for (let i = 0; i < expected.length; i++) {
    const a = actual[i],
      b = expected[i]
    if (Object.is(a, b) || a === b) continue
    const error = Math.abs(a - b) / (1 + Math.abs(b))
    result = Number.isNaN(error) ? Infinity : Math.max(result, error)
  }
  return result
}
