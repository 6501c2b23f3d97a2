// Convolution and its gradients as matrix products: on GPUs one factor is gathered from an image while a tile is loaded
// into workgroup memory; on CPU drivers it is a product for each tap. With the taps t, the places o of the output and
// p = o · stride − padding + t · dilation of the input:
//   output    [c, (n, o)] = Σ over (ci, t) weight[c, (ci, t)] · input[n, ci, p]
//   of input  [ci, (n, p)] = Σ over (c, t) weight[c, ci, t] · gradient[n, c, o]
//   of weight [c, (ci, t)] = Σ over (n, o) gradient[n, c, o] · input[n, ci, p]
import type { ConvolutionGeometry, Operand } from '@tt/tensor'
import type { Runtime } from '../../device/runtime.ts'
import { encodeWord, storeKind, wordType } from '../../wgsl/storage-format.ts'
import { gatheredProduct, phaseSizes } from './gather.ts'
import { geometryWords, loads, putGeometry } from './geometry.ts'
import type { ConvolutionPieces, Wanted } from './pieces.ts'
import { tapsProduct } from './taps.ts'
import { imageTileSource } from './tile.ts'
import type { ImageTile } from './tile.ts'
import { count } from '../iteration.ts'
import { lanesSource } from '../product/lanes.ts'
import { laneTile, laneTiling, quickest } from '../product/plan.ts'
import type { Sizes, Tiling, Timed } from '../product/plan.ts'
import type { Products } from '../product/run.ts'
import type { TileWords } from '../product/product.ts'
import { Bindings, put, sourceOf } from '../program.ts'

// From where on a tile of a workgroup is better than the direct kernel: columns and inner size; numbers of a weight, whose
// direct kernel has a thread go over many places.
const least = 16
const leastWeights = 64

/**
 * Runs a convolution, or its gradient by input or weight, as a product, and answers true; false where the direct kernel
 * is better. `output` is the output or its gradient.
 */
export function convolutionProduct(
  products: Products,
  wanted: Wanted,
  input: Operand,
  weight: Operand,
  output: Operand,
  bias: Operand | null,
  geometry: ConvolutionGeometry,
): boolean {
  const { groups } = geometry
  const outer = weight.shape[0] / groups
  const [, inner, ...taps] = weight.shape
  const images = (operand: Operand): number => operand.shape[0] * count(operand.shape.slice(2))
  const { padding, stride, dilation } = geometry
  const { barrierFree } = products.runtime
  // (a sum over the taps of products is one of each tap; a phase sums over the taps of its own)
  const each = barrierFree ? 1 : count(taps)
  const unit = stride.every((step) => step === 1)
  const phased = wanted === 'input' && !barrierFree && !unit
  if (phased && stride.some((step, d) => step !== 1 && dilation[d] !== 1)) return false
  const phases = phaseSizes(input.shape.slice(2), padding, stride)
  const sizes: Sizes = {
    output: { batches: groups, rows: outer, columns: images(output), inner: inner * each },
    input: phased
      ? {
          batches: groups * count(stride),
          rows: inner,
          columns: input.shape[0] * count(phases),
          inner: outer * count(taps.map((n, d) => Math.ceil(n / stride[d]))),
        }
      : { batches: groups, rows: inner, columns: images(input), inner: outer * each },
    weight: { batches: groups, rows: outer, columns: inner * count(taps), inner: images(output) },
  }[wanted]
  const form = formOf(products.runtime, wanted, sizes)
  if (form === null) return false
  const name = { output: 'convolution', input: 'convolutionInput', weight: 'convolutionWeight' }[wanted]
  products.run(sizes, form.tiling, { output, input, weight }[wanted], (target) => {
    const of = (kind: Wanted, operand: Operand): Operand => (kind === wanted ? target : operand)
    const operands = [of('input', input), of('weight', weight), of('output', output)]
    const bindings = new Bindings(products.runtime)
    for (const operand of operands) bindings.add(operand, operand === target ? 'write' : 'read')
    if (bias !== null) bindings.add(bias, 'read')
    const { dtypeInfo } = target
    const type = wordType(dtypeInfo)
    const spatial = taps.length
    return {
      name,
      key: `${name}:${form.key}:${spatial}:${unit}:${wordType(input.dtypeInfo)}:${storeKind(dtypeInfo)}:${bias !== null}:${bindings.key}`,
      bindings,
      source: (words, w, extents) => {
        const g = geometryWords(words, spatial, 3)
        const [biasOffset, biasStride] = words.row(2)
        const load = loads(bias === null ? operands : [...operands, bias], bindings.slots, type)
        const written = `b${bindings.slots[operands.indexOf(target)]}`
        const pieces: ConvolutionPieces = {
          wanted,
          g,
          unit,
          type,
          extents,
          load,
          store: (at, value) =>
            `${written}[part * ${extents.partStep} + ${at}] = ${encodeWord(value, type, dtypeInfo)};`,
          bias: bias === null ? null : (c) => load(3, `${biasOffset} + (${c}) * ${biasStride}`),
        }
        return sourceOf(name, bindings, words, form.source(pieces, w))
      },
      put: (words, at) => {
        const next = putGeometry(words, at, operands[0], operands[1], operands[2], geometry)
        if (bias !== null) put(words, next, [bias.offset, bias.strides[0]])
      },
    }
  })
  return true
}

