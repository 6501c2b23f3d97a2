// From a sampler's host array to the memory of a tensor, in the order in which PyTorch fills it.
import type { Backend } from '../backend/backend.ts'
import { encodeElements } from '../host/encode.ts'
import type { DTypeInfo } from '../dtype.ts'
import { DTypeError, check } from '../errors.ts'
import type { Generator } from '../random/generator.ts'
import type { FloatDType } from '../random/precision.ts'
import type { SampleOut, FloatOut } from '../random/samplers.ts'
import { Tensor, newTensor, viewOf } from '../tensor.ts'
import { DeviceSource } from './device-source.ts'
import { copyElements } from './elements.ts'
import { withGradMode } from './hook.ts'

/** Fills an array; `serial` where the tensor has gaps or another order, which some samplers treat in another way. */
export type Sampler = (out: SampleOut, serial: boolean) => void

/** How the numbers of a distribution are made. */
export interface Draw {
  readonly generator: Generator
  /** Fills a host array with those of PyTorch's CPU generator. */
  readonly host: Sampler
  /** Makes them of what a device draws by itself. */
  readonly device: (source: DeviceSource, shape: readonly number[]) => Tensor
}

/** The array that samplers of a dtype fill: its own, or float32 for the half types. */
export const sampleArray = (dtype: DTypeInfo, count: number): SampleOut =>
  (dtype.itemSize === 2 && dtype.category === 'float'
    ? new Float32Array(count)
    : new dtype.array(new ArrayBuffer(count * dtype.itemSize))) as SampleOut

/** The bytes of sampled elements. */
const bytesOf = (dtype: DTypeInfo, out: SampleOut): Uint8Array =>
  dtype.itemSize === 2 && dtype.category === 'float'
    ? encodeElements('random', out, out.length, dtype).bytes
    : new Uint8Array(out.buffer, out.byteOffset, out.byteLength)

/** Whether the tensor's device draws random numbers by itself. */
export const drawsItself = (x: Tensor): boolean => x.storage.backend.fused.random !== undefined

/** Overwrites the elements with samples, in the order of memory. No checks, no autograd. */
export function fillSamples(target: Tensor, { generator, host, device }: Draw): void {
  if (target.elementCount === 0) return
  const {
    dtypeInfo,
    storage: { backend },
  } = target
  const { random } = backend.fused
  if (random !== undefined) {
    const source = new DeviceSource(backend, random, generator)
    withGradMode(false, () => copyElements(backend, device(source, target.shape), target))
    return
  }
  const out = sampleArray(dtypeInfo, target.elementCount)
  const direct = target.isContiguous()
  host(out, !direct)
  const bytes = bytesOf(dtypeInfo, out)
  if (direct) {
    backend.write(target.storage.buffer, target.offset * dtypeInfo.itemSize, bytes)
    return
  }
  const order = memoryOrder(target)
  const shape = order.map((d) => target.shape[d])
  const source = newTensor(backend, dtypeInfo, shape)
  backend.write(source.storage.buffer, 0, bytes)
  copyElements(
    backend,
    source,
    viewOf(
      target,
      shape,
      order.map((d) => target.strides[d]),
      target.offset,
    ),
  )
}

/** The dims from the largest stride to the smallest. */
export const memoryOrder = ({
  shape,
  strides,
}: {
  shape: readonly number[]
  strides: readonly number[]
}): number[] => shape.map((_, i) => i).sort((a, b) => strides[b] - strides[a] || a - b)

/** An uninitialised tensor of the shape and the order of dims of `like`, without gaps, as torch.empty_like makes it. */
export function emptyPreserving(
  like: Tensor,
  backend: Backend = like.storage.backend,
  dtype: DTypeInfo = like.dtypeInfo,
): Tensor {
  if (like.isContiguous()) return newTensor(backend, dtype, like.shape)
  const order = memoryOrder(like)
  const { storage, strides } = newTensor(
    backend,
    dtype,
    order.map((d) => like.shape[d]),
  )
  const placed = new Array<number>(like.ndim)
  strides.forEach((stride, i) => {
    placed[order[i]] = stride
  })
  return new Tensor({
    storage,
    dtypeInfo: dtype,
    shape: like.shape,
    strides: placed,
    offset: 0,
    base: null,
    counter: storage,
  })
}

/** The float dtype of a tensor. @throws DTypeError if it is none */
export function floatDtype(op: string, dtype: DTypeInfo): FloatDType {
  check(
    dtype.category === 'float',
    () => new DTypeError(op, `the tensor must be floating-point, got ${dtype.name}`),
  )
  return dtype.name as FloatDType
}

/** Whether the sampler's array is one of floats. */
export const asFloats = (out: SampleOut): FloatOut => out as FloatOut
