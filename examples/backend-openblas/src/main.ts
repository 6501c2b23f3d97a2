// A program that takes OpenBLAS if it is there, and runs on without it: node src/main.ts [--library FILE]
import { manualSeed, randn, registerBackend } from '@tt/autograd'
import '@tt/backend-cpu'
import { Conv2d, Flatten, Linear, MaxPool2d, ReLU, Sequential, functional as F } from '@tt/nn'
import { SGD } from '@tt/optim'
import { OpenBlasNotFoundError, createOpenBlasBackend, loadOpenBlas } from './index.ts'

const flag = process.argv.indexOf('--library')
const names = flag < 0 ? undefined : [process.argv[flag + 1]]

try {
  const library = loadOpenBlas(names)
  registerBackend(createOpenBlasBackend({ library }))
  console.log(`products by ${library.config.trim()}, ${library.threads} threads`)
} catch (error) {
  if (!(error instanceof OpenBlasNotFoundError)) throw error
  console.warn(`${error.message}\nGoing on with the plain cpu backend.`)
}

manualSeed(0)
const [x, y] = [randn([64, 1, 16, 16]), randn([64, 10]).argmax(1)]
const model = new Sequential(
  ...[new Conv2d(1, 8, 3, { padding: 1 }), new ReLU(), new MaxPool2d(2), new Conv2d(8, 16, 3), new ReLU()],
  ...[new Flatten(), new Linear(16 * 6 * 6, 10)],
)
const optimizer = new SGD(model.parameters(), { lr: 0.1, momentum: 0.9 })
const start = performance.now()
for (let step = 1; step <= 30; step++) {
  const loss = F.crossEntropy(model.call(x), y)
  optimizer.zeroGrad()
  loss.backward()
  optimizer.step()
  if (step % 10 === 0) console.log(`step ${step}, loss ${loss.item().toFixed(4)}`)
}
console.log(`${((performance.now() - start) / 30).toFixed(1)} ms per step`)
