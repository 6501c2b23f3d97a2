// Elementwise kernels of transposed operands, on GPUs: a tile of theirs goes through workgroup memory, so that neighbouring
// threads read neighbours as well as write them.
import type { KernelScalar, MapKernel, Operand } from '@tt/tensor'
import type { Runtime } from '../device/runtime.ts'
import { count } from './iteration.ts'
import type { Iteration } from './iteration.ts'
import { address, grid, put, putScalars, sourceOf, splitIndex, Words } from './program.ts'
import type { Bindings } from './program.ts'

const side = 32 // of a tile
const rows = 8 // of a workgroup, of `side` threads each
const worthIt = 2 ** 12 // elements
const steps = Array.from({ length: side / rows }, (_, k) => `${k * rows}u`)

/** Operands of a map kernel by tiles: the dims with that of the tile's columns as the second, and which ones it takes. */
export interface Tiling {
  readonly it: Iteration
  readonly transposed: readonly boolean[]
}

/** The tiling that serves the operands, of which the first are `inputs` inputs; null if there is none. */
export function tilingOf(it: Iteration, operands: readonly Operand[], inputs: number): Tiling | null {
  const { rank, sizes, strides } = it
  if (sizes[0] < side / 2 || count(sizes) < worthIt) return null
  if (!operands.every((_, k) => k < inputs || strides[k][0] === 1)) return null
  const unitDim = (of: readonly number[]): number =>
    Math.abs(of[0]) <= 4 ? -1 : of.findIndex((stride, d) => d > 0 && stride === 1 && sizes[d] >= side / 2)
  const dims = operands.map((_, k) => (k < inputs ? unitDim(strides[k]) : -1))
  const column = Math.max(...dims)
  if (column < 0) return null
  const order = [0, column, ...sizes.keys()].filter((d, i, all) => all.indexOf(d) === i)
  const ordered = (of: readonly number[]): number[] => order.map((d) => of[d])
  return {
    it: { rank, sizes: ordered(sizes), strides: strides.map(ordered) },
    transposed: dims.map((d) => d === column),
  }
}

/** Runs a kernel by tiles. `element` gives WGSL of the function of an element. */
export function runTiled(
  runtime: Runtime,
  kernel: MapKernel,
  code: string,
  { it, transposed }: Tiling,
  bindings: Bindings,
  operands: readonly Operand[],
  params: readonly KernelScalar[],
  element: (words: Words) => string,
): void {
  const { rank, sizes, strides } = it
  const key = `m${code}:${rank}tile${transposed.map(Number).join('')}:${bindings.key}`
  const program = runtime.program(key, () => {
    const words = new Words()
    return sourceOf(kernel.name, bindings, words, source(kernel, it, transposed, bindings, words, element))
  })
  const tiles = [0, 1].map((d) => Math.ceil(sizes[d] / side))
  const groups = tiles[0] * tiles[1] * count(sizes.slice(2))
  const { x, y, row } = grid(groups, runtime.device.limits.maxComputeWorkgroupsPerDimension, 1)
  const at = runtime.beginWords(program.uniformBytes / 4)
  const { words } = runtime
  let next = put(words, at, [groups, row, ...tiles, ...sizes])
  operands.forEach(({ offset }, k) => {
    next = put(words, next, [offset, ...strides[k]])
  })
  putScalars(runtime, next, kernel.name, params, kernel.compute)
  runtime.dispatch(program, bindings.blocks, at, x, y)
}

function source(
  kernel: MapKernel,
  { rank }: Iteration,
  transposed: readonly boolean[],
  { elements, slots }: Bindings,
  words: Words,
  element: (words: Words) => string,
): string {
  const inputs = kernel.inputs.length
  const [groups, row, tiles0, tiles1] = words.row(4)
  const [size0, size1, ...sizes] = words.row(rank)
  const outer = splitIndex('rest', sizes, 'l')
  const bases: string[] = []
  const places = slots.map((_, k) => {
    const offset = words.next()
    const [stride0, stride1, ...strides] = words.row(rank)
    bases.push(`let base${k} = ${address(offset, outer.index, strides)};`)
    return `base${k} + i * ${stride0} + j * ${stride1}`
  })
  const tiled = [...transposed.keys()].filter((k) => transposed[k])
  const loads = steps.map(
    (step) => `{ let i = i0 + y + ${step}; let j = j0 + x; if (i < ${size0} && j < ${size1}) {
    ${tiled.map((k) => `tile${k}[(y + ${step}) * ${side + 1}u + x] = b${slots[k]}[${places[k]}];`).join(' ')} } }`,
  )
  const values = kernel.inputs.map((_, k) =>
    transposed[k] ? `tile${k}[x * ${side + 1}u + y + STEP]` : `b${slots[k]}[${places[k]}]`,
  )
  const results = steps.map(
    (step) => `{ let i = i0 + x; let j = j0 + y + ${step}; if (i < ${size0} && j < ${size1}) {
    let r = element(${values.join(', ').replaceAll('STEP', step)});
    ${kernel.outputs.map((_, k) => `b${slots[inputs + k]}[${places[inputs + k]}] = r.y${k};`).join(' ')} } }`,
  )
  return `${element(words)}
${tiled.map((k) => `var<workgroup> tile${k}: array<${elements[slots[k]]}, ${side * (side + 1)}>;`).join('\n')}
@compute @workgroup_size(${side * rows})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let g = group.x + group.y * ${row};
  if (g >= ${groups}) { return; }
  let x = local % ${side}u;
  let y = local / ${side}u;
  let lines = g / ${tiles0};
  let rest = lines / ${tiles1};
  let i0 = (g - lines * ${tiles0}) * ${side}u;
  let j0 = (lines - rest * ${tiles1}) * ${side}u;
  ${outer.code}
  ${bases.join('\n  ')}
  ${loads.join('\n  ')}
  workgroupBarrier();
  ${results.join('\n  ')}
}`
}
