// Fourier transforms along one dim by core kernels: products with small matrices, and rotations in between.
// Complex numbers are pairs of real ones here, in a last dim of size 2; a row may have one part, the real one.
import type { MapKernel } from '../backend/kernels.ts'
import type { DTypeInfo } from '../dtype.ts'
import { input } from '../expr/expr.ts'
import { planOf } from '../fft/plan.ts'
import type { Plan } from '../fft/plan.ts'
import { chirp, realTransformMatrix, roots, rotations, transformMatrix } from '../fft/tables.ts'
import { empty, tensor, zeros } from '../ops/creation.ts'
import { matmul } from '../ops/matmul.ts'
import { flip } from '../ops/repetition.ts'
import { narrow, permute, reshape, select } from '../ops/views.ts'
import { neg } from '../ops/arithmetic.ts'
import type { Tensor } from '../tensor.ts'
import { mapKernel } from './pointwise-record.ts'

/** Sign of the exponent: −1 of the forward transform. */
export type FourierSign = 1 | -1

/**
 * `scale · Σ_j x_j e^(sign·2πi·jk/n)` of every row, for k from 0 to `count` − 1.
 *
 * @param x [B, n, parts], real
 * @returns [B, count, 2]
 */
export function transformRows(x: Tensor, sign: FourierSign, scale: number, count: number): Tensor {
  const [, n] = x.shape
  const fused = n > smallest ? fusedRows(x, sign, scale) : null
  if (fused !== null) return narrow(fused, 1, 0, count)
  const plan = planOf(n)
  return plan.kind === 'direct'
    ? direct(x, n, sign, scale, count)
    : narrow(run(x, plan, sign, scale), 1, 0, count)
}

/**
 * The real `scale · Σ_k y_k e^(sign·2πi·jk/n)` of every row of which y_(n−k) = conj(y_k).
 *
 * @param y [B, n/2 + 1, 2], real
 * @returns [B, n]
 */
export function transformHalfRows(y: Tensor, n: number, sign: FourierSign, scale: number): Tensor {
  const [rows, count] = y.shape
  if (n <= smallest) {
    const matrix = constant(y, `half ${n} ${sign} ${scale}`, [2 * count, n], () =>
      realTransformMatrix(n, sign, scale),
    )
    return matmul(reshape(y, [rows, 2 * count]), matrix)
  }
  const whole = empty([rows, n, 2], { dtype: y.dtype, device: y.device })
  narrow(whole, 1, 0, count).copy_(y)
  const mirrored = flip(narrow(y, 1, 1, n - count), [1])
  select(narrow(whole, 1, count, n - count), 2, 0).copy_(select(mirrored, 2, 0))
  select(narrow(whole, 1, count, n - count), 2, 1).copy_(neg(select(mirrored, 2, 1)))
  return select(transformRows(whole, sign, scale, n), 2, 0)
}

// One product is the fastest way up to this length, whatever kernels the backend has.
const smallest = 16

/** By the backend's own kernel, [B, n, 2]; null if it has none for this length. */
function fusedRows(x: Tensor, sign: FourierSign, scale: number): Tensor | null {
  const { backend } = x.storage
  if (backend.fused.fourier === undefined) return null
  const [rows, n, parts] = x.shape
  const table = constant(x, `roots ${n}`, [n, 2], () => roots(n))
  const out = empty([rows, n, 2], { dtype: x.dtype, device: x.device })
  return backend.fused.fourier(parts === 2 ? x : paired(x), table, sign, scale, out) ? out : null
}

/** Real rows [B, n, 1] as pairs [B, n, 2]. */
function paired(x: Tensor): Tensor {
  const pairs = zeros([x.shape[0], x.shape[1], 2], { dtype: x.dtype, device: x.device })
  select(pairs, 2, 0).copy_(select(x, 2, 0))
  return pairs
}

function run(x: Tensor, plan: Plan, sign: FourierSign, scale: number): Tensor {
  const fused = plan.n > smallest ? fusedRows(x, sign, scale) : null
  if (fused !== null) return fused
  if (plan.kind === 'direct') return direct(x, plan.n, sign, scale, plan.n)
  return plan.kind === 'split' ? split(x, plan, sign, scale) : convolved(x, plan, sign, scale)
}