interface Form {
  readonly key: string
  readonly tiling: Tiling
  readonly source: (pieces: ConvolutionPieces, w: TileWords) => string
}
/** The form of the product; null: the direct kernel does as well, or it has none. */
function formOf({ barrierFree, subgroupLanes }: Runtime, wanted: Wanted, sizes: Sizes): Form | null {
  const { rows, columns, inner } = sizes
  if (barrierFree) {
    const plan = laneTile(rows, columns, subgroupLanes)
    // (SwiftShader, of four lanes, takes minutes to compile it)
    if (wanted === 'weight' || plan.lanes !== 8 || !plan.shared || rows < 8 || inner < 8 || columns < 32)
      return null
    return {
      key: JSON.stringify(plan),
      tiling: laneTiling(plan),
      source: (pieces, w) => lanesSource(tapsProduct(pieces), w, plan),
    }
  }
  const few = wanted === 'weight' ? rows * columns < leastWeights : rows === 0 || columns < least
  if (few || inner < least) return null
  // (columns of a weight are opened one by one: of a wide tile a thread would keep 32)
  const { tile, tiling } = quickest(
    wanted === 'weight' ? tiles.filter((each) => each.rows > 4) : tiles,
    sizes,
  )
  return {
    key: `tile${tile.rows}x${tile.columns}`,
    tiling,
    source: (pieces, w) => imageTileSource(gatheredProduct(pieces), w, tile),
  }
}

// Measured on an H200 like those of matrices, the smaller ones by how they compare with 64 × 64.
const tiles: readonly (ImageTile & Timed)[] = [
  { rows: 128, columns: 128, depth: 8, threads: 256, busy: 129, alone: 145 },
  { rows: 64, columns: 128, depth: 16, threads: 256, busy: 76, alone: 95 },
  { rows: 64, columns: 64, depth: 16, threads: 128, busy: 38, alone: 59 },
  { rows: 32, columns: 128, depth: 16, threads: 256, busy: 43, alone: 52 },
  { rows: 32, columns: 64, depth: 16, threads: 128, busy: 22.5, alone: 30 },
  { rows: 16, columns: 256, depth: 8, threads: 256, busy: 46, alone: 52 },
  { rows: 16, columns: 64, depth: 16, threads: 64, busy: 13, alone: 22 },
  { rows: 4, columns: 256, depth: 8, threads: 64, busy: 22, alone: 30 },
]
