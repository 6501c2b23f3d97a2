// torch.nn.utils: functions over the parameters of a model.
export * from './clip.ts'
export * from './vector.ts'
