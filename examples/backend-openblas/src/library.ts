// The OpenBLAS of the machine: found by name, loaded by koffi, called with addresses.
import koffi from 'koffi'

/** Transposition flags of cblas. */
export const noTranspose = 111
export const transpose = 112
const rowMajor = 101

/** `C = alpha·op(A)·op(B) + beta·C`, row-major: a, b, c are addresses, lda, ldb, ldc elements from row to row. */
export type Gemm = (
  transA: number,
  transB: number,
  m: number,
  n: number,
  k: number,
  a: number,
  lda: number,
  b: number,
  ldb: number,
  beta: number,
  c: number,
  ldc: number,
) => void

/** The loaded library. */
export interface OpenBlas {
  readonly sgemm: Gemm
  readonly dgemm: Gemm
  /** Version, target and options of the build. */
  readonly config: string
  readonly threads: number
  setThreads(count: number): void
}

/** The library is not there; the message says how to install it. */
export class OpenBlasNotFoundError extends Error {
  override readonly name = 'OpenBlasNotFoundError'
}

const places: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: [
    '/opt/homebrew/opt/openblas/lib/libopenblas.dylib',
    '/usr/local/opt/openblas/lib/libopenblas.dylib',
    'libopenblas.dylib',
  ],
  win32: ['libopenblas.dll', 'openblas.dll'],
}
const unixPlaces = ['libopenblas.so.0', 'libopenblas.so']
const installLines: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  darwin: 'brew install openblas',
  win32: 'put libopenblas.dll of https://github.com/OpenMathLib/OpenBLAS/releases on the PATH',
}
const unixInstall = 'apt-get install libopenblas0-pthread (Fedora: dnf install openblas-threads)'

/**
 * Loads OpenBLAS.
 *
 * @param names files to try in turn; the places where package managers put it are the default
 * @throws OpenBlasNotFoundError if none of them loads
 */
export function loadOpenBlas(names: readonly string[] = places[process.platform] ?? unixPlaces): OpenBlas {
  const library = open(names)
  const gemm = (name: string, real: string): Gemm => {
    const sizes = ['int', 'int', 'int', 'int', 'int', 'int', real]
    const call = library.func(name, 'void', [
      ...sizes,
      ...['uintptr_t', 'int', 'uintptr_t', 'int', real, 'uintptr_t', 'int'],
    ])
    return (transA, transB, m, n, k, a, lda, b, ldb, beta, c, ldc) =>
      call(rowMajor, transA, transB, m, n, k, 1, a, lda, b, ldb, beta, c, ldc)
  }
  const threads = library.func('int openblas_get_num_threads()')
  return {
    sgemm: gemm('cblas_sgemm', 'float'),
    dgemm: gemm('cblas_dgemm', 'double'),
    config: library.func('const char *openblas_get_config()')(),
    get threads() {
      return threads()
    },
    setThreads: library.func('void openblas_set_num_threads(int)'),
  }
}

function open(names: readonly string[]): ReturnType<typeof koffi.load> {
  const reasons: string[] = []
  for (const name of names) {
    try {
      return koffi.load(name)
    } catch (error) {
      reasons.push(error instanceof Error ? error.message.trim() : String(error))
    }
  }
  throw new OpenBlasNotFoundError(
    `OpenBLAS: the library must be installed, got none of [${names.join(', ')}] (${reasons.at(-1)}). ` +
      `Install it: ${installLines[process.platform] ?? unixInstall}.`,
  )
}
