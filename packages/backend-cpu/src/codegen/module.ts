// Encodes a WebAssembly module: one exported function `run(descriptor)`, internal ones, imported scalar functions.
import { f64, unsigned } from './opcode.ts'
import type { ValueType } from './opcode.ts'

/** A scalar function of float64s that a kernel calls. */
export type ScalarFunction = (...args: number[]) => number

interface Signature {
  readonly params: readonly ValueType[]
  readonly results: readonly ValueType[]
}

/** Code of a function of the module. */
export interface FunctionCode extends Signature {
  readonly locals: readonly ValueType[]
  readonly code: readonly number[]
}

const section = (id: number, body: readonly number[]): number[] => [id, ...unsigned(body.length), ...body]
const vector = (items: readonly (readonly number[])[]): number[] => [
  ...unsigned(items.length),
  ...items.flat(),
]
const text = (name: string): number[] => [
  ...unsigned(name.length),
  ...[...name].map((char) => char.charCodeAt(0)),
]

/** Gathers functions, then makes the binary. Imports come first in the index space, so they are numbered at once. */
export class ModuleBuilder {
  readonly imports: Record<string, ScalarFunction> = {}
  readonly #importNames: string[] = []
  readonly #importArity: number[] = []
  readonly #functions: FunctionCode[] = []
  readonly #internal = new Map<string, number>()

  /** Index of an imported function of `arity` float64s. Import before adding internal functions. */
  import(name: string, arity: number, fn: ScalarFunction): number {
    let index = this.#importNames.indexOf(name)
    if (index === -1) {
      index = this.#importNames.push(name) - 1
      this.#importArity.push(arity)
      this.imports[name] = fn
    }
    return index
  }

  /** Index of an internal function, counted from `internalBase`: as the number of imports is not yet known. */
  internal(name: string, make: () => FunctionCode): number {
    let index = this.#internal.get(name)
    if (index === undefined) {
      index = internalBase + this.#functions.push(make()) - 1
      this.#internal.set(name, index)
    }
    return index
  }

  /** The binary with `run` as its export. */
  encode(run: FunctionCode, shared: boolean): Uint8Array<ArrayBuffer> {
    const types: Signature[] = []
    const typeOf = (signature: Signature): number[] => {
      const same = types.findIndex(
        (t) =>
          String(t.params) === String(signature.params) && String(t.results) === String(signature.results),
      )
      return unsigned(same === -1 ? types.push(signature) - 1 : same)
    }
    const limits = shared ? [0x03, 0x00, ...unsigned(65536)] : [0x00, 0x00]
    const imports = this.#importNames.map((name, i) => [
      ...text('f'),
      ...text(name),
      0x00,
      ...typeOf({ params: Array.from({ length: this.#importArity[i] }, () => f64), results: [f64] }),
    ])
    imports.push([...text('env'), ...text('memory'), 0x02, ...limits])
    const functions = [...this.#functions, run]
    const declarations = functions.map(typeOf)
    const bodies = functions.map((fn) => {
      const runs: [number, ValueType][] = []
      for (const type of fn.locals) {
        if (runs.length > 0 && runs[runs.length - 1][1] === type) runs[runs.length - 1][0]++
        else runs.push([1, type])
      }
      const body = [
        ...vector(runs.map(([count, type]) => [...unsigned(count), type])),
        ...this.#resolve(fn.code),
        0x0b,
      ]
      return [...unsigned(body.length), ...body]
    })
    const index = this.#importNames.length + functions.length - 1
    return new Uint8Array([
      0x00,
      0x61,
      0x73,
      0x6d,
      0x01,
      0x00,
      0x00,
      0x00,
      ...section(
        1,
        vector(
          types.map((t) => [0x60, ...vector(t.params.map((p) => [p])), ...vector(t.results.map((p) => [p]))]),
        ),
      ),
      ...section(2, vector(imports)),
      ...section(3, vector(declarations)),
      ...section(7, vector([[...text('run'), 0x00, ...unsigned(index)]])),
      ...section(10, vector(bodies)),
    ])
  }

  // Calls are pushed as -1 - index, so that internal indices can be moved behind the imports.
  #resolve(code: readonly number[]): number[] {
    const bytes: number[] = []
    for (const byte of code) {
      if (byte >= 0) bytes.push(byte)
      else {
        const index = -1 - byte
        bytes.push(
          ...unsigned(index >= internalBase ? index - internalBase + this.#importNames.length : index),
        )
      }
    }
    return bytes
  }
}

const internalBase = 1 << 20

/** A call of a function by the index that `import` or `internal` gave. */
export const callFunction = (index: number): number[] => [0x10, -1 - index]
