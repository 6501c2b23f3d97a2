// Reductions: `lanes` threads share each output, each going over every lanes-th element. The lanes are combined
// in their workgroup, or, where barriers are slow or one workgroup is too little, by a second reduction of partial
// results. See reduce-plan.ts for how many.
import { input, nextKernelId } from '@tt/tensor'
import type { CoreKernels, KernelScalar, ReduceKernel } from '@tt/tensor'
import type { Runtime } from '../device/runtime.ts'
import { combineForms, identities, lanesCode } from '../wgsl/combine.ts'
import { lower, signature } from '../wgsl/lower.ts'
import { decodeWord, encodeWord, scalarOf, storeKind, wordType } from '../wgsl/storage-format.ts'
import { broadcastStrides, coalesce, count, padded } from './iteration.ts'
import type { Iteration } from './iteration.ts'
import { planReduce, planRest, tileLanes, tileWidth, workgroupLanes, workgroupsOf } from './reduce-plan.ts'
import type { Plan } from './reduce-plan.ts'
import {
  Bindings,
  Words,
  address,
  grid,
  groupSize,
  put,
  putScalars,
  sourceOf,
  splitIndex,
} from './program.ts'

/** The reduce kernel of the backend. */
export function createReduce(runtime: Runtime): CoreKernels['reduce'] {
  // The second reduction of a kernel: over the partial results, as they are.
  const seconds: (ReduceKernel | undefined)[] = []
  // By kernel: what its code depends on.
  const codes: (string | undefined)[] = []

  return (kernel, shape, inputs, params, output) => {
    if (count(output.shape) === 0) return
    const operands = [...inputs, output]
    const strides = operands.map((operand) => broadcastStrides(operand, shape.length))
    const part = (reduced: boolean): Iteration => {
      const dims = shape.map((_, d) => d).filter((d) => (output.shape[d] === 1) === reduced)
      return coalesce(
        dims.map((d) => shape[d]),
        strides.map((of) => dims.map((d) => of[d])),
      )
    }
    const [reduced, kept] = [part(true), padded(part(false))]
    const [many, outputs] = [count(reduced.sizes), count(kept.sizes)]
    const bindings = new Bindings(runtime)
    for (const operand of inputs) bindings.add(operand, 'read')

    const plan = planReduce(many, outputs, acrossOutputs(reduced, kept), runtime.barrierFree)
    const offsets = operands.map(({ offset }) => offset)
    if (plan.parts === 1) {
      bindings.add(output, 'write')
      run(kernel, plan, false, reduced, kept, bindings, offsets, params)
      return
    }
    const { parts } = plan
    const partial = runtime.memory.take(outputs * parts * 4)
    try {
      bindings.addBlock(partial, 'write')
      run(kernel, plan, false, reduced, kept, bindings, offsets, params)
      const second = (seconds[kernel.id] ??= { ...kernel, id: nextKernelId(), map: input(0) })
      const rest = new Bindings(runtime).addBlock(partial, 'read').add(output, 'write')
      const inner: Iteration = { rank: 1, sizes: [parts], strides: [[1], [0]] }
      // partial results lie [outputs, parts]; kept dims step over the parts in the order of the flat index
      const outer: Iteration = {
        rank: kept.rank,
        sizes: kept.sizes,
        strides: [steps(kept.sizes, parts), kept.strides[operands.length - 1]],
      }
      run(second, planRest(parts, runtime.barrierFree), true, inner, outer, rest, [0, output.offset], params)
    } finally {
      runtime.memory.release(partial)
    }
  }

  // `isSecond`: of partial results.
  function run(
    kernel: ReduceKernel,
    plan: Plan,
    isSecond: boolean,
    reduced: Iteration,
    kept: Iteration,
    bindings: Bindings,
    offsets: readonly number[],
    params: readonly KernelScalar[],
  ): void {
    const { form, parts } = plan
    const code = (codes[kernel.id] ??= codeOf(kernel))
    const key = `r${code}:${form}${parts > 1}:${isSecond}:${reduced.rank}:${kept.rank}:${bindings.key}`
    const program = runtime.program(key, () => {
      const words = new Words()
      const ranks = { reduced: reduced.rank, kept: kept.rank }
      const text = source(kernel, plan, isSecond, ranks, bindings.slots, words, runtime)
      return sourceOf(kernel.name, bindings, words, text)
    })
    const outputs = count(kept.sizes)
    const most = runtime.device.limits.maxComputeWorkgroupsPerDimension
    const { size, groups, lanes } = workgroupsOf(plan, outputs)
    const { x, y, row } = grid(groups * size, most, size)
    const at = runtime.beginWords(program.uniformBytes / 4)
    const { words } = runtime
    const numbers = [outputs, row, lanes, count(reduced.sizes), parts]
    let next = put(words, at, [...numbers, ...kept.sizes, ...reduced.sizes])
    const last = offsets.length - 1
    offsets.forEach((offset, k) => {
      words[next] = offset
      next = put(words, next + 1, kept.strides[k])
      if (k < last) next = put(words, next, reduced.strides[k])
    })
    putScalars(runtime, next, kernel.name, params, kernel.compute)
    runtime.dispatch(program, bindings.blocks, at, x, y)
  }
}

