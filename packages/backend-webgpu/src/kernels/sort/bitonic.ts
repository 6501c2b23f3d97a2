// The order of lines that fit a workgroup's memory, by a bitonic network over (key, place) pairs: one kernel.
import type { Block } from '../../device/block.ts'
import type { Runtime } from '../../device/runtime.ts'
import { Words, grid, put, sourceOf } from '../program.ts'
import { bindOrder } from './keys.ts'
import type { Keys } from './keys.ts'

/** Keys of a workgroup: of one line or of several short ones. */
export const bitonicKeys = 1024
const threads = 256

/** Puts into `order` what orderOf answers, for lines of at most `bitonicKeys`. */
export function orderBitonic(
  runtime: Runtime,
  { keys, lines, size }: Keys,
  positions: Block | null,
  order: Block,
): void {
  const bindings = bindOrder(runtime, keys, positions, order)
  const program = runtime.program(`sort bitonic:${positions === null}`, () => {
    const words = new Words()
    const [groups, row, lineCount, length, padded] = words.row(5)
    const eachKey = (code: string): string => `
  for (var k = lane; k < ${bitonicKeys}u; k += ${threads}u) {
    let line = group * (${bitonicKeys}u / ${padded}) + k / ${padded};
    let p = k % ${padded};
    let isKey = line < ${lineCount} && p < ${length};
    ${code}
  }`
    const code = `
var<workgroup> keys: array<u32, ${bitonicKeys}>;
var<workgroup> places: array<u32, ${bitonicKeys}>;
@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) id: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let group = id.x + id.y * (${row} / ${threads}u);
  if (group >= ${groups}) { return; }
  ${eachKey(`keys[k] = 0xffffffffu;
    if (isKey) { keys[k] = b0[line * ${length} + p]; }
    places[k] = p;`)}
  for (var run = 2u; run <= ${padded}; run <<= 1u) {
    for (var distance = run >> 1u; distance > 0u; distance >>= 1u) {
      workgroupBarrier();
      for (var pair = lane; pair < ${bitonicKeys / 2}u; pair += ${threads}u) {
        let one = (pair / distance) * distance * 2u + pair % distance;
        let two = one + distance;
        let rising = ((one % ${padded}) & run) == 0u;
        let after = keys[one] > keys[two] || (keys[one] == keys[two] && places[one] > places[two]);
        if (after == rising) {
          let key = keys[one];
          keys[one] = keys[two];
          keys[two] = key;
          let place = places[one];
          places[one] = places[two];
          places[two] = place;
        }
      }
    }
  }
  workgroupBarrier();
  ${eachKey(`if (isKey) {
      let place = places[k];
      b1[line * ${length} + p] = ${positions === null ? 'place' : `b2[line * ${length} + place]`};
    }`)}
}`
    return sourceOf('sort', bindings, words, code)
  })
  const padded = 2 ** Math.ceil(Math.log2(Math.max(2, size)))
  const groups = Math.ceil(lines / (bitonicKeys / padded))
  const at = runtime.beginWords(5)
  const most = runtime.device.limits.maxComputeWorkgroupsPerDimension
  const { x, y, row } = grid(groups * threads, most, threads)
  put(runtime.words, at, [groups, row, lines, size, padded])
  runtime.dispatch(program, bindings.blocks, at, x, y)
}
