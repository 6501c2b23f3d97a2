// Trains a convolutional network on MNIST, tests it, and writes a checkpoint and two pictures.
//   npm start -- --help
import '@tt/backend-cpu'
import { manualSeed, TtError } from '@tt/autograd'
import { Adam, lrScheduler, SGD } from '@tt/optim'
import { loadMnist } from './data.ts'
import { awaitRepeat, watchInterrupt } from './interrupt.ts'
import { LeNet } from './model.ts'
import { parseOptions, usage, UsageError } from './options.ts'
import type { Options } from './options.ts'
import { writeResults } from './results.ts'
import { predict, trainEpoch, watchMemory } from './train.ts'

async function run(options: Options): Promise<number> {
  const { epochs, lr, device, syncSteps } = options
  const interrupted = watchInterrupt()
  if (device === 'webgpu') await (await import('@tt/backend-webgpu')).init()
  manualSeed(options.seed)

  const { loader, testLoader, test } = await loadMnist(options)
  const model = new LeNet().to(device)
  const parameters = model.parameters()
  const optimizer =
    options.optimizer === 'adam' ? new Adam(parameters, { lr }) : new SGD(parameters, { lr, momentum: 0.9 })
  const scheduler = new lrScheduler.CosineAnnealingLR(optimizer, Math.max(1, epochs * loader.length))
  const training = { model, optimizer, scheduler, loader, device, losses: [] }

  console.log(
    `LeNet on MNIST: ${options.trainImages} training images, ${options.optimizer}, lr ${lr}, device ${device}`,
  )
  for (let epoch = 1; epoch <= epochs && !interrupted.aborted; epoch++) {
    await trainEpoch(training, `epoch ${epoch}/${epochs}`, interrupted)
  }
  if (syncSteps > 0 && !interrupted.aborted) console.log(watchMemory(training, syncSteps))
  const predictions = await predict(model, testLoader, device, interrupted)

  const written = await writeResults(options.out, { ...training, test, predictions })
  console.log(`${interrupted.aborted ? 'Interrupted. ' : ''}Written:\n  ${written.join('\n  ')}`)
  if (!interrupted.aborted) return 0
  await awaitRepeat()
  return 130
}

try {
  const options = parseOptions(process.argv.slice(2))
  if (options) process.exitCode = await run(options)
  else console.log(usage)
} catch (error) {
  if (error instanceof UsageError) {
    console.error(`${error.message}\nOptions: npm start -- --help`)
    process.exitCode = 2
  } else if (error instanceof TtError) {
    console.error(error.message)
    process.exitCode = 1
  } else throw error
}
