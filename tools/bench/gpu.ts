// What a real GPU does with this library, beside its peak and beside PyTorch on the same GPU (if the system's Python
// has it with CUDA): matrix products, memory bandwidth, sorting, a training step of a language model the size of GPT-2 small.
//   node tools/bench/gpu.ts [--tiny] [--tflops 82.6] [--bandwidth 1008] [--batch 4] [--budget 1000] [--json FILE]
// --tflops (float32) and --bandwidth (GB/s) are the card's peaks, where it is not in the table. --tiny: small sizes, for
// software adapters and tests.
import * as tt from '@tt/autograd'
import '@tt/backend-cpu'
import { init, synchronize } from '@tt/backend-webgpu'
import { AdamW } from '@tt/optim'
import { functional as F } from '@tt/nn'
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { provideGpu } from './adapter.ts'
import { Gpt } from './gpt.ts'
import type { GptSizes } from './gpt.ts'
import { measure } from './measure.ts'

const { values: options } = parseArgs({
  options: {
    tiny: { type: 'boolean', default: false },
    tflops: { type: 'string' },
    bandwidth: { type: 'string' },
    batch: { type: 'string', default: '4' },
    budget: { type: 'string', default: '1000' },
    json: { type: 'string' },
  },
})
const number = (name: 'tflops' | 'bandwidth' | 'batch' | 'budget'): number | null => {
  if (options[name] === undefined) return null
  const value = Number(options[name])
  if (!(value > 0))
    throw new RangeError(`gpu bench: --${name} must be a positive number, got ${options[name]}.`)
  return value
}

// Peaks of the makers' data sheets: float32 without tensor cores in TFLOP/s, memory in GB/s. (Dawn's name of an architecture
// is in lower case.)
const peaks: readonly (readonly [RegExp, number, number])[] = [
  [/H200/i, 67, 4800],
  [/H100/i, 67, 3350],
  [/A100.*80/i, 19.5, 2039],
  [/A100/i, 19.5, 1555],
  [/RTX 4090/i, 82.6, 1008],
  [/RTX 4080/i, 48.7, 717],
  [/RTX 3090/i, 35.6, 936],
  [/RTX 3080/i, 29.8, 760],
  [/\bL4\b/i, 30.3, 300],
  [/\bT4\b/i, 8.1, 320],
]

const adapter = await provideGpu()
const [, tableFlops = null, tableBandwidth = null] = peaks.find(([pattern]) => pattern.test(adapter)) ?? []
const peak = { tflops: number('tflops') ?? tableFlops, bandwidth: number('bandwidth') ?? tableBandwidth }
const budget = options.tiny ? 50 : number('budget')!
const backend = await init()
const gpu = { device: 'webgpu' } as const

const matmulSizes = options.tiny ? [32, 64] : [1024, 2048, 4096, 8192]
const elements = options.tiny
  ? 2 ** 12
  : Math.min(2 ** 26, 2 ** Math.floor(Math.log2(backend.runtime.largest / 4)))
const keyCounts = options.tiny ? [5000] : [2 ** 20, 2 ** 24]
const sizes: GptSizes = options.tiny
  ? { layers: 1, heads: 2, width: 32, context: 16, vocabulary: 100 }
  : { layers: 12, heads: 12, width: 768, context: 512, vocabulary: 50257 }
const batch = options.tiny ? 2 : number('batch')!

interface Result {
  readonly name: string
  readonly unit: 'TFLOP/s' | 'GB/s' | 'Mkeys/s' | 'tokens/s'
  readonly ms: number
  readonly rate: number
  readonly peak: number | null
}
const results: Result[] = []
const record = async (
  name: string,
  unit: Result['unit'],
  work: number, // floating-point operations, bytes, keys or tokens of a run
  run: () => void,
): Promise<void> => {
  try {
    const { median } = await measure(run, synchronize, options.tiny ? 1 : 5, budget)
    const scale = { 'TFLOP/s': 1e9, 'GB/s': 1e6, 'Mkeys/s': 1e3, 'tokens/s': 1e-3 }[unit]
    const of = { 'TFLOP/s': peak.tflops, 'GB/s': peak.bandwidth, 'Mkeys/s': null, 'tokens/s': null }[unit]
    results.push({ name, unit, ms: median, rate: work / median / scale, peak: of })
    console.error(`${name}: ${median.toFixed(3)} ms`) // as it comes: the table follows when all is done
  } catch (error) {
    console.log(`${name}: fails: ${(error as Error).message.split('\n')[0]}`)
  }
}

