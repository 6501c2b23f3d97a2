// Gathers the modules' exports (gemm_f32, ...) by kernel and dtype (gemm.float32).
import type { AssemblyKernels } from './kernels.ts'
import type { AssemblyBuild } from './module.ts'

/** Suffixes of the exports and the names that callers use: dtypes, or element sizes where only bytes are moved. */
const suffixes: Record<string, string> = {
  f32: 'float32',
  f64: 'float64',
  i8: 'int8',
  u8: 'uint8',
  i16: 'int16',
  i32: 'int32',
  i64: 'int64',
  1: '1',
  2: '2',
  4: '4',
  8: '8',
}

/** The object that callers see, from all exports of the modules: `name_suffix` becomes kernels.name[dtype]. */
export function bindKernels(
  build: AssemblyBuild,
  exports: WebAssembly.Exports,
  positions: readonly unknown[],
): AssemblyKernels {
  const kernels: Record<string, unknown> = { build, exports: positions }
  const families: Record<string, Record<string, unknown>> = {}
  for (const [name, value] of Object.entries(exports)) {
    if (typeof value !== 'function') continue // constants of the kernels
    const [family, suffix] = name.split('_')
    if (suffix === undefined) kernels[family] = value
    else (families[family] ??= {})[suffixes[suffix]] = value
  }
  return Object.assign(kernels, families) as unknown as AssemblyKernels
}