function direct(x: Tensor, n: number, sign: FourierSign, scale: number, count: number): Tensor {
  const [rows, , parts] = x.shape
  const matrix = constant(x, `matrix ${n} ${parts} ${count} ${sign} ${scale}`, [n * parts, 2 * count], () =>
    transformMatrix(n, sign, scale, { realInput: parts === 1, count }),
  )
  return reshape(matmul(reshape(x, [rows, n * parts]), matrix), [rows, count, 2])
}

// With j = j1·n2 + j2 and k = k1 + n1·k2: Σ_j2 e(j2·k1/n) [Σ_j1 x_j e(j1·k1/n1)] e(j2·k2/n2)
function split(x: Tensor, plan: Plan & { kind: 'split' }, sign: FourierSign, scale: number): Tensor {
  const [rows, , parts] = x.shape
  const [n1, n2] = [plan.first, plan.rest.n]
  const columns = permute(reshape(x, [rows, n1, n2, parts]), [0, 2, 1, 3]) // [B, j2, j1, parts]
  const inner = direct(reshape(columns, [rows * n2, n1, parts]), n1, sign, scale, n1)
  const factors = constant(x, `rotations ${n1} ${n2} ${sign}`, [n2, n1, 2], () => rotations(n1, n2, sign))
  const rotated = empty([rows, n1, n2, 2], { dtype: x.dtype, device: x.device }) // [B, k1, j2, 2]
  multiplyPairs(reshape(inner, [rows, n2, n1, 2]), factors, permute(rotated, [0, 2, 1, 3]))
  const outer = run(reshape(rotated, [rows * n1, n2, 2]), plan.rest, sign, 1) // [B·k1, k2, 2]
  return reshape(permute(reshape(outer, [rows, n1, n2, 2]), [0, 2, 1, 3]), [rows, plan.n, 2])
}

function convolved(x: Tensor, plan: Plan & { kind: 'chirp' }, sign: FourierSign, scale: number): Tensor {
  const [rows, n, parts] = x.shape
  const m = plan.whole.n
  const wave = constant(x, `wave ${n} ${sign}`, [n, 2], () => chirp(n, m, sign).wave)
  const kernel = constant(x, `kernel ${n} ${m} ${sign}`, [m, 2], () => chirp(n, m, sign).kernel)
  const options = { dtype: x.dtype, device: x.device } as const
  const padded = zeros([rows, m, 2], options)
  const pairs = parts === 1 ? paired(x) : x
  multiplyPairs(pairs, wave, narrow(padded, 1, 0, n))
  const spectrum = run(padded, plan.whole, -1, 1)
  multiplyPairs(spectrum, kernel, spectrum)
  const circular = run(spectrum, plan.whole, 1, scale / m)
  const result = empty([rows, n, 2], options)
  multiplyPairs(narrow(circular, 1, 0, n), wave, result)
  return result
}

const products = new Map<DTypeInfo, MapKernel>()
/** `out = x · y` of complex numbers as pairs; out may be x. */
function multiplyPairs(x: Tensor, y: Tensor, out: Tensor): void {
  if (out.elementCount === 0) return
  const { dtypeInfo } = x
  let kernel = products.get(dtypeInfo)
  if (kernel === undefined) {
    const [a, b, c, d] = [input(0), input(1), input(2), input(3)]
    kernel = mapKernel('multiplyPairs', [dtypeInfo, dtypeInfo, dtypeInfo, dtypeInfo], 0, dtypeInfo.compute, [
      { expr: a.mul(c).sub(b.mul(d)), dtype: dtypeInfo },
      { expr: a.mul(d).add(b.mul(c)), dtype: dtypeInfo },
    ])
    products.set(dtypeInfo, kernel)
  }
  const parts = (pairs: Tensor): Tensor[] => [select(pairs, -1, 0), select(pairs, -1, 1)]
  x.storage.backend.kernels.map(kernel, [...parts(x), ...parts(y)], [], parts(out))
}

// Host tables by name, for a program that transforms one size again and again; forgotten together when they are many.
const tables = new Map<string, Float64Array | Float32Array>()
const mostElements = 2 ** 20
let elements = 0
function constant(like: Tensor, name: string, shape: readonly number[], make: () => Float64Array): Tensor {
  const key = `${like.dtype} ${name}`
  let table = tables.get(key)
  if (table === undefined) {
    const exact = make()
    table = like.dtype === 'float64' ? exact : Float32Array.from(exact)
    if (elements + table.length > mostElements) {
      tables.clear()
      elements = 0
    }
    tables.set(key, table)
    elements += table.length
  }
  return reshape(tensor(table, { dtype: like.dtype, device: like.device }), shape)
}
