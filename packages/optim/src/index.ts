// @tt/optim: optimizers and learning rate schedulers, as in torch.optim.
export { Optimizer } from './optimizer.ts'
export type {
  GroupOptions,
  OptimizerStateDict,
  ParamGroup,
  ParamGroupInput,
  ParameterState,
  ParameterInput,
} from './optimizer.ts'
export { Adadelta } from './adadelta.ts'
export type { AdadeltaGroup } from './adadelta.ts'
export { Adagrad } from './adagrad.ts'
export type { AdagradGroup } from './adagrad.ts'
export { Adam, AdamW } from './adam.ts'
export type { AdamGroup } from './adam.ts'
export { Adamax } from './adamax.ts'
export type { AdamaxGroup } from './adamax.ts'
export { ASGD } from './asgd.ts'
export type { ASGDGroup } from './asgd.ts'
export { LBFGS } from './lbfgs.ts'
export type { LBFGSGroup } from './lbfgs.ts'
export { NAdam } from './nadam.ts'
export type { NAdamGroup } from './nadam.ts'
export { RAdam } from './radam.ts'
export type { RAdamGroup } from './radam.ts'
export { RMSprop } from './rmsprop.ts'
export type { RMSpropGroup } from './rmsprop.ts'
export { Rprop } from './rprop.ts'
export type { RpropGroup } from './rprop.ts'
export { SGD } from './sgd.ts'
export type { SGDGroup } from './sgd.ts'
export * as lrScheduler from './lr-scheduler/index.ts'
