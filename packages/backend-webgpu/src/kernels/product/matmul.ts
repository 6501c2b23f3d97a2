// Matrix products: see plan.ts for the forms. The inner dim may be cut into parts whose sums are added up.
import type { CoreKernels, Operand } from '@tt/tensor'
import type { Runtime } from '../../device/runtime.ts'
import {
  decodeFour,
  decodeWord,
  elementOf,
  encodeWord,
  storeKind,
  wordType,
} from '../../wgsl/storage-format.ts'
import { dotsSource } from './dots.ts'
import { lanesSource } from './lanes.ts'
import { matricesSource } from './matrices.ts'
import type { MatrixTile } from './matrices.ts'
import { matrixTilesOf, planForCpu, planForGpu } from './plan.ts'
import type { Fours, Plan, Sizes } from './plan.ts'
import { Products } from './run.ts'
import type { ExtentWords, Job } from './run.ts'
import { tileSource } from './tile.ts'
import type { Along, Product, Side, TileWords } from './product.ts'
import { Bindings, handleOf, put, sourceOf } from '../program.ts'
import type { Words } from '../program.ts'

/** An operand as [batches, rows, columns]. */
interface Matrix {
  readonly operand: Operand
  readonly strides: readonly [batch: number, row: number, column: number]
}

/** The operand broadcast to the three dims of `shape`; `swapped`: transposed. */
function matrixOf(operand: Operand, shape: readonly number[], swapped: boolean): Matrix {
  const [batch, row, column] = [0, 1, 2].map((d) => {
    const own = d - 3 + operand.shape.length
    return own < 0 || (operand.shape[own] === 1 && shape[d] !== 1) ? 0 : operand.strides[own]
  })
  return { operand, strides: swapped ? [batch, column, row] : [batch, row, column] }
}

/** The matmul kernel of the backend. */
export function createMatmul(runtime: Runtime, reduce: CoreKernels['reduce']): CoreKernels['matmul'] {
  const products = new Products(runtime, reduce)
  return (a, b, bias, out) => {
    const [batches, rows, columns] = out.shape
    const sizes: Sizes = { batches, rows, columns, inner: a.shape[2] }
    if (batches * rows * columns === 0) return
    const fours = foursOf(a, b, bias, out)
    const plan = runtime.barrierFree
      ? planForCpu(sizes, fours, runtime.subgroupLanes)
      : planForGpu(sizes, fours, [isUnit(a, 2), isUnit(b, 1)], matricesFor(a, b))
    const extents = plan.swapped ? { ...sizes, rows: columns, columns: rows } : sizes
    products.run(extents, plan, out, (target) => jobOf(plan, sizes, a, b, bias, target))
  }

  /** The dims along which four numbers of a and b can be loaded at once. */
  function foursOf(a: Operand, b: Operand, bias: Operand | null, out: Operand): Fours {
    const buffer = ({ storage, dtypeInfo }: Operand): unknown =>
      runtime.memory.blockOf(handleOf(storage.buffer), dtypeInfo).buffer
    // a buffer of fours holds nothing that is read or written one by one
    const others = [buffer(out), bias && buffer(bias)]
    const [ofA, ofB] = [buffer(a), buffer(b)]
    const fours: Fours = [
      others.includes(ofA) ? null : evenly(a, 'outer', 'inner'),
      others.includes(ofB) ? null : evenly(b, 'inner', 'outer'),
    ]
    return ofA === ofB ? [null, null] : fours
  }

  function matricesFor(a: Operand, b: Operand): readonly MatrixTile[] {
    const { matrixShape, device, halves } = runtime
    const half = ({ dtypeInfo }: Operand): boolean => elementOf(dtypeInfo, halves) === 'f16'
    if (matrixShape === null || !half(a) || !half(b)) return []
    return matrixTilesOf(matrixShape, device.limits.maxComputeWorkgroupStorageSize)
  }

  function codeOf({ form }: Plan, product: Product, w: TileWords, along: readonly Along[]): string {
    if (form.name === 'lanes') return lanesSource(product, w, form.tile)
    if (form.name === 'dots') return dotsSource(product, w, form.rows)
    if (form.name === 'tile') return tileSource(product, w, form.tile, along)
    return matricesSource(product, w, form.tile, runtime.matrixShape!, runtime.subgroupLanes, along)
  }

  function jobOf(
    plan: Plan,
    { batches, rows, columns, inner }: Sizes,
    a: Operand,
    b: Operand,
    bias: Operand | null,
    out: Operand,
  ): Job {
    const { swapped, fours } = plan
    const [left, right] = [
      matrixOf(a, [batches, rows, inner], swapped),
      matrixOf(b, [batches, inner, columns], swapped),
    ]
    const matrices = swapped ? [right, left] : [left, right]
    for (const operand of bias === null ? [out] : [bias, out])
      matrices.push(matrixOf(operand, out.shape, swapped))
    const bindings = new Bindings(runtime)
    for (const { operand } of matrices) bindings.add(operand, operand === out ? 'write' : 'read')
    const along = matrices.slice(0, 2).map(({ strides }, k) => (strides[2 - k] === 1 ? 'inner' : 'outer'))
    const kinds = `${bias !== null}:${wordType(a.dtypeInfo)}:${storeKind(out.dtypeInfo)}`
    return {
      name: 'matmul',
      key: `matmul:${plan.key}:${along.join()}:${fours.join()}:${kinds}:${bindings.key}`,
      bindings,
      source: (words, w, extents) => {
        const product = productOf(
          matrices,
          fours,
          bindings.slots,
          bias !== null,
          words,
          extents,
          runtime.halves,
        )
        const elements: string[] = [...bindings.elements]
        fours.forEach((each, k) => {
          if (each !== null) elements[bindings.slots[k]] = `vec4<${bindings.elements[bindings.slots[k]]}>`
        })
        return { ...sourceOf('matmul', bindings, words, codeOf(plan, product, w, along)), elements }
      },
      put: (words, at) => {
        let next = at
        for (const { operand, strides } of matrices) {
          words[next] = operand.offset
          next = put(words, next + 1, strides)
        }
      },
    }
  }
}

