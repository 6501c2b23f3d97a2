// The plain cpu backend, this plug-in and PyTorch: node src/bench.ts [name of a case...]
import { spawnSync } from 'node:child_process'
import { conv2d, grad, noGrad, onesLike, randn, registerBackend, tensor } from '@tt/autograd'
import type { DType } from '@tt/autograd'
import { createCpuBackend } from '@tt/backend-cpu'
import type { CpuBackend } from '@tt/backend-cpu'
import { Conv2d, Flatten, Linear, MaxPool2d, ReLU, Sequential, functional as F } from '@tt/nn'
import { SGD } from '@tt/optim'
import { createOpenBlasBackend, loadOpenBlas } from './index.ts'

/** Milliseconds of measuring per case. */
const budget = 1500

const matmul =
  (n: number, dtype: DType = 'float32') =>
  () => {
    const [a, b] = [randn([n, n], { dtype }), randn([n, n], { dtype })]
    return () => void noGrad(() => a.matmul(b))
  }
const images = () => [randn([32, 64, 28, 28]), randn([64, 64, 3, 3])]
const lenet = () =>
  new Sequential(
    ...[new Conv2d(1, 6, 5, { padding: 2 }), new ReLU(), new MaxPool2d(2)],
    ...[new Conv2d(6, 16, 5), new ReLU(), new MaxPool2d(2), new Flatten()],
    ...[new Linear(400, 120), new ReLU(), new Linear(120, 84), new ReLU(), new Linear(84, 10)],
  )

const cases: Readonly<Record<string, () => () => void>> = {
  'matmul 512': matmul(512),
  'matmul 1024': matmul(1024),
  'matmul 2048': matmul(2048),
  'matmul 512 float64': matmul(512, 'float64'),
  'matmul 1024 float64': matmul(1024, 'float64'),
  'matmul 2048 float64': matmul(2048, 'float64'),
  conv2d: () => {
    const [x, w] = images()
    return () => void noGrad(() => conv2d(x, w, null, { padding: 1 }))
  },
  'conv2d backward': () => {
    const [x, w] = images().map((t) => t.requiresGrad_())
    const y = conv2d(x, w, null, { padding: 1 })
    const gradient = onesLike(y)
    return () => void grad([y], [x, w], { gradOutputs: [gradient], retainGraph: true })
  },
  'lenet step': () => {
    const [model, x] = [lenet(), randn([64, 1, 28, 28])]
    const y = tensor(BigInt64Array.from({ length: 64 }, (_, i) => BigInt((i * 7) % 10)))
    const optimizer = new SGD(model.parameters(), { lr: 0.01 })
    return () => {
      const loss = F.crossEntropy(model.call(x), y)
      optimizer.zeroGrad()
      loss.backward()
      optimizer.step()
    }
  },
}

/** The fastest of several runs: other programs only make it slower. */
function milliseconds(run: () => void): number {
  const start = performance.now()
  let best = Infinity
  for (let i = 0; i < 5 || performance.now() - start < budget; i++) {
    const before = performance.now()
    run()
    best = Math.min(best, performance.now() - before)
  }
  return best
}

const library = loadOpenBlas()
const openblas = createOpenBlasBackend({ library })
const most = library.threads
const engines: readonly (readonly [string, CpuBackend, number])[] = [
  ['cpu 1', createCpuBackend({ threads: 1 }), 1],
  [`cpu ${most}`, createCpuBackend({ threads: most }), 1],
  ['openblas 1', openblas, 1],
  [`openblas ${most}`, openblas, most],
]

const wanted = process.argv.slice(2)
const names = Object.keys(cases).filter((name) => wanted.length === 0 || wanted.includes(name))
const table: Record<string, Record<string, string>> = {}
const torch = [1, most].map((threads) => torchTimes(threads))
console.log(library.config)
for (const name of names) {
  table[name] = {}
  for (const [engine, backend, threads] of engines) {
    registerBackend(backend)
    library.setThreads(threads)
    table[name][engine] = `${milliseconds(cases[name]()).toFixed(2)} ms`
  }
  torch.forEach((times, i) => {
    if (times !== null) table[name][`PyTorch ${[1, most][i]}`] = `${times[name].toFixed(2)} ms`
  })
}
console.table(table)

/** PyTorch's times, if there is a python3 that has it. */
function torchTimes(threads: number): Record<string, number> | null {
  const script = `${import.meta.dirname}/bench.py`
  const { status, stdout, stderr } = spawnSync(
    process.env['PYTHON'] ?? 'python3',
    [script, String(threads), String(budget), ...names],
    { encoding: 'utf8', env: { ...process.env, OPENBLAS_NUM_THREADS: String(threads) } },
  )
  if (status === 0) return JSON.parse(stdout) as Record<string, number>
  console.warn(`without PyTorch: ${stderr?.trim().split('\n').at(-1) ?? 'no python3'}`)
  return null
}
