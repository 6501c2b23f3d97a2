// The functions that are no methods: they make tensors, or take a list of them, or another order of arguments.
export * from './choice.ts'
export * from './creation.ts'
