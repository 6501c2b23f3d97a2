// softmax and logSoftmax over the last dim, and their gradients: a row by one thread, or by a workgroup on GPUs.
import type { FusedKernels, Operand } from '@tt/tensor'
import type { Runtime } from '../device/runtime.ts'
import { decodeWord, encodeWord, storeKind, wordType } from '../wgsl/storage-format.ts'
import { count, isDense } from './iteration.ts'
import { Bindings, Words, grid, groupSize, put, sourceOf } from './program.ts'

const rowLanes = 64

/** The fused softmax kernels of the backend. */
export function createSoftmax(runtime: Runtime): Pick<FusedKernels, 'softmax' | 'softmaxBackward'> {
  // `body` goes over `j` from `lane` in steps of `lanes`; `fold(name, combine)` makes a total of all lanes.
  const run = (
    name: string,
    operands: readonly Operand[],
    body: (
      load: (k: number) => string,
      store: (value: string) => string,
      fold: (total: string, combine: (x: string, y: string) => string) => string,
    ) => string,
  ): boolean => {
    const out = operands.at(-1)!
    if (!operands.every((operand) => isDense(operand) && wordType(operand.dtypeInfo) === 'f32')) return false
    const size = out.shape.at(-1)!
    const rows = count(out.shape) / size
    const lanes = runtime.barrierFree || rows > 32768 || size < 32 ? 1 : rowLanes
    const bindings = new Bindings(runtime)
    operands.forEach((operand, k) => bindings.add(operand, k === operands.length - 1 ? 'write' : 'read'))
    const program = runtime.program(`${name}:${storeKind(out.dtypeInfo)}:${lanes}:${bindings.key}`, () => {
      const words = new Words()
      const [rowCount, row, length] = words.row(3)
      const offsets = words.row(operands.length)
      const load = (k: number): string =>
        decodeWord(`b${bindings.slots[k]}[${offsets[k]} + start + j]`, operands[k].dtypeInfo, 'f32')
      const last = operands.length - 1
      const store = (value: string): string =>
        `b${bindings.slots[last]}[${offsets[last]} + start + j] = ${encodeWord(value, 'f32', out.dtypeInfo)};`
      const fold = (total: string, combine: (x: string, y: string) => string): string =>
        lanes === 1
          ? ''
          : `
  workgroupBarrier();
  row_totals[lane] = ${total};
  for (var step = ${rowLanes / 2}u; step > 0u; step >>= 1u) {
    workgroupBarrier();
    if (lane < step) { row_totals[lane] = ${combine('row_totals[lane]', 'row_totals[lane + step]')}; }
  }
  workgroupBarrier();
  ${total} = row_totals[0];`
      const head =
        lanes === 1
          ? `
@compute @workgroup_size(${groupSize})
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let r = id.x + id.y * ${row};
  let lane = 0u;`
          : `
var<workgroup> row_totals: array<f32, ${rowLanes}>;
@compute @workgroup_size(${rowLanes})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
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
  ${body(load, store, fold)}
}`,
      )
    })
    const at = runtime.beginWords(program.uniformBytes / 4)
    const { x, y, row } = grid(
      rows * lanes,
      runtime.device.limits.maxComputeWorkgroupsPerDimension,
      groupSize,
    )
    put(runtime.words, at, [rows, row, size, ...operands.map(({ offset }) => offset)])
    runtime.dispatch(program, bindings.blocks, at, x, y)
    return true
  }
  const each = (statement: string): string => `for (var j = lane; j < length; j += lanes) { ${statement} }`

  return {
    softmax: (input, log, out) =>
      run(
        log ? 'logSoftmax' : 'softmax',
        [input, out],
        (load, store, fold) => `
  var most = -tt_inf();
  ${each(`most = tt_max(most, ${load(0)});`)}
  ${fold('most', (x, y) => `tt_max(${x}, ${y})`)}
  var total = 0f;
  ${each(`total += tt_exp(${load(0)} - most);`)}
  ${fold('total', (x, y) => `${x} + ${y}`)}
  ${log ? 'let shift = tt_log(total);' : ''}
  ${each(store(log ? `${load(0)} - most - shift` : `tt_exp(${load(0)} - most) / total`))}`,
      ),

    // softmax: y (g − Σ g y); logSoftmax: g − e^y Σ g
    softmaxBackward: (gradient, result, log, out) =>
      run(
        log ? 'logSoftmaxBackward' : 'softmaxBackward',
        [gradient, result, out],
        (load, store, fold) => `
  var total = 0f;
  ${each(`total += ${log ? load(0) : `${load(0)} * ${load(1)}`};`)}
  ${fold('total', (x, y) => `${x} + ${y}`)}
  ${each(store(log ? `${load(0)} - tt_exp(${load(1)}) * total` : `${load(1)} * (${load(0)} - total)`))}`,
      ),
  }
}
