// Training, evaluation, and the check that memory stays flat.
import { noGrad } from '@tt/autograd'
import type { Device, Tensor } from '@tt/autograd'
import type { DataLoader } from '@tt/data'
import { functional as F } from '@tt/nn'
import type { lrScheduler, Optimizer } from '@tt/optim'
import type { LeNet } from './model.ts'
import { Progress } from './progress.ts'

export type Loader = DataLoader<[image: Tensor, label: Tensor]>

/** Images in one pass. */
export const imageCount = (loader: Loader): number => loader.sampler!.length

/** What a training run consists of. */
export interface Training {
  readonly model: LeNet
  readonly optimizer: Optimizer
  readonly scheduler: lrScheduler.LRScheduler
  readonly loader: Loader
  readonly device: Device
  /** Loss of every step so far. */
  readonly losses: number[]
}

/** One pass over the training images; ends early when `signal` is aborted. */
export async function trainEpoch(training: Training, label: string, signal: AbortSignal): Promise<void> {
  const { model, scheduler, loader, device, losses } = training
  const progress = new Progress(label, imageCount(loader))
  let [done, correct, smoothLoss] = [0, 0, NaN]
  model.train()
  for await (const [images, labels] of loader) {
    const target = labels.to(device)
    const { loss, scores } = trainStep(training, images.to(device), target)
    scheduler.step()
    const value = await loss.itemAsync()
    losses.push(value)
    smoothLoss = Number.isNaN(smoothLoss) ? value : 0.95 * smoothLoss + 0.05 * value
    correct += await countCorrect(scores, target)
    done += labels.shape[0]
    progress.update(done, `loss ${smoothLoss.toFixed(4)}  accuracy ${percent(correct / done)}`)
    if (signal.aborted) break
  }
  progress.end()
}

/** Forward, backward, and one step of the optimizer. */
export function trainStep(
  { model, optimizer }: Training,
  images: Tensor,
  target: Tensor,
): { loss: Tensor; scores: Tensor } {
  const scores = model.forward(images) // [N, 10]
  const loss = F.crossEntropy(scores, target)
  optimizer.zeroGrad()
  loss.backward()
  optimizer.step()
  return { loss, scores }
}

/** The digits that the model sees in the images of `loader`, in order; none if `signal` is aborted before the end. */
export async function predict(
  model: LeNet,
  loader: Loader,
  device: Device,
  signal: AbortSignal,
): Promise<number[]> {
  if (signal.aborted) return []
  const predictions: number[] = []
  const progress = new Progress('test', imageCount(loader))
  let correct = 0
  model.eval()
  for await (const [images, labels] of loader) {
    const digits = noGrad(() => model.forward(images.to(device)).argmax(1))
    const [seen, truth] = [await digits.tolistAsync(), await labels.tolistAsync()] as number[][]
    predictions.push(...seen)
    correct += seen.filter((digit, i) => digit === truth[i]).length
    progress.update(predictions.length, `accuracy ${percent(correct / predictions.length)}`)
    if (signal.aborted) break
  }
  progress.end()
  if (predictions.length < imageCount(loader)) return []
  console.log(`test accuracy ${percent(correct / predictions.length)}`)
  return predictions
}

/** Trains `steps` steps without giving the event loop a turn, and says how the resident memory grew after the 100th. */
export function watchMemory(training: Training, steps: number): string {
  const { model, loader, device } = training
  let step = 0
  let early = NaN
  model.train()
  while (step < steps) {
    for (const [images, labels] of loader) {
      trainStep(training, images.to(device), labels.to(device))
      if (++step === Math.min(100, steps)) early = process.memoryUsage.rss()
      if (step === steps) break
    }
  }
  const late = process.memoryUsage.rss()
  const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`
  return (
    `memory after ${Math.min(100, steps)} synchronous steps ${megabytes(early)}, after ${steps} ${megabytes(late)}: ` +
    `grown by ${megabytes(late - early)}`
  )
}

async function countCorrect(scores: Tensor, target: Tensor): Promise<number> {
  return noGrad(() => scores.argmax(1).eq(target).sum()).itemAsync()
}

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`
