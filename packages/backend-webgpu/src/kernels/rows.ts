// Kernels that go over dense rows: a row by one thread, or by a workgroup on GPUs.
import type { Combine } from '@tt/tensor'
import type { Runtime } from '../device/runtime.ts'
import { lanesCode } from '../wgsl/combine.ts'
import { Words, grid, groupSize, put, sourceOf } from './program.ts'
import type { Bindings } from './program.ts'

const rowLanes = 64

/** What the body of a row kernel is made of. */
export interface RowCode {
  /** Names of further uniform words. */
  readonly words: readonly string[]
  /** WGSL: the statement for each `j` of the lane. */
  each(statement: string): string
  /** WGSL: makes `total` that of all lanes. */
  fold(total: string, combine: Combine): string
}

/** A kernel over rows of `size` elements; in `body`, `r` is the row, `start` its first place and `j` a place in it. */
export function runRows(
  runtime: Runtime,
  key: string,
  bindings: Bindings,
  { rows, size, numbers }: { rows: number; size: number; numbers: readonly number[] },
  body: (code: RowCode) => string,
): void {
  const lanes = runtime.barrierFree || rows > 32768 || size < 32 ? 1 : rowLanes
  const name = key.slice(0, key.indexOf(':'))
  const program = runtime.program(`${key}:${lanes}:${bindings.key}`, () => {
    const words = new Words()
    const [rowCount, row, length] = words.row(3)
    const group = lanesCode(rowLanes, 'f32', runtime.subgroups)
    const code: RowCode = {
      words: words.row(numbers.length),
      each: (statement) => `for (var j = lane; j < length; j += lanes) { ${statement} }`,
      fold: (total, combine) => (lanes === 1 ? '' : group.fold(total, combine)),
    }
    const head =
      lanes === 1
        ? `
@compute @workgroup_size(${groupSize})
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let r = id.x + id.y * ${row};
  let lane = 0u;`
        : `
${group.declarations}
@compute @workgroup_size(${rowLanes})
fn main(${group.parameters}) {
  let r = group.x + group.y * (${row} / ${rowLanes}u);`
    return sourceOf(
      name,
      bindings,
      words,
      `${head}
  if (r >= ${rowCount}) { return; }
  let start = r * ${length};
  let lanes = ${lanes}u;
  let length = ${length};
  ${body(code)}
}`,
    )
  })
  const at = runtime.beginWords(program.uniformBytes / 4)
  const most = runtime.device.limits.maxComputeWorkgroupsPerDimension
  const { x, y, row } = grid(rows * lanes, most, groupSize)
  put(runtime.words, at, [rows, row, size, ...numbers])
  runtime.dispatch(program, bindings.blocks, at, x, y)
}
