// Reductions: `lanes` threads share each output, each going over every lanes-th element. The lanes are combined
// in their workgroup, or, where barriers are slow or one workgroup is too little, by a second reduction of partial
// results.
import { input, nextKernelId } from '@tt/tensor'
import type { CoreKernels, KernelScalar, ReduceKernel } from '@tt/tensor'
import type { Block } from '../device/block.ts'
import type { Runtime } from '../device/runtime.ts'
import { combineForms, identities, lanesCode } from '../wgsl/combine.ts'
import { lower, signature } from '../wgsl/lower.ts'
import { decodeWord, encodeWord, scalarOf, storeKind, wordType } from '../wgsl/storage-format.ts'
import { broadcastStrides, coalesce, count, padded } from './iteration.ts'
import type { Iteration } from './iteration.ts'
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

const groupLanes = 256
/** How the lanes of an output come together. */
type Form =
  | 'alone' // one lane
  | 'group' // one workgroup
  | 'partial' // results of lanes are left in a buffer, for a second reduction

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

    const { form, lanes } = plan(many, outputs)
    if (form !== 'partial') {
      bindings.add(output, 'write')
      run(
        kernel,
        form,
        lanes,
        reduced,
        kept,
        bindings,
        operands.map(({ offset }) => offset),
        params,
        null,
      )
      return
    }
    const partial = runtime.memory.take(outputs * lanes * 4)
    try {
      bindings.addBlock(partial, 'write')
      run(
        kernel,
        form,
        lanes,
        reduced,
        kept,
        bindings,
        operands.map(({ offset }) => offset),
        params,
        partial,
      )
      const second = (seconds[kernel.id] ??= { ...kernel, id: nextKernelId(), map: input(0) })
      const rest = new Bindings(runtime).addBlock(partial, 'read').add(output, 'write')
      const next =
        runtime.barrierFree || lanes < 64
          ? ({ form: 'alone', lanes: 1 } as const)
          : ({ form: 'group', lanes: groupLanes } as const)
      const inner: Iteration = { rank: 1, sizes: [lanes], strides: [[1], [0]] }
      // partial results lie [outputs, lanes]; kept dims step over the lanes in the order of the flat index
      const outer: Iteration = {
        rank: kept.rank,
        sizes: kept.sizes,
        strides: [steps(kept.sizes, lanes), kept.strides[operands.length - 1]],
      }
      run(second, next.form, next.lanes, inner, outer, rest, [0, output.offset], params, partial)
    } finally {
      runtime.memory.release(partial)
    }
  }

  // Enough threads to fill the device, enough elements for each.
  function plan(many: number, outputs: number): { form: Form; lanes: number } {
    const threads = runtime.barrierFree ? 256 : 65536
    if (many <= 64 || outputs >= threads * 4) return { form: 'alone', lanes: 1 }
    if (!runtime.barrierFree && (many <= 65536 || outputs >= 256) && outputs <= 65535)
      return { form: 'group', lanes: groupLanes }
    const lanes = Math.min(Math.ceil(many / 32), Math.ceil(threads / outputs), 4096)
    return lanes <= 1
      ? { form: 'alone', lanes: 1 }
      : { form: 'partial', lanes: Math.max(lanes, Math.min(1024, Math.ceil(many / 1024))) }
  }

  function run(
    kernel: ReduceKernel,
    form: Form,
    lanes: number,
    reduced: Iteration,
    kept: Iteration,
    bindings: Bindings,
    offsets: readonly number[],
    params: readonly KernelScalar[],
    partial: Block | null,
  ): void {
    const isSecond = partial !== null && form !== 'partial'
    const code = (codes[kernel.id] ??= codeOf(kernel))
    const key = `r${code}:${form}:${isSecond}:${reduced.rank}:${kept.rank}:${bindings.key}`
    const program = runtime.program(key, () => {
      const words = new Words()
      const ranks = { reduced: reduced.rank, kept: kept.rank }
      const text = source(kernel, form, isSecond, ranks, bindings.slots, words, runtime.subgroups)
      return sourceOf(kernel.name, bindings, words, text)
    })
    const outputs = count(kept.sizes)
    const most = runtime.device.limits.maxComputeWorkgroupsPerDimension
    const threads = form === 'group' ? outputs * groupLanes : outputs * lanes
    const { x, y, row } = grid(threads, most, form === 'group' ? groupLanes : groupSize)
    const at = runtime.beginWords(program.uniformBytes / 4)
    const { words } = runtime
    let next = put(words, at, [outputs, row, lanes, count(reduced.sizes), ...kept.sizes, ...reduced.sizes])
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
  form: Form,
  isSecond: boolean,
  { reduced: reducedRank, kept: keptRank }: { reduced: number; kept: number },
  slots: readonly number[],
  words: Words,
  subgroups: boolean,
): string {
  const type = scalarOf(kernel.compute)
  const [outputs, row, lanes, many] = words.row(4)
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
  const accumulate = `
  var total = ${identities[kernel.combine][type]};
  ${step.begin}
  for (var r = lane; r < ${many}; r += ${lanes}) {
    ${[...loads, ...mapped.statements].join('\n    ')}
    total = ${combine('total', mapped.results[0])};
    ${step.next}
  }`
  const store = `${finished.statements.join('\n  ')}
  b${slots[inputs]}[${target}] = ${encodeWord(finished.results[0], type, kernel.output)};`
  const head = [keptIndex.code, ...bases].join('\n  ')

  if (form === 'group') {
    const { declarations, parameters, fold } = lanesCode(groupLanes, type, subgroups)
    return `
${declarations}
@compute @workgroup_size(${groupLanes})
fn main(${parameters}) {
  let o = group.x + group.y * (${row} / ${groupLanes}u);
  if (o >= ${outputs}) { return; }
  ${head}
  ${accumulate}
  ${fold('total', kernel.combine)}
  if (lane > 0u) { return; }
  ${store}
}`
  }
  return `
@compute @workgroup_size(${groupSize})
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.x + id.y * ${row};
  let o = i / ${lanes};
  let lane = i % ${lanes};
  if (o >= ${outputs}) { return; }
  ${head}
  ${accumulate}
  ${form === 'partial' ? `b${slots[inputs]}[i] = bitcast<u32>(total);` : store}
}`
}

// WGSL: the index j0, j1, ... of `lane`, and how it goes on by `lanes`: with carries, as a division costs many times more.
function stepIndex(sizes: readonly string[], lanes: string): { begin: string; next: string } {
  const [from, by] = [splitIndex('lane', sizes, 'from'), splitIndex(lanes, sizes, 'by')]
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