// Four at once need the numbers beside each other, and every group of four to start at a multiple of four. What is read
// beyond the edge of the matrix is not used.
function evenly({ shape, strides, offset }: Operand, ofRows: Along, ofColumns: Along): Along | null {
  if (offset % 4 !== 0 || (shape[0] !== 1 && strides[0] % 4 !== 0)) return null
  if (strides[2] === 1 && strides[1] % 4 === 0) return ofColumns
  return strides[1] === 1 && strides[2] % 4 === 0 ? ofRows : null
}

const isUnit = ({ shape, strides }: Operand, dim: number): boolean => strides[dim] === 1 || shape[dim] === 1

/** The product of the first two matrices, plus the third if there is a bias, into the last. */
function productOf(
  matrices: readonly Matrix[],
  fours: Fours,
  slots: readonly number[],
  hasBias: boolean,
  words: Words,
  { rows, columns, partStep }: ExtentWords,
  halves: boolean,
): Product {
  const windows = matrices.map(() => words.row(4))
  const { dtypeInfo } = matrices[0].operand
  const type = wordType(dtypeInfo)
  const base = ([offset, batch]: readonly string[]): string => `${offset} + batch * ${batch}`
  const one = (k: number, at: string): string =>
    decodeWord(`b${slots[k]}[${fours[k] === null ? at : `(${at}) >> 2u][(${at}) & 3u`}]`, dtypeInfo, type)
  const side = (k: number, outer: string, stride: string): Side => ({
    stride,
    at: (name, distance) => one(k, `${name} + ${distance}`),
    fours: fours[k] && {
      along: fours[k],
      words: `vec4<${elementOf(dtypeInfo, halves)}>`,
      load: (name, distance) => `b${slots[k]}[(${name} + ${distance}) >> 2u]`,
      decode: (loaded) => decodeFour(loaded, dtypeInfo),
    },
    open: (name, index) => `let ${name} = ${base(windows[k])} + ${index} * ${outer};`,
    value: (name, at) => one(k, `${name} + ${at} * ${stride}`),
  })
  const [a, b] = windows
  const place = (window: readonly string[], m: string, n: string): string =>
    `${base(window)} + ${m} * ${window[2]} + ${n} * ${window[3]}`
  const last = matrices.length - 1
  return {
    type,
    rows,
    columns,
    a: side(0, a[2], a[3]),
    b: side(1, b[3], b[2]),
    store: (m, n, value) => {
      const stored = `b${slots[last]}[part * ${partStep} + ${place(windows[last], m, n)}]`
      const store = (x: string): string =>
        `${stored} = ${encodeWord(x, type, matrices[last].operand.dtypeInfo)};`
      if (!hasBias) return store(value)
      const added = decodeWord(
        `b${slots[2]}[${place(windows[2], m, n)}]`,
        matrices[2].operand.dtypeInfo,
        type,
      )
      return `var total = ${value};
      if (part == 0u) { total += ${added}; }
      ${store('total')}`
    },
  }
}
