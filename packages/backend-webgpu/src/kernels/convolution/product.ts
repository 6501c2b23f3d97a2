// Convolution and its gradients as matrix products: on GPUs one factor is gathered from an image while a tile is loaded
// into workgroup memory; on CPU drivers it is a product for each tap. With the taps t, the places o of the output and
// p = o · stride − padding + t · dilation of the input:
//   output    [c, (n, o)] = Σ over (ci, t) weight[c, (ci, t)] · input[n, ci, p]
//   of input  [ci, (n, p)] = Σ over (c, t) weight[c, ci, t] · gradient[n, c, o]
//   of weight [c, (ci, t)] = Σ over (n, o) gradient[n, c, o] · input[n, ci, p]
import type { ConvolutionGeometry, Operand } from '@tt/tensor'
import type { Runtime } from '../../device/runtime.ts'
import { encodeWord, storeKind, wordType } from '../../wgsl/storage-format.ts'
import { gatheredProduct } from './gather.ts'
import { geometryWords, loads, putGeometry } from './geometry.ts'
import type { ConvolutionPieces, Wanted } from './pieces.ts'
import { tapsProduct } from './taps.ts'
import { count } from '../iteration.ts'
import { lanesSource } from '../product/lanes.ts'
import { laneTile, laneTiling, tileFor } from '../product/plan.ts'
import type { Sizes, Tiling } from '../product/plan.ts'
import type { Products } from '../product/run.ts'
import { tileSource } from '../product/tile.ts'
import type { Along, TileWords } from '../product/product.ts'
import { Bindings, put, sourceOf } from '../program.ts'

const worth = 16 // rows, columns and inner size from which on a tile of a workgroup is used well

/**
 * Runs a convolution, or its gradient by input or weight, as a product, and answers true; false where the direct kernel
 * is better or the layout of the inner dim is not even. `output` is the output or its gradient.
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
  // (a sum over the taps of products is one of each tap)
  const each = products.runtime.barrierFree ? 1 : count(taps)
  const sizes: Sizes = {
    output: { batches: groups, rows: outer, columns: images(output), inner: inner * each },
    input: { batches: groups, rows: inner, columns: images(input), inner: outer * each },
    weight: { batches: groups, rows: outer, columns: inner * count(taps), inner: images(output) },
  }[wanted]
  // the factor that is not gathered
  const even = wanted === 'weight' ? isEven(output, 2) : isEven(weight, wanted === 'output' ? 1 : 2)
  const form = formOf(products.runtime, wanted, sizes, even)
  if (form === null || taps.length > 3) return false
  const unit = geometry.stride.every((stride) => stride === 1)
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
function formOf(
  { barrierFree, subgroupLanes }: Runtime,
  wanted: Wanted,
  sizes: Sizes,
  even: boolean,
): Form | null {
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
  if (!even || Math.min(rows, columns, inner) < worth) return null
  const { tile, tiling } = tileFor(sizes)
  return {
    key: JSON.stringify(tile),
    tiling,
    source: (pieces, w) => tileSource(gatheredProduct(pieces), w, tile, alongOf[wanted]),
  }
}

// (taps, and places of a line, lie beside each other)
const alongOf: Record<Wanted, readonly [Along, Along]> = {
  output: ['inner', 'outer'],
  input: ['inner', 'outer'],
  weight: ['inner', 'inner'],
}

/** Whether the dims from `from` on lie in memory without gaps. */
function isEven({ shape, strides }: Operand, from: number): boolean {
  return shape.slice(from).every((n, d) => n === 1 || strides[from + d] === count(shape.slice(from + d + 1)))
}
