// Stable sort along a dim: bitonic passes over (key, position) pairs, all lines at once, those of short distances in
// workgroup memory where barriers are cheap. Keys are
// 32-bit words in the order of the values, NaN greatest; equal keys keep the order of their positions.
import type { CoreKernels } from '@tt/tensor'
import type { ProgramSource } from '../device/programs.ts'
import type { Runtime } from '../device/runtime.ts'
import { decodeWord, encodeWord, storeKind, wordType } from '../wgsl/storage-format.ts'
import { count } from './iteration.ts'
import { lineCode, lineWords, linesOf, putLines, sizeAt } from './lines.ts'
import { Bindings, Words, elementHead, put, runElements, sourceOf } from './program.ts'

/** The sort kernel of the backend. */
export function createSort(runtime: Runtime): CoreKernels['sort'] {
  return (input, dim, descending, values, indices) => {
    const lines = linesOf([input], dim)
    const results = linesOf([input, values, indices], dim)
    const size = sizeAt(input, dim)
    const lineCount = count(lines.outer.sizes)
    if (lineCount === 0 || size === 0 || count(input.shape) === 0) return
    const padded = 2 ** Math.ceil(Math.log2(size))
    const n = lineCount * padded
    const keys = runtime.memory.take(n * 4)
    const positions = runtime.memory.take(n * 4)
    const type = wordType(input.dtypeInfo)

    const fill = new Bindings(runtime).add(input, 'read').addBlock(keys, 'write').addBlock(positions, 'write')
    const rank = lines.outer.rank
    const fillProgram = runtime.program(`sort fill:${type}:${descending}:${rank}:${fill.key}`, () => {
      const words = new Words()
      const head = elementHead(words.next(), words.next())
      const [length, padding] = words.row(2)
      const line = lineCode(rank, 1, `(i / ${padding})`, words)
      const value = decodeWord(`b0[${line.at[0]('p')}]`, input.dtypeInfo, type)
      const key = type === 'i32' ? `bitcast<u32>(${value}) ^ 0x80000000u` : 'sort_key(' + value + ')'
      return sourceOf(
        'sort',
        fill,
        words,
        `
fn sort_key(x: f32) -> u32 {
  if (tt_isnan(x)) { return 0xffffffffu; }
  let u = select(bitcast<u32>(x), 0u, x == 0f);
  return u ^ select(0x80000000u, 0xffffffffu, (u >> 31u) != 0u);
}
${head}
  let p = i % ${padding};
  b2[i] = p;
  if (p >= ${length}) { b1[i] = 0xffffffffu; return; }
  ${line.code}
  b1[i] = ${descending ? '~' : ''}(${key});
}`,
      )
    })
    runElements(
      runtime,
      fillProgram,
      fill,
      n,
      (words, at) => {
        words[at] = size
        words[at + 1] = padded
        putLines(words, at + 2, lines)
      },
      4 + lineWords(rank, 1),
    )

    const passes = new Bindings(runtime).addBlock(keys, 'write').addBlock(positions, 'write')
    const passProgram = runtime.program('sort pass', () => {
      const words = new Words()
      const head = elementHead(words.next(), words.next())
      const [padding, run, distance] = words.row(3)
      return sourceOf(
        'sort',
        passes,
        words,
        `${head}
  let first = (i / ${distance}) * ${distance} * 2u + i % ${distance};
  let second = first + ${distance};
  let rising = ((first % ${padding}) & ${run}) == 0u;
  let ka = b0[first];
  let kb = b0[second];
  let pa = b1[first];
  let pb = b1[second];
  let after = ka > kb || (ka == kb && pa > pb);
  if (after == rising) {
    b0[first] = kb;
    b0[second] = ka;
    b1[first] = pb;
    b1[second] = pa;
  }
}`,
      )
    })
    // Where barriers are cheap, all passes of short distances run in workgroup memory at once.
    const local = runtime.barrierFree ? 1 : Math.min(localKeys, padded)
    const localProgram = runtime.program('sort local', () => localSource(passes))
    const sortLocally = (firstRun: number, lastRun: number): void =>
      runElements(
        runtime,
        localProgram,
        passes,
        Math.ceil(n / 2),
        (words, at) => put(words, at, [padded, firstRun, lastRun, n]),
        6,
        localKeys / 2,
      )
    if (local > 1) sortLocally(2, local)
    for (let run = 2 * local; run <= padded; run *= 2) {
      for (let distance = run / 2; distance >= local; distance /= 2) {
        runElements(
          runtime,
          passProgram,
          passes,
          n / 2,
          (words, at) => put(words, at, [padded, run, distance]),
          5,
        )
      }
      if (local > 1) sortLocally(run, run)
    }

    const take = new Bindings(runtime)
      .add(input, 'read')
      .add(values, 'write')
      .add(indices, 'write')
      .addBlock(positions, 'read')
    const takeRank = results.outer.rank
    const takeProgram = runtime.program(
      `sort take:${type}:${storeKind(values.dtypeInfo)}:${takeRank}:${take.key}`,
      () => {
        const words = new Words()
        const head = elementHead(words.next(), words.next())
        const [length, padding] = words.row(2)
        const line = lineCode(takeRank, 3, 'line', words)
        const value = decodeWord(`b${take.slots[0]}[${line.at[0]('origin')}]`, input.dtypeInfo, type)
        return sourceOf(
          'sort',
          take,
          words,
          `${head}
  let line = i / ${length};
  let p = i % ${length};
  let origin = b${take.slots[3]}[line * ${padding} + p];
  ${line.code}
  b${take.slots[1]}[${line.at[1]('p')}] = ${encodeWord(value, type, values.dtypeInfo)};
  b${take.slots[2]}[${line.at[2]('p')}] = origin;
}`,
        )
      },
    )
    runElements(
      runtime,
      takeProgram,
      take,
      lineCount * size,
      (words, at) => {
        words[at] = size
        words[at + 1] = padded
        putLines(words, at + 2, results)
      },
      4 + lineWords(takeRank, 3),
    )
    runtime.memory.release(keys)
    runtime.memory.release(positions)
  }
}

