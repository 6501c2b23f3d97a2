// torch.nn.utils: functions over the parameters of a model.
export * from './clip.ts'
export * from './vector.ts'
export * as rnn from '../recurrent/packed.ts'
