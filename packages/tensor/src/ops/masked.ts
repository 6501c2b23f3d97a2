// The namespace `masked`: PyTorch's torch.masked, functions that leave out what a mask says.
export * from './masked-normalizations.ts'
export * from './masked-reductions.ts'
