// Ops that only move shape, strides and offset: their results share the memory of self.
export * from './views/shape.ts'
export * from './views/order.ts'
export * from './views/sizes-of-one.ts'
export * from './views/windows.ts'
export * from './views/parts.ts'
export * from './views/whole.ts'
