// The namespace `fft`: PyTorch's torch.fft.
export * from './frequencies.ts'
export * from './one-dim.ts'
export * from './several-dims.ts'
export * from './shift.ts'
export type { FFTNOptions, FFTNorm, FFTOptions } from './arguments.ts'
