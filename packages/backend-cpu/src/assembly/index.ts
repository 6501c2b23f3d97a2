// The AssemblyScript kernels, instantiated on a memory. All pointers are byte addresses in that memory.
import { compileAssembly } from './module.ts'
import type { AssemblyModules } from './module.ts'
import type { AssemblyKernels } from './kernels.ts'
import { bindKernels } from './bind.ts'

export { compileAssembly, supportsRelaxedSimd } from './module.ts'
export type { AssemblyBuild, AssemblyModules } from './module.ts'
export { convGeometry } from './geometry.ts'
export type { ConvGeometry } from './geometry.ts'
export { reduceOps } from './kernels.ts'
export type * from './kernels.ts'
export type * from './dtypes.ts'

/**
 * The kernels over `memory`, synchronously; nothing is allocated in it, and nothing is written until a call.
 * @param memory shared or not
 * @param modules what `compileAssembly` gave (perhaps on another thread); by default the best build for this engine
 */
export function instantiateAssembly(
  memory: WebAssembly.Memory,
  modules: AssemblyModules = compileAssembly(isShared(memory)),
): AssemblyKernels {
  const imports = { env: { memory } }
  const dense = new WebAssembly.Instance(modules.dense, imports).exports
  const plain = new WebAssembly.Instance(modules.plain, imports).exports
  return bindKernels(modules.build, { ...dense, ...plain }, [
    ...Object.values(dense),
    ...Object.values(plain),
  ])
}

function isShared(memory: WebAssembly.Memory): boolean {
  return typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer
}
