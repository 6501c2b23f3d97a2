// Memory, and the one loop that every kernel is made of: a walk over the indices of a shape along strided paths.
import { decodeElement, encodeElement } from '@tt/tensor'
import type { BufferHandle, ElementValue, Operand } from '@tt/tensor'

/** The bytes behind a handle that `allocate` gave. */
export const bytesOf = (buffer: BufferHandle): Uint8Array => (buffer as { bytes: Uint8Array }).bytes

/** The elements behind an operand, by their position in its memory. */
export class Elements {
  readonly #operand: Operand
  readonly #array: { [position: number]: number | bigint }

  constructor(operand: Operand) {
    this.#operand = operand
    this.#array = new operand.dtypeInfo.array(bytesOf(operand.storage.buffer).buffer) as never
  }
  get(position: number): ElementValue {
    return decodeElement(this.#array[position], this.#operand.dtypeInfo)
  }
  set(position: number, value: ElementValue): void {
    this.#array[position] = encodeElement(value, this.#operand.dtypeInfo)
  }
}

/** Where a walk starts in some memory, and how far each of its dims steps. */
export interface Path {
  readonly start: number
  readonly strides: readonly number[]
}

/** The path of an operand that broadcasts to `shape`: dims align right, those of size 1 repeat. */
export function pathOf({ shape: own, strides, offset }: Operand, shape: readonly number[]): Path {
  const lead = shape.length - own.length
  const step = (_: number, d: number): number => (d < lead || own[d - lead] === 1 ? 0 : strides[d - lead])
  return { start: offset, strides: shape.map(step) }
}

/** Visits every index of the shape, row-major, with the position of each path. Both arrays are used again. */
export function walk(
  shape: readonly number[],
  paths: readonly Path[],
  visit: (positions: readonly number[], index: readonly number[]) => void,
): void {
  if (shape.includes(0)) return
  const index = shape.map(() => 0)
  const positions = paths.map(({ start }) => start)
  for (;;) {
    visit(positions, index)
    let dim = shape.length - 1
    while (dim >= 0 && index[dim] === shape[dim] - 1) {
      paths.forEach(({ strides }, i) => (positions[i] -= index[dim] * strides[dim]))
      index[dim--] = 0
    }
    if (dim < 0) return
    index[dim]++
    paths.forEach(({ strides }, i) => (positions[i] += strides[dim]))
  }
}
