// Golden arguments as TypeScript values, golden tensors as tensors or as plain elements.
import { Complex, Tensor, dtypes, float, getBackend, newTensor } from '@tt/tensor'
import type { DType, DTypeInfo, HostArray, Scalar } from '@tt/tensor'
import { isEncodedTensor, isObject, itemsOf } from './format.ts'
import type { Encoded, EncodedTensor } from './format.ts'
import { NotThere } from './outcome.ts'
import type { Parameter } from './signatures.ts'

/** Info of a golden dtype. @throws NotThere for one that does not exist */
export function dtypeOf(name: string): DTypeInfo {
  if (!Object.hasOwn(dtypes, name)) throw new NotThere(`dtype ${name}`)
  return dtypes[name as DType]
}

const bytesOf = (data: string): Uint8Array => new Uint8Array(Buffer.from(data, 'base64'))

/** A new tensor that owns a storage of exactly these bytes. */
function upload(dtype: DTypeInfo, bytes: Uint8Array, device: string): Tensor {
  const memory = newTensor(getBackend(device), dtype, [bytes.length / dtype.itemSize], 'golden')
  if (bytes.length > 0) memory.storage.backend.write(memory.storage.buffer, 0, bytes)
  return memory
}

/** A golden input: real strides, offset and overlaps, on memory with whatever lies in the gaps. */
export function inputTensor(
  { t, shape, stride, offset = 0, data, rg }: EncodedTensor,
  device: string,
): Tensor {
  const dtypeInfo = dtypeOf(t)
  const { storage, strides } = upload(dtypeInfo, bytesOf(data), device)
  const tensor = new Tensor({
    storage,
    dtypeInfo,
    shape,
    strides: stride ?? strides,
    offset,
    base: null,
    counter: storage,
  })
  if (rg) tensor.requiresGrad = true
  return tensor
}

/** A golden result as a contiguous tensor. */
export function resultTensor(encoded: EncodedTensor, device: string): Tensor {
  const { storage, dtypeInfo } = upload(dtypeOf(encoded.t), bytesOf(encoded.data), device)
  const { shape } = encoded
  const strides = shape.map((_, i) => shape.slice(i + 1).reduce((product, n) => product * Math.max(n, 1), 1))
  return new Tensor({ storage, dtypeInfo, shape, strides, offset: 0, base: null, counter: storage })
}

/** The elements of a golden result, bits of the half types included, in the dtype's host array. */
export function resultElements({ t, data }: EncodedTensor): HostArray {
  return new (dtypeOf(t).array)(bytesOf(data).buffer)
}

/** Turns encoded arguments into values; input tensors are numbered in order of first appearance. */
export class ArgumentDecoder {
  readonly inputs: Tensor[] = []
  readonly #device: string
  readonly #made = new Map<unknown, Tensor>()

  constructor(device: string) {
    this.#device = device
  }

  /** Makes all input tensors of the arguments, in PyTorch's order. */
  collect(value: unknown): void {
    if (isEncodedTensor(value)) {
      if (this.#made.has(value)) return
      const tensor = inputTensor(value, this.#device)
      this.inputs.push(tensor)
      this.#made.set(value, tensor)
    } else if (Array.isArray(value)) value.forEach((item) => this.collect(item))
    else if (isObject(value)) Object.values(value).forEach((item) => this.collect(item))
  }

  /** The value of an argument for a parameter. */
  value(encoded: Encoded, parameter: Parameter = { name: '' }): unknown {
    if (parameter.name === 'device' && typeof encoded === 'string') return this.#deviceOf(encoded)
    if (encoded === null || typeof encoded === 'boolean' || typeof encoded === 'string') return encoded
    const isData = parameter.name === 'data' || (parameter.name === 't' && parameter.type === 'int')
    // tensor([1]) is float32, tensor([1n]) int64
    if (typeof encoded === 'number') return isData ? BigInt(encoded) : encoded
    const items = itemsOf(encoded)
    if (items !== null) return items.map((item) => this.value(item, parameter))
    return isEncodedTensor(encoded)
      ? this.#made.get(encoded)
      : this.#marked(encoded as Readonly<Record<string, unknown>>, parameter)
  }

  #marked(encoded: Readonly<Record<string, unknown>>, parameter: Parameter): unknown {
    if ('ref' in encoded) return this.inputs[encoded.ref as number]
    if ('int' in encoded) return BigInt(encoded.int as string)
    if ('float' in encoded) return floatValue(encoded.float as number | string, parameter)
    if ('complex' in encoded) return complexNumber(encoded.complex as (number | string)[])
    if ('dtype' in encoded) return dtypeOf(encoded.dtype as string).name
    if ('device' in encoded) return this.#deviceOf(String(encoded.device))
    if ('slice' in encoded) return sliceText(encoded.slice as (number | null)[])
    if ('ellipsis' in encoded) return '...'
    if ('size' in encoded) return encoded.size
    if ('dict' in encoded) {
      return Object.fromEntries(
        Object.entries(encoded.dict as Record<string, Encoded>).map(([key, item]) => [key, this.value(item)]),
      )
    }
    const [kind] = Object.keys(encoded)
    if (encoded[kind] === 'contiguous_format' || encoded[kind] === 'preserve_format') return undefined
    if (kind === 'memory_format') return encoded[kind]
    throw new NotThere(`${kind} ${JSON.stringify(encoded[kind])}`)
  }

  #deviceOf(name: string): string {
    if (name === 'cpu') return this.#device // the device under test stands for it
    if (name === 'meta') return name
    throw new NotThere(`device ${name}`)
  }
}

/** A slice as at() takes it: '1:3', ':', '::2'. */
const sliceText = ([start, stop, step]: readonly (number | null)[]): string =>
  `${start ?? ''}:${stop ?? ''}${step === null ? '' : `:${step}`}`

/** A Python complex number. */
export const complexNumber = ([re, im]: readonly (number | string)[]): Complex =>
  new Complex(pythonNumber(re), pythonNumber(im))

const special: Readonly<Record<string, number>> = { nan: NaN, inf: Infinity, '-inf': -Infinity, '-0': -0 }

const pythonNumber = (encoded: number | string): number =>
  typeof encoded === 'string' ? (special[encoded] ?? Number(encoded)) : encoded

/** A Python float; where numbers take part in type promotion, whole ones are marked as floats. */
function floatValue(encoded: number | string, { name, type }: Parameter): Scalar {
  const value = pythonNumber(encoded)
  const promotes = /number|Tensor/.test(type ?? '') || name === 'operand'
  return promotes && Number.isInteger(value) ? float(value) : value
}
