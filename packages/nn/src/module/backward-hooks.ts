// Hooks on the backward of a module: identity functions around it that see the gradients pass.
import { AutogradError, Function as AutogradFunction, Tensor, check, needsGrad } from '@tt/autograd'
import type { FunctionContext, FunctionGradients } from '@tt/autograd'
import type { Module } from './module.ts'

/** A gradient for each tensor, null where there is none. */
export type HookGradients = readonly (Tensor | null)[]

/**
 * Called when the gradients of a module's inputs are known; may answer other ones: a tensor for a single input, or one for
 * each of them.
 */
export type FullBackwardHook = (
  module: Module,
  gradInput: HookGradients,
  gradOutput: HookGradients,
) => Tensor | HookGradients | void

type Watch = (gradients: HookGradients) => HookGradients

/** The identity; `watch` sees the gradients on their way back, and answers those that go on. */
class Watched extends AutogradFunction {
  static forward(context: FunctionContext, watch: Watch, ...tensors: Tensor[]): Tensor[] {
    context.setMaterializeGrads(false)
    context.watch = watch
    return tensors
  }
  static backward(context: FunctionContext, ...gradients: Tensor[]): FunctionGradients {
    return [null, ...(context.watch as Watch)(gradients.map((gradient) => gradient ?? null))]
  }
}

/** Calls `run` with the arguments, so that the hooks are called in its backward. */
export function runWithBackwardHooks(
  module: Module,
  hooks: Iterable<{ readonly hook: FullBackwardHook }>,
  args: readonly unknown[],
  run: (args: readonly unknown[]) => unknown,
): unknown {
  let gradOutput: HookGradients | null = null
  const callHooks = (gradInput: HookGradients): HookGradients => {
    check(
      gradOutput !== null,
      () =>
        new AutogradError(
          'registerFullBackwardHook',
          `the gradients of the outputs of ${module.reprName()} must come before those of its inputs, got the latter first`,
        ),
    )
    let gradients = gradInput
    for (const { hook } of hooks) {
      const answer = hook(module, gradients, gradOutput)
      if (answer === undefined) continue
      gradients = answer instanceof Tensor ? [answer] : answer
      check(
        gradients.length === gradInput.length,
        () =>
          new AutogradError(
            'registerFullBackwardHook',
            `a hook must answer a gradient for each of the ${gradInput.length} inputs, got ${gradients.length}`,
          ),
      )
    }
    gradOutput = null
    return gradients
  }

  const tensors = args.filter((arg) => arg instanceof Tensor)
  const inputsNeedGrad = needsGrad(tensors)
  const output = run(inputsNeedGrad ? watchTensors(args, callHooks) : args)
  const onOutputs: Watch = (gradients) => {
    gradOutput = gradients
    if (!inputsNeedGrad) callHooks(tensors.map(() => null))
    return gradients
  }
  return Array.isArray(output)
    ? watchTensors(output as unknown[], onOutputs)
    : watchTensors([output], onOutputs)[0]
}

/** The list with its tensors passed through one watched identity. */
function watchTensors(values: readonly unknown[], watch: Watch): readonly unknown[] {
  const tensors = values.filter((value) => value instanceof Tensor)
  if (!needsGrad(tensors)) return values
  const watched = Watched.apply(watch, ...tensors)
  let next = 0
  return values.map((value) => (value instanceof Tensor ? watched[next++] : value))
}
