// Random words: one block of Philox 4x32-10 for each four elements, a thread for each block.
import type { FusedKernels } from '@tt/tensor'
import type { Runtime } from '../device/runtime.ts'
import { count, isDense } from './iteration.ts'
import { Bindings, Words, elementHead, put, runElements, sourceOf } from './program.ts'

const wordCount = 8

/** The random kernel of the backend. */
export function createRandom(runtime: Runtime): Pick<FusedKernels, 'random'> {
  return {
    random(seed, first, out) {
      if (!isDense(out)) return false
      const n = count(out.shape)
      if (n === 0) return true
      const isFloat = out.dtypeInfo.name === 'float32'
      const bindings = new Bindings(runtime).add(out, 'write')
      const program = runtime.program(`random:${isFloat}`, () => {
        const words = new Words()
        const head = elementHead(words.next(), words.next())
        const [total, offset, seedLow, seedHigh, firstLow, firstHigh] = words.row(6)
        const store = isFloat ? 'bitcast<u32>(f32(r[k] >> 8u) * 5.9604644775390625e-8f)' : 'r[k]' // 2⁻²⁴
        return sourceOf(
          'random',
          bindings,
          words,
          `${head}
  let low = ${firstLow} + i;
  let high = ${firstHigh} + select(0u, 1u, low < i);
  let r = tt_philox(vec4<u32>(low, high, 0u, 0u), vec2<u32>(${seedLow}, ${seedHigh}));
  for (var k = 0u; k < 4u && i * 4u + k < ${total}; k++) { b0[${offset} + i * 4u + k] = ${store}; }
}`,
        )
      })
      const halves = (x: bigint): [number, number] => [
        Number(BigInt.asUintN(32, x)),
        Number(BigInt.asUintN(32, x >> 32n)),
      ]
      runElements(
        runtime,
        program,
        bindings,
        Math.ceil(n / 4),
        (words, at) => put(words, at, [n, out.offset, ...halves(seed), ...halves(first)]),
        wordCount,
      )
      return true
    },
  }
}
