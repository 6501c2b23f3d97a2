// torch.optim.lr_scheduler: learning rates that change during training.
export * from './combined.ts'
export * from './cosine.ts'
export * from './cycle.ts'
export * from './decay.ts'
export * from './plateau.ts'
export { LRScheduler } from './scheduler.ts'
export type { AnyOptimizer, SchedulerOptions } from './scheduler.ts'
export * from './warmup.ts'
