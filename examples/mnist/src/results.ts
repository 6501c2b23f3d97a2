// What a run leaves behind: the checkpoint, the loss curve, the test digits.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Mnist } from '@tt/data'
import { saveSafetensors } from '@tt/nn'
import type { StateDict } from '@tt/nn'
import type { LeNet } from './model.ts'
import { digitGrid, lossCurve } from './plots.ts'

export interface Results {
  readonly model: LeNet
  readonly losses: readonly number[]
  readonly test: Mnist
  /** Of the first test images; none if the test did not run to its end. */
  readonly predictions: readonly number[]
}

/** Writes what there is into `folder`, the checkpoint first. @returns lines that say what is where */
export async function writeResults(
  folder: string,
  { model, losses, test, predictions }: Results,
): Promise<string[]> {
  mkdirSync(folder, { recursive: true })
  const written: string[] = []
  const write = (title: string, name: string, content: string | Uint8Array): void => {
    const path = join(folder, name)
    writeFileSync(path, content)
    written.push(`${title.padEnd(12)} ${path}`)
  }
  write('checkpoint', 'model.safetensors', saveSafetensors(await onHost(model.stateDict())))
  if (losses.length > 0) write('loss curve', 'loss.svg', lossCurve(losses, 'MNIST, training loss'))
  if (predictions.length > 0) write('test digits', 'digits.svg', await digitGrid(test, predictions))
  return written
}

/** The tensors where they can be read at once. */
async function onHost(state: StateDict): Promise<StateDict> {
  const copies = Object.entries(state).map(
    async ([name, value]) => [name, await value.toAsync('cpu')] as const,
  )
  return Object.fromEntries(await Promise.all(copies))
}
