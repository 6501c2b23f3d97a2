// Random numbers on the CPU, the same as PyTorch's for the same seed.
export * from './generator.ts'
export * as samplers from './samplers.ts'
