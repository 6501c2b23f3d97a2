// @tt/backend-cpu: importing it registers the device 'cpu'.
export { cpuBackend, memoryStats, reclaimMemory } from './register.ts'
export { createCpuBackend } from './cpu-backend.ts'
export type { CpuBackend, CpuBackendOptions, MemoryStats, ThreadStats } from './cpu-backend.ts'
