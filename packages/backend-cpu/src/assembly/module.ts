// Compiles the inlined WebAssembly binaries for a shared or an unshared memory.
import denseRelaxedSimd from '../generated/dense-relaxed-simd.ts'
import denseSimd from '../generated/dense-simd.ts'
import plain from '../generated/plain.ts'

/** Which instruction set the multiply-add kernels use. */
export type AssemblyBuild = 'simd' | 'relaxed-simd'

/** Compiled modules; they can be posted to workers, which then instantiate without compiling. */
export interface AssemblyModules {
  readonly build: AssemblyBuild
  readonly shared: boolean
  readonly dense: WebAssembly.Module
  readonly plain: WebAssembly.Module
}

/** Whether this engine accepts relaxed SIMD without a flag, by a module of one `f32x4.relaxed_madd`. */
export function supportsRelaxedSimd(): boolean {
  return WebAssembly.validate(relaxedProbe)
}

// (func (result v128) i32.const 0 i32x4.splat, three times, f32x4.relaxed_madd)
const relaxedProbe = new Uint8Array([
  0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b, 0x03, 0x02, 0x01,
  0x00, 0x0a, 0x13, 0x01, 0x11, 0x00, 0x41, 0x00, 0xfd, 0x11, 0x41, 0x00, 0xfd, 0x11, 0x41, 0x00, 0xfd, 0x11,
  0xfd, 0x85, 0x02, 0x0b,
])

const compiled = new Map<string, AssemblyModules>()

/** Modules for memories that are shared or not; compiled once per kind and build. */
export function compileAssembly(
  shared: boolean,
  build: AssemblyBuild = supportsRelaxedSimd() ? 'relaxed-simd' : 'simd',
): AssemblyModules {
  const key = `${build} ${shared}`
  let modules = compiled.get(key)
  if (!modules) {
    const dense = build === 'simd' ? denseSimd : denseRelaxedSimd
    modules = { build, shared, dense: compile(dense, shared), plain: compile(plain, shared) }
    compiled.set(key, modules)
  }
  return modules
}

function compile(base64: string, shared: boolean): WebAssembly.Module {
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0))
  return new WebAssembly.Module(withMemoryLimits(bytes, shared))
}

/**
 * The binaries import a memory of 0 to 65536 pages, written `01 00 80 80 04`. A shared one differs in the flag; an
 * unshared one drops the maximum, so that a memory without one fits too: its minimum takes the bytes (LEB128 padding).
 */
function withMemoryLimits(bytes: Uint8Array<ArrayBuffer>, shared: boolean): Uint8Array<ArrayBuffer> {
  let at = 8
  while (bytes[at] !== 2) {
    const [size, next] = readLeb(bytes, at + 1)
    at = next + size
  }
  at = readLeb(bytes, readLeb(bytes, at + 1)[1])[1] // past the section's size and its count of imports
  for (let names = 0; names < 2; names++) {
    const [length, next] = readLeb(bytes, at)
    at = next + length
  }
  const expected = [2, 0x01, 0x00, 0x80, 0x80, 0x04]
  if (expected.some((byte, i) => bytes[at + i] !== byte)) {
    throw new Error(
      'backend-cpu: the inlined modules do not import the memory as expected. Run tools/build-assembly.ts.',
    )
  }
  bytes.set(shared ? [0x03] : [0x00, 0x80, 0x80, 0x80, 0x00], at + 1)
  return bytes
}

function readLeb(bytes: Uint8Array, at: number): [value: number, next: number] {
  let value = 0
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++]
    value |= (byte & 0x7f) << shift
    if (byte < 0x80) return [value, at]
  }
}
