// First and second gradients of a golden case.
import { toTypedArrayAsync } from '@tt/tensor'
import type { Tensor } from '@tt/tensor'
import { waiting } from './call.ts'
import type { World } from './call.ts'
import { compareOutput } from './compare.ts'
import { resultTensor } from './decode.ts'
import type { EncodedTensor, GoldenCase, Tolerance } from './format.ts'
import type { Packages } from './names.ts'
import { NotThere, expectThat } from './outcome.ts'

type Grad = (
  outputs: readonly Tensor[],
  inputs: readonly Tensor[],
  options: {
    gradOutputs: readonly (Tensor | null)[]
    createGraph?: boolean
    retainGraph: boolean
    allowUnused: boolean
  },
) => readonly (Tensor | null)[]

function gradOf({ torch }: Packages): Grad {
  if (typeof torch.grad !== 'function') throw new NotThere('function grad')
  return torch.grad as Grad
}

const isGiven = <T>(value: T | null | undefined): value is T => value !== null && value !== undefined
const tensors = (encoded: readonly (EncodedTensor | null)[], device: string): (Tensor | null)[] =>
  encoded.map((entry) => entry && resultTensor(entry, device))

async function compareGradients(
  actual: readonly (Tensor | null)[],
  expected: readonly (EncodedTensor | null)[],
  tolerance: Tolerance,
  what: string,
  nullIsUnused = true,
): Promise<void> {
  const context = { tolerance, metaOnly: false, inputs: [] }
  for (const [i, entry] of expected.entries()) {
    const gradient = actual[i] ?? null
    if (entry === null) {
      // Unused by torch: zeros are as good as none
      const isZero =
        !nullIsUnused ||
        gradient === null ||
        (await toTypedArrayAsync(gradient)).every((x) => Number(x) === 0)
      expectThat(isZero, () => `${what} ${i}: no gradient expected, got one`)
      continue
    }
    expectThat(gradient !== null, () => `${what} ${i}: a gradient expected, got none`)
    await compareOutput(gradient, { ...entry, view_of: undefined }, context, `${what} ${i}`)
  }
}

/** What was called and came out. */
export interface Differentiated {
  readonly outputs: readonly Tensor[]
  readonly inputs: readonly Tensor[]
  /** Whether an input without a golden gradient must have none here. */
  readonly nullIsUnused: boolean
}

/** Checks the gradients of Σ⟨output, cotangent⟩ by the inputs that require them; twice where recorded. */
export async function checkGradients(
  { packages, device }: World,
  golden: GoldenCase,
  { outputs, inputs, nullIsUnused }: Differentiated,
): Promise<void> {
  if (golden.grads === undefined || golden.cotangents === undefined) return
  const grad = gradOf(packages)
  const leaves = inputs.filter((tensor) => tensor.requiresGrad)
  const cotangents = tensors(golden.cotangents, device)
  const used = outputs.map((_, i) => i).filter((i) => isGiven(cotangents[i]))
  if (used.length === 0) return
  const missing = used.find((i) => !outputs[i].requiresGrad)
  expectThat(missing === undefined, () => `output ${missing} must require grad, got one that does not`)
  const chosen = used.map((i) => outputs[i])
  const weights = used.map((i) => cotangents[i]!)
  const twice = golden.gg !== undefined
  if (twice) weights.forEach((weight) => weight.requiresGrad_())
  // The graph is kept: a formula that must read the device starts the gradient again
  const retainGraph = true
  const first = await waiting(() =>
    grad(chosen, leaves, { gradOutputs: weights, createGraph: twice, retainGraph, allowUnused: true }),
  )
  const tolerance = golden.grad_tolerance ?? golden.tolerance ?? { atol: 0, rtol: 0 }
  await compareGradients(first, golden.grads, tolerance, 'gradient', nullIsUnused)
  if (golden.gg === undefined) return

  const vs = tensors(golden.gg.vs, device)
  const again = first.map((_, i) => i).filter((i) => isGiven(vs[i]) && first[i]?.requiresGrad === true)
  const expected = [...golden.gg.grads, ...golden.gg.cot_grads]
  const second =
    again.length === 0
      ? expected.map(() => null)
      : await waiting(() =>
          grad(
            again.map((i) => first[i]!),
            [...leaves, ...weights],
            { gradOutputs: again.map((i) => vs[i]), retainGraph, allowUnused: true },
          ),
        )
  const isZero = (entry: EncodedTensor | null): boolean => entry === null || /^A*=*$/.test(entry.data)
  await compareGradients(
    second,
    expected.map((entry, i) => (!isGiven(second[i]) && isZero(entry) ? null : entry)),
    { atol: Math.max(1e-6, tolerance.atol), rtol: Math.max(1e-6, tolerance.rtol) },
    'second gradient',
    nullIsUnused,
  )
}
