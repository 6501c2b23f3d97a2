// The examples in the docstrings and the README of this package, run on the device.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import * as tt from '@tt/autograd'
import { getBackend } from '@tt/autograd'
import * as webgpu from '@tt/backend-webgpu'
import * as nn from '@tt/nn'
import * as optim from '@tt/optim'
import { blocksOf, examplesOf, toProgram } from '../../../test/doc-examples.ts'
import './gpu.ts'

const root = join(import.meta.dirname, '..')
const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
)
const examples = [
  ...sources.flatMap((file) => examplesOf(join(root, 'src', file), root)),
  ...blocksOf(join(root, 'README.md'), root),
]

// init() in an example registers a new device: the buffer must be of the one that is registered now.
const vertexBuffer = (): GPUBuffer =>
  (getBackend('webgpu') as webgpu.WebGpuBackend).runtime.device.createBuffer({
    size: 16,
    usage: 0x80 | 0x04 | 0x08,
  })
const scope: Record<string, unknown> = { ...tt, ...webgpu, nn, optim, F: nn.functional, vertexBuffer: null }
delete scope['var']
delete scope['default']

describe('examples', () => {
  expect(examples.length).toBeGreaterThan(3)
  test.each(examples.map(({ name, code }) => [name, code]))('%s', async (_name, code) => {
    const check = (actual: unknown, expected: string): void =>
      expect(actual).toEqual(
        new Function(...Object.keys(scope), `return (${expected})`)(...Object.values(scope)),
      )
    scope['vertexBuffer'] = vertexBuffer()
    const program = new Function(
      '__check',
      ...Object.keys(scope),
      `return (async () => {\n${toProgram(code)}\n})()`,
    )
    await program(check, ...Object.values(scope))
  })
})
