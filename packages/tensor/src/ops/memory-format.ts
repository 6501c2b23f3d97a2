// Copies whose elements lie in memory in another order of the dims: channels last.
import { apply, applyViewInPlace } from '../dispatch/structured.ts'
import { ArgumentError, ShapeError, check } from '../errors.ts'
import { isContiguous } from '../shape/shape.ts'
import type { Tensor } from '../tensor.ts'
import { cloneOp } from './copy.ts'
import { permute, permuteOp } from './views.ts'

/** How the elements of a copy lie in memory: row-major, or with the channels (dim 1) last, for 4 or 5 dims. */
export type MemoryFormat = 'contiguous_format' | 'preserve_format' | 'channels_last' | 'channels_last_3d'
/** The option of functions that copy; row-major by default, and for 'preserve_format'. */
export interface MemoryFormatOption {
  memoryFormat?: MemoryFormat
}

// The dims in the order in which they lie in memory.
function orderOf(op: string, self: Tensor, memoryFormat: MemoryFormat): readonly number[] {
  const dims = self.shape.map((_, i) => i)
  if (memoryFormat === 'contiguous_format' || memoryFormat === 'preserve_format') return dims
  const rank = { channels_last: 4, channels_last_3d: 5 }[memoryFormat]
  check(
    rank !== undefined,
    () =>
      new ArgumentError(
        op,
        `memoryFormat must be 'contiguous_format', 'preserve_format', 'channels_last' or 'channels_last_3d', got '${memoryFormat}'`,
      ),
  )
  check(
    self.ndim === rank,
    () => new ShapeError(op, `self must have ${rank} dims for ${memoryFormat}, got ${self.ndim}`),
  )
  return [0, ...dims.slice(2), 1]
}

/** Whether the elements lie as the format says. */
export function isInFormat(op: string, self: Tensor, memoryFormat: MemoryFormat): boolean {
  const order = orderOf(op, self, memoryFormat)
  return isContiguous(
    order.map((d) => self.shape[d]),
    order.map((d) => self.strides[d]),
  )
}

/** A copy whose elements lie as the format says. */
export function cloneIn(op: string, self: Tensor, memoryFormat: MemoryFormat): Tensor {
  const order = orderOf(op, self, memoryFormat)
  const inMemory = apply(cloneOp, [permute(self, order)], null)
  return applyViewInPlace(permuteOp, inMemory, { dims: order.map((_, d) => order.indexOf(d)) })
}

/** Self if its elements lie as the format says, else such a copy; 'preserve_format' takes any. */
export const inFormat = (op: string, self: Tensor, memoryFormat: MemoryFormat | undefined): Tensor =>
  memoryFormat === undefined || memoryFormat === 'preserve_format' || isInFormat(op, self, memoryFormat)
    ? self
    : cloneIn(op, self, memoryFormat)
