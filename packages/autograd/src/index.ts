// @tt/autograd: everything of @tt/tensor, with gradients. Importing it installs the engine.
import './install.ts'

export * from '@tt/tensor'
export { detectAnomaly, isAnomalyEnabled, setDetectAnomaly } from './api/anomaly.ts'
export type { AnomalyOptions } from './api/anomaly.ts'
export { backward, grad } from './api/backward.ts'
export type { GradOptions } from './api/backward.ts'
export { checkpoint, checkpointSequential } from './api/checkpoint.ts'
export type { CheckpointOptions, CheckpointStep } from './api/checkpoint.ts'
export * as functional from './api/functional.ts'
export { enableGrad, inferenceMode, noGrad, setGradEnabled } from './api/grad-mode.ts'
export type { GradModeSwitch } from './api/grad-mode.ts'
export {
  decomposed,
  linear as linearFormula,
  notDifferentiable,
  ofInput,
  ofResult,
} from './derivatives/formula.ts'
export type { Context, Entry, Formula, InputFormula } from './derivatives/formula.ts'
export { registerFormula } from './derivatives/index.ts'
export { Node } from './graph/node.ts'
export { Function, FunctionContext } from './api/function.ts'
export type { FunctionGradients } from './api/function.ts'
export { gradcheck, gradgradcheck } from './api/gradcheck.ts'
export type { GradcheckOptions, TensorFunction } from './api/gradcheck.ts'
export { registerMultiGradHook } from './api/multi-grad-hook.ts'
export type { MultiGradHookOptions } from './api/multi-grad-hook.ts'
export { saveOnCpu, savedTensorsHooks } from './api/saved-tensors-hooks.ts'
export type { ScopeGuard } from './api/scope.ts'
