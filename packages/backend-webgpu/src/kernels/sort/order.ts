// The stable order of lines of keys. Short lines by counting for each key those that come before it; on GPUs, lines that fit
// a workgroup's memory by a bitonic network; long ones by radix, a stable partition by each digit from the lowest on.
import type { Block } from '../../device/block.ts'
import type { Runtime } from '../../device/runtime.ts'
import { bitonicKeys, orderBitonic } from './bitonic.ts'
import { countDigits, moveByDigit, takeCounts } from './partition.ts'
import { Words, elementHead, put, runElements, sourceOf } from '../program.ts'
import type { Take } from './scratch.ts'
import { bindOrder } from './keys.ts'
import type { Keys } from './keys.ts'

/** Longest lines whose keys are counted against each other. */
export const mostCounted = 64

/**
 * For each place in order, the position of its key. The keys, which it may change, lie at `positions`; without it at their
 * place in the line.
 */
export function orderOf(runtime: Runtime, take: Take, keys: Keys, positions: Block | null): Block {
  if (keys.size > mostCounted && (runtime.barrierFree || keys.size > bitonicKeys))
    return orderByRadix(runtime, take, keys, positions)
  const order = take(keys.lines * keys.size)
  if (keys.size <= mostCounted) orderByCounting(runtime, keys, positions, order)
  else orderBitonic(runtime, keys, positions, order)
  return order
}

function orderByRadix(
  runtime: Runtime,
  take: Take,
  { keys, lines, size, bits }: Keys,
  positions: Block | null,
): Block {
  // digits so small that their counts take no more room than the keys
  const digitBits = Math.min(bits, size < 256 ? 4 : 8)
  const values = 2 ** digitBits
  const passes = Math.ceil(bits / digitBits)
  const others = take(lines * size)
  const places = Array.from({ length: Math.min(passes, 2) }, () => take(lines * size))
  const counts = takeCounts(runtime, take, { lines, size }, values)
  const extent = { lines, size, places: [0, size] } as const
  let from = { keys, positions }
  for (let pass = 0; pass < passes; pass++) {
    const digit = {
      name: `radix${values}`,
      values,
      words: [pass * digitBits],
      code: ([shift]: readonly string[]) => `((key >> ${shift}) & ${values - 1}u)`,
    }
    const to = { keys: pass % 2 === 0 ? others : keys, positions: places[pass % 2] }
    countDigits(runtime, from.keys, extent, digit, counts)
    moveByDigit(runtime, from, extent, digit, counts, to)
    from = to
  }
  return from.positions!
}

function orderByCounting(
  runtime: Runtime,
  { keys, lines, size }: Keys,
  positions: Block | null,
  order: Block,
): void {
  const bindings = bindOrder(runtime, keys, positions, order)
  const program = runtime.program(`sort count:${positions === null}`, () => {
    const words = new Words()
    const head = elementHead(words.next(), words.next())
    const length = words.next()
    const code = `${head}
  let p = i % ${length};
  let start = i - p;
  let key = b0[i];
  var place = 0u;
  for (var q = 0u; q < ${length}; q++) {
    let other = b0[start + q];
    place += select(0u, 1u, other < key || (other == key && q < p));
  }
  b1[start + place] = ${positions === null ? 'p' : 'b2[i]'};
}`
    return sourceOf('sort', bindings, words, code)
  })
  runElements(runtime, program, bindings, lines * size, (words, at) => put(words, at, [size]), 3)
}
