// Pooling: the family's files under one name.
export * from './adaptive-pool.ts'
export * from './avg-pool.ts'
export * from './max-pool.ts'
