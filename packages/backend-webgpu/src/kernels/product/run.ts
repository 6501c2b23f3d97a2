// Runs a product: counts its tiles, writes the words that all forms read, and cuts a long inner dim into parts whose
// sums are added up.
import { dtypes } from '@tt/tensor'
import type { CoreKernels, Operand } from '@tt/tensor'
import { WebGpuBuffer } from '../../device/handle.ts'
import type { ProgramSource } from '../../device/programs.ts'
import type { Runtime } from '../../device/runtime.ts'
import { wordType } from '../../wgsl/storage-format.ts'
import { count } from '../iteration.ts'
import { partLength } from './plan.ts'
import type { Sizes, Tiling } from './plan.ts'
import { tileWordCount, tileWords } from './product.ts'
import type { TileWords } from './product.ts'
import { Words, grid, put } from '../program.ts'

import type { Bindings } from '../program.ts'
import { sumKernel } from './sum-kernel.ts'

/** A product that is to run. */
export interface Job {
  readonly name: string
  readonly key: string
  readonly bindings: Bindings
  /** The source, and the words of its own after those that all products have. */
  readonly source: (words: Words, w: TileWords, extents: ExtentWords) => ProgramSource
  /** Writes its words. */
  readonly put: (words: Uint32Array, at: number) => void
}

/** Words of the sizes; `partStep`: elements between the outputs of two parts. */
export interface ExtentWords {
  readonly rows: string
  readonly columns: string
  readonly partStep: string
}

/** Runs jobs on a device. */
export class Products {
  readonly runtime: Runtime
  readonly #reduce: CoreKernels['reduce']

  constructor(runtime: Runtime, reduce: CoreKernels['reduce']) {
    this.runtime = runtime
    this.#reduce = reduce
  }

  /** Computes a product into `out`, or its parts into a temporary; `job` makes it for one of both. */
  run(sizes: Sizes, tiling: Tiling, out: Operand, job: (out: Operand) => Job): void {
    const { runtime } = this
    const { inner } = sizes
    const groups = Math.ceil(tilesOf(sizes, tiling) / tiling.tilesPerGroup)
    const { length = partLength(inner, groups, runtime.barrierFree) } = tiling
    const parts = Math.max(1, Math.ceil(inner / length))
    if (parts === 1) return this.#dispatch(sizes, tiling, job(out), 1, length, 0)
    // [parts, ...] sums, then their sums
    const { shape, dtypeInfo: to } = out
    const dtypeInfo = wordType(to) === 'f32' ? dtypes.float32 : dtypes.int32
    const step = count(shape)
    const buffer = new WebGpuBuffer(parts * step * 4)
    const strides = shape.map((_, d) => count(shape.slice(d + 1)))
    const first: Operand = { storage: { buffer }, dtypeInfo, shape, strides, offset: 0 }
    try {
      const made = job(first)
      this.#dispatch(sizes, tiling, made, parts, length, step)
      const all: Operand = { ...first, shape: [parts, ...shape], strides: [step, ...strides] }
      // (a dim of size 1 of the output is a reduced one of one element)
      const target: Operand = { ...out, shape: [1, ...shape], strides: [0, ...out.strides] }
      this.#reduce(sumKernel(made.name, dtypeInfo, to), all.shape, [all], [], target)
    } finally {
      runtime.memory.free(buffer)
    }
  }

  #dispatch(sizes: Sizes, tiling: Tiling, job: Job, parts: number, length: number, partStep: number): void {
    const { runtime } = this
    const { batches, rows, columns, inner } = sizes
    const program = runtime.program(job.key, () => {
      const words = new Words()
      const w = tileWords(words)
      const [m, n, step] = words.row(3)
      return job.source(words, w, { rows: m, columns: n, partStep: step })
    })
    const { tileRows, tileColumns, tilesPerGroup } = tiling
    const tiles = tilesOf(sizes, tiling) * parts
    const { x, y } = grid(tiles, runtime.device.limits.maxComputeWorkgroupsPerDimension, tilesPerGroup)
    const at = runtime.beginWords(program.uniformBytes / 4)
    const { words } = runtime
    const across = [Math.ceil(columns / tileColumns), Math.ceil(rows / tileRows)]
    put(words, at, [tiles, x, ...across, batches, inner, length])
    job.put(words, put(words, at + tileWordCount, [rows, columns, partStep]))
    runtime.dispatch(program, job.bindings.blocks, at, x, y)
  }
}

const tilesOf = ({ batches, rows, columns }: Sizes, { tileRows, tileColumns }: Tiling): number =>
  Math.ceil(rows / tileRows) * Math.ceil(columns / tileColumns) * batches
