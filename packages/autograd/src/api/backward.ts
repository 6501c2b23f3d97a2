// backward() and grad(): where gradients begin and where they go.
import {
  AutogradError,
  DTypeError,
  ShapeError,
  Tensor,
  check,
  formatShape,
  gradState,
  isReplayed,
  onesLike,
  sameShape,
} from '@tt/tensor'
import type { BackwardOptions } from '@tt/tensor'
import { runBackward } from '../engine/run.ts'
import type { Place, Root } from '../engine/run.ts'
import { addToGrad } from '../graph/accumulate-grad.ts'
import { claim } from '../graph/claimed.ts'
import { accumulatorOf, edgesOf, ensureMeta, gradFnOf, requiresGradOf } from '../graph/meta.ts'

const listOf = <T>(value: T | readonly T[]): readonly T[] =>
  (Array.isArray(value) ? value : [value]) as readonly T[]

/**
 * Adds the gradients of `tensors` to the `grad` of the leaves they were computed from.
 *
 * @param tensors one or several roots
 * @param gradients of the shape of each root; null for 1 (roots of one element only)
 * @param options `retainGraph`: keep the graph for another backward (default: createGraph); `createGraph`: record the
 *   backward itself, for gradients of gradients; `inputs`: accumulate into these tensors only
 * @throws AutogradError if a root does not require grad, a gradient is missing, the graph was freed, or within awaitReads
 * @example
 * const x = tensor([1, 2], { requiresGrad: true })
 * backward(x.mul(x).sum())
 * x.grad.tolist() // => [2, 4]
 * @see torch.autograd.backward
 */
export function backward(
  tensors: Tensor | readonly Tensor[],
  gradients: Tensor | null | readonly (Tensor | null)[] = null,
  options: BackwardOptions = {},
): void {
  const { createGraph = false, retainGraph = createGraph, inputs } = options
  check(
    !isReplayed(),
    () =>
      new AutogradError(
        'backward',
        'awaitReads may run its function more than once, and each backward adds to grad, got a backward in it. ' +
          'Use grad(outputs, inputs, { retainGraph: true })',
      ),
  )
  const roots = rootsOf(
    'backward',
    listOf(tensors),
    gradients === null ? null : listOf(gradients),
    createGraph,
  )
  if (inputs === undefined) {
    runBackward(roots, { retainGraph, createGraph }, null)
    return
  }
  const targets = listOf(inputs as Tensor | readonly Tensor[])
  check(
    targets.length > 0,
    () => new AutogradError('backward', 'inputs must not be empty, got []. Leave it out to reach all leaves'),
  )
  const results = runBackward(roots, { retainGraph, createGraph }, placesOf('backward', targets))
  const before = gradState.enabled
  gradState.enabled = createGraph
  try {
    results.forEach((gradient, i) => {
      if (gradient === null) return
      if (gradFnOf(targets[i]) === null) accumulatorOf(targets[i]).apply([gradient])
      else addToGrad(ensureMeta(targets[i]), gradient)
    })
  } finally {
    gradState.enabled = before
  }
}

/** Options of {@link grad}. */
export interface GradOptions {
  /** Gradients of the outputs, of their shapes; null for 1 (outputs of one element only). */
  gradOutputs?: Tensor | null | readonly (Tensor | null)[]
  /** Keep the graph for another backward; default: createGraph. */
  retainGraph?: boolean
  /** Record the backward itself, for gradients of gradients. */
  createGraph?: boolean
  /** Answer null for inputs that the outputs do not depend on, instead of throwing. */
  allowUnused?: boolean
}

/**
 * The gradients of `outputs` by `inputs`; no `grad` is touched.
 *
 * @returns one gradient for each input, of its shape; null only with allowUnused
 * @throws AutogradError if an input does not require grad, or is not used and allowUnused is false
 * @example
 * const x = tensor(3, { requiresGrad: true })
 * const [dx] = grad(x.pow(2), x, { createGraph: true })
 * const [ddx] = grad(dx, x)
 * ;[dx.item(), ddx.item()] // => [6, 2]
 * @see torch.autograd.grad
 */
