// Copies: contiguous, clone, casts, moves between devices, fill.
import { getBackend } from '../backend/registry.ts'
import type { Backend, Device } from '../backend/backend.ts'
import { dtypes } from '../dtype.ts'
import type { DType, DTypeInfo } from '../dtype.ts'
import { copyElements, dtypeInfoOf, fillElements } from '../dispatch/elements.ts'
import { autograd, needsGrad, withGradMode } from '../dispatch/hook.ts'
import type { Operandish } from '../dispatch/pointwise-record.ts'
import type { Scalar } from '../dispatch/scalar.ts'
import { apply, applyInPlace, structured } from '../dispatch/structured.ts'
import { ArgumentError, DTypeError, DeviceError, ShapeError, check } from '../errors.ts'
import { canRead, readBytes } from '../host/reads.ts'
import { broadcastPair, formatShape, sameShape } from '../shape/shape.ts'
import { Tensor, newTensor } from '../tensor.ts'
import { cloneIn, inFormat } from './memory-format.ts'
import type { MemoryFormat, MemoryFormatOption } from './memory-format.ts'

/** clone: attrs are unused. */
export const cloneOp = structured<null>({
  name: 'clone',
  complex: 'whole',
  infer: ([self]) => [{ shape: self.shape, dtype: self.dtypeInfo }],
  run: (backend, [self], _attrs, [out]) => copyElements(backend, self, out),
})
/**
 * A copy with memory of its own, row-major. Gradients flow through.
 *
 * @example
 * const x = tensor([1, 2])
 * clone(x).fill_(0)
 * x.tolist() // => [1, 2]
 * @see torch.clone
 */
export const clone = (self: Tensor, { memoryFormat }: MemoryFormatOption = {}): Tensor =>
  memoryFormat === undefined ? apply(cloneOp, [self], null) : cloneIn('clone', self, memoryFormat)
/**
 * Self if it is row-major without gaps, else such a copy.
 *
 * @example
 * contiguous(ones([2, 3]).t()).strides // => [2, 1]
 * @see torch.Tensor.contiguous
 */
export function contiguous(
  self: Tensor,
  { memoryFormat = 'contiguous_format' }: MemoryFormatOption = {},
): Tensor {
  if (memoryFormat === 'contiguous_format') return self.isContiguous() ? self : clone(self)
  check(
    memoryFormat !== 'preserve_format',
    () =>
      new ArgumentError('contiguous', "memoryFormat must name an order, got 'preserve_format'. Use clone"),
  )
  return inFormat('contiguous', self, memoryFormat)
}

/** to: a copy of another dtype. */
export const toCopyOp = structured<{ dtype: DTypeInfo }>({
  name: 'toCopy',
  complex: 'whole',
  infer: ([self], { dtype }) => [{ shape: self.shape, dtype }],
  run: (backend, [self], _attrs, [out]) => copyElements(backend, self, out),
})
/** toDevice: a copy on another device; recorded, so that gradients come back to the device of self. */
export const toDeviceOp = structured<{ backend: Backend }>({
  name: 'toDevice',
  gradName: 'ToCopyBackward0',
  complex: 'whole',
  infer: ([self]) => [{ shape: self.shape, dtype: self.dtypeInfo }],
  run: () => {},
})

/** What to() may change: a device, a dtype, or that of another tensor. */
export type ToTarget =
  | Device
  | DType
  | Tensor
  | { device?: Device; dtype?: DType; copy?: boolean; memoryFormat?: MemoryFormat }

/**
 * The tensor on another device or of another dtype; self if nothing changes. Gradients flow through.
 *
 * @param target a device, a dtype, a tensor to be like, or `{ device, dtype, copy }`
 * @throws DeviceError for an unknown device, or if the device of self cannot block: then use toAsync
 * @example
 * tensor([1.7, -1.7]).to('int32').tolist() // => [1, -1]
 * @see torch.Tensor.to
 */
