// @tt/autograd: everything of @tt/tensor, with gradients. Importing it installs the engine.
import './install.ts'

export * from '@tt/tensor'
export { backward, grad } from './api/backward.ts'
export type { GradOptions } from './api/backward.ts'
export { enableGrad, inferenceMode, noGrad, setGradEnabled } from './api/grad-mode.ts'
export type { GradModeGuard, GradModeSwitch } from './api/grad-mode.ts'
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