for (const dtype of ['float32', 'float16'] as const) {
  for (const n of matmulSizes) {
    const [a, b] = [0, 1].map(() => tt.rand([n, n]).to({ ...gpu, dtype }))
    await record(`matmul ${n} ${dtype}`, 'TFLOP/s', 2 * n ** 3, () => a.matmul(b).dispose())
    a.dispose()
    b.dispose()
  }
}
// Elements read and written for each one: float16 takes 2 bytes where the device has shader-f16.
const elementwise: readonly (readonly [string, number, (x: tt.Tensor, y: tt.Tensor) => tt.Tensor])[] = [
  ['copy', 2, (x) => x.clone()],
  ['add', 3, (x, y) => x.add(y)],
  ['exp', 2, (x) => x.exp()],
  ['sum', 1, (x) => x.sum()],
]
for (const dtype of ['float32', 'float16'] as const) {
  const [x, y] = [0, 1].map(() => tt.full([elements], 0.5, { ...gpu, dtype }))
  const bytes = dtype === 'float16' && backend.runtime.halves ? 2 : 4
  for (const [name, moved, run] of elementwise) {
    const work = moved * bytes * elements
    await record(`${name} of ${elements} ${dtype}`, 'GB/s', work, () => run(x, y).dispose())
  }
  x.dispose()
  y.dispose()
}

for (const n of keyCounts) {
  const x = tt.rand([n]).to(gpu)
  const free = ({ values, indices }: { values: tt.Tensor; indices: tt.Tensor }): void => {
    values.dispose()
    indices.dispose()
  }
  await record(`sort of ${n}`, 'Mkeys/s', n, () => free(x.sort()))
  await record(`topk 10 of ${n}`, 'Mkeys/s', n, () => free(x.topk(10)))
  x.dispose()
}

const model = new Gpt(sizes)
model.to(gpu)
const optimizer = new AdamW(model.parameters(), { lr: 1e-4 })
const tokens = tt.randint(sizes.vocabulary, [batch, sizes.context + 1]).to(gpu)
const [input, target] = [tokens.narrow(1, 0, sizes.context), tokens.narrow(1, 1, sizes.context)]
const losses: tt.Tensor[] = []
await record(`gpt2 step, batch ${batch} x ${sizes.context}`, 'tokens/s', batch * sizes.context, () => {
  const logits = model.call(input)
  const loss = F.crossEntropy(logits.reshape([-1, sizes.vocabulary]), target.reshape([-1]))
  optimizer.zeroGrad()
  loss.backward()
  optimizer.step()
  losses.push(loss.detach())
})

/** PyTorch's times in milliseconds of the same cases on the same card, where there is one. */
function torchTimes(): Record<string, number> {
  if (options.tiny) return {}
  const script = fileURLToPath(new URL('torch-gpu.py', import.meta.url))
  try {
    return JSON.parse(
      execFileSync(
        'python3',
        [script, JSON.stringify({ matmulSizes, elements, keyCounts, sizes, batch, budget })],
        {
          encoding: 'utf8',
        },
      ),
    ) as Record<string, number>
  } catch {
    return {}
  }
}
const torch = torchTimes()
console.log(
  `GPU: ${adapter}; ${Object.keys(torch).length === 0 ? 'no PyTorch with CUDA here' : 'beside PyTorch'}`,
)
for (const { name, unit, ms, rate, peak: most } of results) {
  const share = most === null ? '' : `${((100 * rate) / most).toFixed(0)} % of ${most}`
  const beside = torch[name] === undefined ? '' : `PyTorch ${torch[name].toFixed(2)} ms`
  console.log(
    [
      name.padEnd(28),
      `${ms.toFixed(2)} ms`.padStart(12),
      `${rate.toFixed(2)} ${unit}`.padStart(18),
      share,
      beside,
    ]
      .join('  ')
      .trimEnd(),
  )
}
const [first, last] = [await losses[0].itemAsync(), await losses.at(-1)!.itemAsync()]
console.log(`loss of the model: ${first.toFixed(3)}, after ${losses.length} steps ${last.toFixed(3)}`)
if (!(last < first)) throw new Error(`gpu bench: the loss must fall, got ${first} and then ${last}.`)
if (options.json)
  writeFileSync(options.json, `${JSON.stringify({ adapter, peak, results, torch }, null, 1)}\n`)
process.exit(0)