export function to(self: Tensor, target: ToTarget): Tensor {
  const { device, dtype, copy, memoryFormat } = parseTarget(self, target)
  let result = self
  if (device !== self.device) {
    const backend = getBackend(device, 'to')
    check(
      backend.supports(self.dtypeInfo) || dtype !== self.dtypeInfo,
      () =>
        new DTypeError(
          'to',
          `device '${device}' does not store ${self.dtype}. Cast it as well: .to({ device, dtype: 'float32' })`,
        ),
    )
    if (!backend.supports(self.dtypeInfo)) result = apply(toCopyOp, [result], { dtype })
    result = moveTo(result, backend)
  }
  if (dtype !== result.dtypeInfo) result = apply(toCopyOp, [result], { dtype })
  return result === self && copy ? clone(self, { memoryFormat }) : inFormat('to', result, memoryFormat)
}

/**
 * As to, waiting for devices that cannot block.
 *
 * @example
 * (await toAsync(tensor([1.5, 2]), { dtype: 'int64' })).tolist() // => [1, 2]
 * @see torch.Tensor.to
 */
export async function toAsync(self: Tensor, target: ToTarget): Promise<Tensor> {
  const { device } = parseTarget(self, target)
  if (device === self.device || self.storage.backend.canBlock) return to(self, target)
  const source = withGradMode(false, () => contiguous(self))
  const bytes = await source.storage.backend.readAsync(
    source.storage.buffer,
    source.offset * source.elementSize(),
    source.nbytes,
  )
  const moved = upload(getBackend(device, 'toAsync'), source, bytes)
  recordMove(self, moved)
  return to(moved, target)
}

function parseTarget(
  self: Tensor,
  target: ToTarget,
): { device: Device; dtype: DTypeInfo; copy: boolean; memoryFormat: MemoryFormat | undefined } {
  const parts =
    typeof target === 'string'
      ? Object.hasOwn(dtypes, target)
        ? { dtype: target as DType }
        : { device: target }
      : target instanceof Tensor
        ? { device: target.device, dtype: target.dtype }
        : target
  const {
    device = self.device,
    dtype = self.dtype,
    copy = false,
    memoryFormat,
  } = parts as Exclude<ToTarget, string | Tensor>
  return { device, dtype: dtypeInfoOf('to', dtype), copy, memoryFormat }
}

function moveTo(self: Tensor, backend: Backend): Tensor {
  if (backend.device === 'meta') return recordMove(self, newTensor(backend, self.dtypeInfo, self.shape, 'to'))
  check(
    self.device === 'meta' || canRead(self),
    () =>
      new DeviceError(
        'to',
        `device '${self.device}' cannot be read synchronously. Use: await tensor.toAsync('${backend.device}')`,
      ),
  )
  const source = withGradMode(false, () => contiguous(self))
  return recordMove(self, upload(backend, source, readBytes(source)))
}

function upload(backend: Backend, like: Tensor, bytes: Uint8Array): Tensor {
  const result = newTensor(backend, like.dtypeInfo, like.shape, 'to')
  if (bytes.length > 0) backend.write(result.storage.buffer, 0, bytes)
  return result
}

function recordMove(self: Tensor, moved: Tensor): Tensor {
  if (needsGrad([self])) autograd('to').record(toDeviceOp, [self], { backend: self.storage.backend }, [moved])
  return moved
}

/** As float32. @example tensor([1n, 2n]).float().dtype // => 'float32' @see torch.Tensor.float */
export const float = (self: Tensor, { memoryFormat }: MemoryFormatOption = {}): Tensor =>
  to(self, { dtype: 'float32', memoryFormat })
/** As float64. @example tensor([1, 2]).double().dtype // => 'float64' @see torch.Tensor.double */
export const double = (self: Tensor, { memoryFormat }: MemoryFormatOption = {}): Tensor =>
  to(self, { dtype: 'float64', memoryFormat })
/** As float16. @example tensor([0.1]).half().item() // => 0.0999756 @see torch.Tensor.half */
export const half = (self: Tensor, { memoryFormat }: MemoryFormatOption = {}): Tensor =>
  to(self, { dtype: 'float16', memoryFormat })
/** As int64. @example tensor([1.7, -1.7]).long().tolist() // => [1, -1] @see torch.Tensor.long */
export const long = (self: Tensor, { memoryFormat }: MemoryFormatOption = {}): Tensor =>
  to(self, { dtype: 'int64', memoryFormat })
/** As int32. @example tensor([1.7, -1.7]).int().tolist() // => [1, -1] @see torch.Tensor.int */
export const int = (self: Tensor, { memoryFormat }: MemoryFormatOption = {}): Tensor =>
  to(self, { dtype: 'int32', memoryFormat })
