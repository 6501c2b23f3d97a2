// Registers the CPU backend: importing this module is what makes device 'cpu' work.
import { registerBackend } from '@tt/tensor'
import { createCpuBackend } from './cpu-backend.ts'
import type { CpuBackend, MemoryStats } from './cpu-backend.ts'

/**
 * The backend that importing this package registered as 'cpu'.
 *
 * @example
 * const { kernels } = cpuBackend
 * const matmul: typeof kernels.matmul = (...operands) => kernels.matmul(...operands) // your own here
 * registerBackend({ ...cpuBackend, device: 'cpu:mine', kernels: { ...kernels, matmul } })
 * devices().includes('cpu:mine') // => true
 */
export const cpuBackend: CpuBackend = createCpuBackend()
registerBackend(cpuBackend)

/**
 * The memory of the registered CPU backend: what tensors hold, what is free, what was reclaimed.
 *
 * @example
 * memoryStats().allocatedBytes // bytes of the tensors that are alive
 */
export const memoryStats = (): MemoryStats => cpuBackend.memoryStats()

/**
 * Takes the memory of dropped tensors back now instead of when the budget is spent.
 *
 * @returns whether it could: false where a collection cannot be forced (browsers)
 * @example
 * ones([1000]).add(1)
 * reclaimMemory() // => true
 */
export const reclaimMemory = (): boolean => cpuBackend.reclaim()
