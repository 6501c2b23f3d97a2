// Every sampler of PyTorch's CPU generator: each fills a typed array, in logical order, from a Generator.
export { cauchy, exponential, geometric, logNormal } from './continuous.ts'
export { bernoulliScalar, bernoulliTensor, multinomial } from './discrete.ts'
export type { SampleOut } from './integers.ts'
export { randint, random, randperm } from './integers.ts'
export { normal, normalSerial } from './normal.ts'
export type { FloatDType } from './precision.ts'
export type { FloatOut } from './uniform.ts'
export { uniform } from './uniform.ts'