/** As int16. @example tensor([1.7, -1.7]).short().tolist() // => [1, -1] @see torch.Tensor.short */
export const short = (self: Tensor, { memoryFormat }: MemoryFormatOption = {}): Tensor =>
  to(self, { dtype: 'int16', memoryFormat })
/** As int8. @example tensor([1.7, -1.7]).char().tolist() // => [1, -1] @see torch.Tensor.char */
export const char = (self: Tensor, { memoryFormat }: MemoryFormatOption = {}): Tensor =>
  to(self, { dtype: 'int8', memoryFormat })
/** As uint8. @example tensor([1.7, 255]).byte().tolist() // => [1, 255] @see torch.Tensor.byte */
export const byte = (self: Tensor, { memoryFormat }: MemoryFormatOption = {}): Tensor =>
  to(self, { dtype: 'uint8', memoryFormat })
/**
 * As bool: false where 0.
 *
 * @example
 * tensor([0, 2]).bool().tolist() // => [false, true]
 * @see torch.Tensor.bool
 */
export const bool = (self: Tensor, { memoryFormat }: MemoryFormatOption = {}): Tensor =>
  to(self, { dtype: 'bool', memoryFormat })
/** As bfloat16. @example tensor([0.1]).bfloat16().item() // => 0.100098 @see torch.Tensor.bfloat16 */
export const bfloat16 = (self: Tensor, { memoryFormat }: MemoryFormatOption = {}): Tensor =>
  to(self, { dtype: 'bfloat16', memoryFormat })
/**
 * Of the dtype of `other`, on its device.
 *
 * @example
 * tensor([1.5, 2]).typeAs(tensor([0n])).tolist() // => [1, 2]
 * @see torch.Tensor.type_as
 */
export const typeAs = (self: Tensor, other: Tensor): Tensor => to(self, other)

/** copy_: tensors are self and the source. */
export const copyOp = structured<null>({
  name: 'copy',
  gradName: 'CopyBackwards',
  complex: 'whole',
  infer: ([self, source]) => {
    check(
      sameShape(broadcastPair('copy_', self.shape, source.shape), self.shape),
      () =>
        new ShapeError(
          'copy_',
          `source must broadcast to self, got ${formatShape(source.shape)} for ${formatShape(self.shape)}`,
        ),
    )
    return [{ shape: self.shape, dtype: self.dtypeInfo }]
  },
  run: (backend, [, source], _attrs, [out]) => copyElements(backend, source, out),
})
/**
 * Overwrites self with the elements of `source`, broadcast and cast (also from float to integer).
 *
 * @throws ShapeError if source does not broadcast to self, or overlaps it in part in memory
 * @example
 * zeros([2, 2]).copy_(tensor([1, 2])).tolist() // => [[1, 2], [1, 2]]
 * @see torch.Tensor.copy_
 */
export function copy_(self: Tensor, source: Tensor): Tensor {
  const local = source.device === self.device ? source : to(source, { device: self.device })
  return applyInPlace(copyOp, [self, local], null)
}

/** fill_: the value written into every element. */
export const fillOp = structured<{ value: Scalar }>({
  name: 'fill',
  overlap: { intoExpanded: true },
  complex: 'whole',
  infer: ([self]) => [{ shape: self.shape, dtype: self.dtypeInfo }],
  run: (_backend, _tensors, { value }, [out]) => fillElements(out, value),
})
/**
 * Overwrites every element with a number or a 0-dim tensor.
 *
 * @example
 * zeros([2]).fill_(7).tolist() // => [7, 7]
 * @see torch.Tensor.fill_
 */
export function fill_(self: Tensor, value: Operandish): Tensor {
  if (!(value instanceof Tensor)) return applyInPlace(fillOp, [self], { value })
  check(
    value.ndim === 0,
    () =>
      new ShapeError(
        'fill_',
        `value must be a number or a 0-dim tensor, got shape ${formatShape(value.shape)}`,
      ),
  )
  return copy_(self, value)
}
/**
 * Overwrites every element with 0.
 *
 * @example
 * ones([2]).zero_().tolist() // => [0, 0]
 * @see torch.Tensor.zero_
 */
export const zero_ = (self: Tensor): Tensor => fill_(self, 0)