// Keys of a workgroup; its threads compare two each.
const localKeys = 512

// The passes of runs `first` to `last` whose distances lie within a workgroup's keys.
function localSource(passes: Bindings): ProgramSource {
  const words = new Words()
  const [, row, padded, first, last, count] = words.row(6)
  return sourceOf(
    'sort',
    passes,
    words,
    `
var<workgroup> keys: array<u32, ${localKeys}>;
var<workgroup> positions: array<u32, ${localKeys}>;
@compute @workgroup_size(${localKeys / 2})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let base = (group.x + group.y * (${row} / ${localKeys / 2}u)) * ${localKeys}u;
  for (var k = lane; k < ${localKeys}u; k += ${localKeys / 2}u) {
    if (base + k < ${count}) {
      keys[k] = b0[base + k];
      positions[k] = b1[base + k];
    }
  }
  for (var run = ${first}; run <= ${last}; run <<= 1u) {
    for (var distance = min(run, ${localKeys}u) >> 1u; distance > 0u; distance >>= 1u) {
      workgroupBarrier();
      let one = (lane / distance) * distance * 2u + lane % distance;
      let two = one + distance;
      let rising = (((base + one) % ${padded}) & run) == 0u;
      let after = keys[one] > keys[two] || (keys[one] == keys[two] && positions[one] > positions[two]);
      if (after == rising) {
        let key = keys[one];
        keys[one] = keys[two];
        keys[two] = key;
        let position = positions[one];
        positions[one] = positions[two];
        positions[two] = position;
      }
    }
  }
  workgroupBarrier();
  for (var k = lane; k < ${localKeys}u; k += ${localKeys / 2}u) {
    if (base + k < ${count}) {
      b0[base + k] = keys[k];
      b1[base + k] = positions[k];
    }
  }
}`,
  )
}