export function grad(
  outputs: Tensor | readonly Tensor[],
  inputs: Tensor | readonly Tensor[],
  options?: GradOptions & { allowUnused?: false },
): Tensor[]
export function grad(
  outputs: Tensor | readonly Tensor[],
  inputs: Tensor | readonly Tensor[],
  options: GradOptions,
): (Tensor | null)[]
export function grad(
  outputs: Tensor | readonly Tensor[],
  inputs: Tensor | readonly Tensor[],
  {
    gradOutputs = null,
    createGraph = false,
    retainGraph = createGraph,
    allowUnused = false,
  }: GradOptions = {},
): (Tensor | null)[] {
  const targets = listOf(inputs)
  check(targets.length > 0, () => new AutogradError('grad', 'inputs must not be empty, got []'))
  const roots = rootsOf(
    'grad',
    listOf(outputs),
    gradOutputs === null ? null : listOf(gradOutputs),
    createGraph,
  )
  const results = runBackward(roots, { retainGraph, createGraph }, placesOf('grad', targets))
  results.forEach((gradient, i) => {
    if (gradient !== null) claim(gradient)
    else if (!allowUnused) {
      throw new AutogradError(
        'grad',
        `each input must be used in the graph of the outputs, got input ${i} of shape ${formatShape(targets[i].shape)} ` +
          'that appears not to have been used. Set allowUnused: true to get null for it',
      )
    }
  })
  return results
}

function rootsOf(
  op: string,
  tensors: readonly Tensor[],
  gradients: readonly (Tensor | null)[] | null,
  createGraph: boolean,
): Root[] {
  check(
    gradients === null || gradients.length === tensors.length,
    () =>
      new AutogradError(
        op,
        `there must be one gradient for each tensor, got ${gradients!.length} for ${tensors.length}`,
      ),
  )
  return tensors.map((tensor, i) => {
    check(
      tensor instanceof Tensor,
      () => new AutogradError(op, `element ${i} must be a tensor, got ${typeof tensor}`),
    )
    check(
      requiresGradOf(tensor),
      () =>
        new AutogradError(
          op,
          `element ${i} of tensors does not require grad and does not have a gradFn, got shape ${formatShape(tensor.shape)}. ` +
            'Compute it from a tensor with requiresGrad, outside noGrad',
        ),
    )
    const gradient = gradients?.[i] ?? null
    if (gradient === null) {
      check(
        tensor.dtypeInfo.component === null,
        () =>
          new AutogradError(
            op,
            `grad can be implicitly created only for real outputs, got ${tensor.dtype}. Give a gradient, or take real() or abs() first`,
          ),
      )
      check(
        tensor.numel() === 1,
        () =>
          new AutogradError(
            op,
            `grad can be implicitly created only for scalar outputs, got shape ${formatShape(tensor.shape)}. Give a gradient of this shape, or sum first`,
          ),
      )
    } else checkGradient(op, tensor, gradient)
    const { nodes, outputs } = edgesOf([tensor])
    return {
      node: nodes[0]!,
      output: outputs[0],
      gradient: gradient === null ? onesLike(tensor) : startOf(gradient, tensor, createGraph),
    }
  })
}

function checkGradient(op: string, tensor: Tensor, gradient: Tensor): void {
  check(
    gradient instanceof Tensor,
    () => new AutogradError(op, `each gradient must be a tensor or null, got ${typeof gradient}`),
  )
  check(
    sameShape(gradient.shape, tensor.shape),
    () =>
      new ShapeError(
        op,
        `the gradient must have the shape of the tensor, got ${formatShape(gradient.shape)} for ${formatShape(tensor.shape)}`,
      ),
  )
  check(
    gradient.dtypeInfo.differentiable,
    () => new DTypeError(op, `the gradient must be floating-point or complex, got ${gradient.dtype}`),
  )
}

// A gradient that the caller holds: never taken over, and outside any graph unless the backward is recorded.
function startOf(gradient: Tensor, tensor: Tensor, createGraph: boolean): Tensor {
  claim(gradient)
  const cast = gradient.dtypeInfo === tensor.dtypeInfo ? gradient : gradient.to({ dtype: tensor.dtype })
  return createGraph || cast.autograd === null ? cast : cast.detach()
}

function placesOf(op: string, inputs: readonly Tensor[]): Place[] {
  return inputs.map((input, i) => {
    check(
      requiresGradOf(input),
      () =>
        new AutogradError(
          op,
          `each input must require grad, got input ${i} of shape ${formatShape(input.shape)} that does not`,
        ),
    )
    const fn = gradFnOf(input)
    if (fn === null) return { node: accumulatorOf(input), output: 0 }
    return { node: fn, output: edgesOf([input]).outputs[0] }
  })
}