// Whether neighbouring outputs are of elements that lie closer than neighbours in a reduction: sums of columns, say.
const acrossOutputs = (reduced: Iteration, kept: Iteration): boolean => {
  if (reduced.rank === 0 || kept.sizes[0] < 8) return false
  const [inner, across] = [reduced.strides[0][0], kept.strides[0][0]].map(Math.abs)
  return across > 0 && across < inner
}

const codeOf = ({ compute, combine, map, finish, inputs, output }: ReduceKernel): string =>
  [
    combine,
    signature(finish === null ? [map] : [map, finish], compute),
    inputs.map(wordType),
    storeKind(output),
  ].join(':')

/** Strides of a dense tensor of these sizes (innermost first) whose elements are `step` apart. */
function steps(sizes: readonly number[], step: number): number[] {
  return sizes.map((_, d) => count(sizes.slice(0, d)) * step)
}

function source(
  kernel: ReduceKernel,
  { form, parts }: Plan,
  isSecond: boolean,
  { reduced: reducedRank, kept: keptRank }: { reduced: number; kept: number },
  slots: readonly number[],
  words: Words,
  { subgroups, barrierFree }: Runtime,
): string {
  const type = scalarOf(kernel.compute)
  const [outputs, row, lanes, many, partCount] = words.row(5)
  const [keptSizes, reducedSizes] = [words.row(keptRank), words.row(reducedRank)]
  const keptIndex = splitIndex('o', keptSizes, 'k')
  const reducedIndex = reducedSizes.map((_, d) => `j${d}`)
  const bases: string[] = []
  const loads: string[] = []
  const inputs = isSecond ? 1 : kernel.inputs.length
  for (let k = 0; k < inputs; k++) {
    bases.push(`let base${k} = ${address(words.next(), keptIndex.index, words.row(keptRank))};`)
    const word = `b${slots[k]}[${address(`base${k}`, reducedIndex, words.row(reducedRank))}]`
    loads.push(
      `let x${k} = ${isSecond ? `bitcast<${type}>(${word})` : decodeWord(word, kernel.inputs[k], type)};`,
    )
  }
  const target = address(words.next(), keptIndex.index, words.row(keptRank))
  const params = words.row(kernel.paramCount)
  const param = (k: number): string => `bitcast<${type}>(${params[k]})`
  const mapped = lower([kernel.map], kernel.compute, { input: (k) => `x${k}`, param })
  const finished = lower(
    kernel.finish === null ? [input(0)] : [kernel.finish],
    kernel.compute,
    { input: () => 'total', param },
    'f',
  )
  const combine = combineForms[kernel.combine][type]

  const step = stepIndex(reducedSizes, lanes)
  const element = [...loads, ...mapped.statements].join('\n    ')
  const one = `
    ${element}
    total = ${combine('total', mapped.results[0])};
    ${step.next}`
  // GPUs wait long for an element, and for four as long
  const four = [0, 1, 2, 3]
  const atOnce = `
  for (; r + 3u * ${lanes} < ${many}; r += 4u * ${lanes}) {
    ${four.map((k) => `var t${k}: ${type};`).join(' ')}
    ${four.map((k) => `{ ${element}\n t${k} = ${mapped.results[0]}; ${step.next} }`).join('\n    ')}
    ${four.map((k) => `total = ${combine('total', `t${k}`)};`).join(' ')}
  }`
  const accumulate = `
  var total = ${identities[kernel.combine][type]};
  ${step.begin}
  var r = first;
  ${barrierFree ? '' : atOnce}
  for (; r < ${many}; r += ${lanes}) {${one}
  }`
  const finish = `${finished.statements.join('\n  ')}
  b${slots[inputs]}[${target}] = ${encodeWord(finished.results[0], type, kernel.output)};`
  const store = parts > 1 ? `b${slots[inputs]}[o * ${partCount} + part] = bitcast<u32>(total);` : finish
  const head = [keptIndex.code, ...bases].join('\n  ')

  if (form === 'alone') {
    return `
@compute @workgroup_size(${groupSize})
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.x + id.y * ${row};
  let o = i / ${partCount};
  let part = i % ${partCount};
  let first = part;
  if (o >= ${outputs}) { return; }
  ${head}
  ${accumulate}
  ${store}
}`
  }
  if (form === 'group') {
    const { declarations, parameters, fold } = lanesCode(workgroupLanes, type, subgroups)
    return `
${declarations}
@compute @workgroup_size(${workgroupLanes})
fn main(${parameters}) {
  let g = group.x + group.y * (${row} / ${workgroupLanes}u);
  let o = g / ${partCount};
  let part = g % ${partCount};
  if (o >= ${outputs}) { return; }
  let first = part * ${workgroupLanes}u + lane;
  ${head}
  ${accumulate}
  ${fold('total', kernel.combine)}
  if (lane > 0u) { return; }
  ${store}
}`
  }
  // Neighbouring threads take neighbouring outputs; those of a column of the tile share one.
  return `
var<workgroup> tile: array<${type}, ${tileWidth * tileLanes}>;
@compute @workgroup_size(${tileWidth * tileLanes})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let g = group.x + group.y * (${row} / ${tileWidth * tileLanes}u);
  let part = g % ${partCount};
  let y = local / ${tileWidth}u;
  let place = (g / ${partCount}) * ${tileWidth}u + local % ${tileWidth}u;
  let o = min(place, ${outputs} - 1u);
  let first = part * ${tileLanes}u + y;
  ${head}
  ${accumulate}
  tile[local] = total;
  for (var step = ${tileLanes / 2}u; step > 0u; step >>= 1u) {
    workgroupBarrier();
    if (y < step) { tile[local] = ${combine('tile[local]', `tile[local + step * ${tileWidth}u]`)}; }
  }
  if (y > 0u || place >= ${outputs}) { return; }
  total = tile[local];
  ${store}
}`
}

// WGSL: the index j0, j1, ... of `first`, and how it goes on by `lanes`: with carries, as a division costs many times more.
function stepIndex(sizes: readonly string[], lanes: string): { begin: string; next: string } {
  const [from, by] = [splitIndex('first', sizes, 'from'), splitIndex(lanes, sizes, 'by')]
  const last = sizes.length - 1
  return {
    begin: from.code + by.code + from.index.map((start, d) => `var j${d} = ${start};`).join(' '),
    next: sizes
      .map((size, d) =>
        d === last
          ? `j${d} += by${d};`
          : `j${d} += by${d}; if (j${d} >= ${size}) { j${d} -= ${size}; j${d + 1}++; }`,
      )
      .join(' '),
  }
}
