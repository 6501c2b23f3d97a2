// Registers the CPU backend: importing this module is what makes device 'cpu' work.
import { registerBackend } from '@tt/tensor'
import { createCpuBackend } from './cpu-backend.ts'
import type { MemoryStats } from './cpu-backend.ts'

const backend = createCpuBackend()
registerBackend(backend)

/**
 * The memory of the registered CPU backend: what tensors hold, what is free, what was reclaimed.
 *
 * @example
 * memoryStats().allocatedBytes // bytes of the tensors that are alive
 */
export const memoryStats = (): MemoryStats => backend.memoryStats()

/**
 * Takes the memory of dropped tensors back now instead of when the budget is spent.
 *
 * @returns whether it could: false where a collection cannot be forced (browsers)
 * @example
 * ones([1000]).add(1)
 * reclaimMemory() // => true
 */
export const reclaimMemory = (): boolean => backend.reclaim()
