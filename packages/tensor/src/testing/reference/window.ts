// Strided access to the elements of an operand, and walks over shapes.
import type { BufferHandle, Operand } from '../../backend/kernels.ts'
import type { HostArray } from '../../dtype.ts'
import { numelOf } from '../../shape/shape.ts'
import { decodeElement, encodeElement } from '../../host/element-value.ts'
import type { ElementValue } from '../../host/element-value.ts'

/** Memory of the reference backend. */
export interface ReferenceBuffer {
  readonly bytes: ArrayBuffer
}
/** The bytes behind a handle of this backend. */
export const bytesOf = (buffer: BufferHandle): ArrayBuffer => (buffer as ReferenceBuffer).bytes

/** An operand whose elements can be read and written by index. */
export class Window {
  readonly shape: readonly number[]
  readonly operand: Operand
  readonly #elements: HostArray

  constructor(operand: Operand) {
    this.operand = operand
    this.shape = operand.shape
    this.#elements = new operand.dtypeInfo.array(bytesOf(operand.storage.buffer))
  }

  #position(index: readonly number[]): number {
    const { shape, strides, offset } = this.operand
    const lead = index.length - shape.length
    let position = offset
    for (let i = 0; i < shape.length; i++) if (shape[i] !== 1) position += index[lead + i] * strides[i]
    return position
  }

  /** The element at an index of a shape that this one broadcasts to. */
  get(index: readonly number[]): ElementValue {
    return decodeElement(this.#elements[this.#position(index)], this.operand.dtypeInfo)
  }

  set(index: readonly number[], value: ElementValue): void {
    this.#elements[this.#position(index)] = encodeElement(value, this.operand.dtypeInfo) as never
  }
}

/** Calls `visit` with each index of the shape, row-major. The array is reused: copy it to keep it. */
export function eachIndex(shape: readonly number[], visit: (index: number[]) => void): void {
  if (numelOf(shape) === 0) return
  const index = new Array<number>(shape.length).fill(0)
  for (;;) {
    visit(index)
    let dim = shape.length - 1
    while (dim >= 0 && ++index[dim] === shape[dim]) index[dim--] = 0
    if (dim < 0) return
  }
}

/** The index with `dim` set to another position. */
export const at = (index: readonly number[], dim: number, position: number): number[] =>
  index.with(dim, position)
