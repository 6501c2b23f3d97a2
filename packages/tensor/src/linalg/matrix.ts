// Matrices as windows on Float64Arrays, row-major.
import type { Field } from './field.ts'
import type { Scalar } from './scalar.ts'

/** A matrix, or a block of one: it shares the memory of what it is a block of. */
export class Matrix {
  readonly field: Field
  readonly data: Float64Array
  /** Where its first number is. */
  readonly at: number
  readonly rows: number
  readonly columns: number
  /** Places from a row to the next. */
  readonly step: number

  constructor(
    field: Field,
    data: Float64Array,
    rows: number,
    columns: number,
    at = 0,
    step = columns * field.width,
  ) {
    this.field = field
    this.data = data
    this.at = at
    this.rows = rows
    this.columns = columns
    this.step = step
  }

  /** The block of so many rows and columns from row `i` and column `j` on. */
  block(i: number, j: number, rows: number, columns: number): Matrix {
    return new Matrix(this.field, this.data, rows, columns, this.place(i, j), this.step)
  }

  /** Where the number of row `i` and column `j` is. */
  place(i: number, j: number): number {
    return this.at + i * this.step + j * this.field.width
  }

  /** The number of row `i` and column `j`. */
  get(i: number, j: number): Scalar {
    const p = this.place(i, j)
    return { re: this.data[p], im: this.field.width === 2 ? this.data[p + 1] : 0 }
  }

  /** Sets the number of row `i` and column `j`; the imaginary part of a real one is lost. */
  put(i: number, j: number, { re, im }: Scalar): void {
    const p = this.place(i, j)
    this.data[p] = re
    if (this.field.width === 2) this.data[p + 1] = im
  }

  /** A dense copy. */
  copy(): Matrix {
    const result = zeros(this.field, this.rows, this.columns)
    result.set(this)
    return result
  }

  /** Copies the numbers of `other`, of the same shape. */
  set(other: Matrix): void {
    const length = other.columns * this.field.width
    for (let i = 0; i < other.rows; i++) {
      const from = other.place(i, 0)
      const to = this.place(i, 0)
      if (length < 16) for (let j = 0; j < length; j++) this.data[to + j] = other.data[from + j]
      else this.data.set(other.data.subarray(from, from + length), to)
    }
  }

  /** Sets all numbers to 0. */
  clear(): void {
    for (let i = 0; i < this.rows; i++) this.data.fill(0, this.place(i, 0), this.place(i, this.columns))
  }

  /** Swaps two rows. */
  swapRows(i: number, j: number): void {
    const { data, columns, field } = this
    let [p, q] = [this.place(i, 0), this.place(j, 0)]
    for (const end = p + columns * field.width; p < end; p++, q++) {
      const kept = data[p]
      data[p] = data[q]
      data[q] = kept
    }
  }

  /** Multiplies all numbers by a real one. */
  scale(factor: number): void {
    for (let i = 0; i < this.rows; i++) {
      const end = this.place(i, this.columns)
      for (let p = this.place(i, 0); p < end; p++) this.data[p] *= factor
    }
  }

  /** The transpose, a copy. */
  transpose(): Matrix {
    const { data, field } = this
    const result = zeros(field, this.columns, this.rows)
    for (let i = 0; i < this.rows; i++) {
      let from = this.place(i, 0)
      let to = result.place(0, i)
      for (let j = 0; j < this.columns; j++, from += field.width, to += result.step) {
        result.data[to] = data[from]
        if (field.width === 2) result.data[to + 1] = data[from + 1]
      }
    }
    return result
  }

  /** The conjugate transpose, a copy; of real matrices the transpose. */
  adjoint(): Matrix {
    return this.transpose().conjugate()
  }

  /** Conjugates all numbers, in place. */
  conjugate(): this {
    if (this.field.width === 1) return this
    for (let i = 0; i < this.rows; i++) {
      const end = this.place(i, this.columns)
      for (let p = this.place(i, 0) + 1; p < end; p += 2) this.data[p] = -this.data[p]
    }
    return this
  }

  /** The rows in another order, a copy. */
  rowsOf(order: readonly number[]): Matrix {
    const result = zeros(this.field, order.length, this.columns)
    order.forEach((from, to) =>
      result.block(to, 0, 1, this.columns).set(this.block(from, 0, 1, this.columns)),
    )
    return result
  }
}

/** A matrix of zeros. */
export const zeros = (field: Field, rows: number, columns: number): Matrix =>
  new Matrix(field, new Float64Array(rows * columns * field.width), rows, columns)

/** The first `columns` columns of the unit matrix of so many rows. */
export function unit(field: Field, rows: number, columns = rows): Matrix {
  const result = zeros(field, rows, columns)
  for (let i = 0; i < Math.min(rows, columns); i++) result.data[result.place(i, i)] = 1
  return result
}

/** Copies the lower triangle onto the upper one, or the other way round: A becomes Hermitian, with a real diagonal. */
export function completeHermitian(a: Matrix, fromUpper: boolean): void {
  const { data, rows, field } = a
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < i; j++) {
      const [from, to] = fromUpper ? [a.place(j, i), a.place(i, j)] : [a.place(i, j), a.place(j, i)]
      data[to] = data[from]
      if (field.width === 2) data[to + 1] = -data[from + 1]
    }
    if (field.width === 2) data[a.place(i, i) + 1] = 0
  }
}
