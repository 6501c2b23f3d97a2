// The safetensors format: 8 bytes of header length, a JSON header, the elements. Written by PyTorch and read by it.
import { FormatError, check, dtypes, empty, numelOf } from '@tt/autograd'
import type { DType, Device } from '@tt/autograd'
import type { StateDict } from '../module/state-dict.ts'

const dtypeNames = {
  C64: 'complex64',
  F64: 'float64',
  F32: 'float32',
  F16: 'float16',
  BF16: 'bfloat16',
  I64: 'int64',
  I32: 'int32',
  I16: 'int16',
  I8: 'int8',
  U8: 'uint8',
  BOOL: 'bool',
} as const satisfies Record<string, DType>
const formatNames = new Map<DType, string>(Object.entries(dtypeNames).map(([name, dtype]) => [dtype, name]))

/** Of the header, as the reference implementation has it. */
const maxHeaderBytes = 100_000_000

interface Entry {
  readonly dtype: keyof typeof dtypeNames
  readonly shape: readonly number[]
  readonly data_offsets: readonly [number, number]
}

/** Options of saveSafetensors. */
export interface SaveOptions {
  /** Free text by name, kept in the file. */
  metadata?: Readonly<Record<string, string>>
}

/**
 * A state dict as the bytes of a safetensors file.
 *
 * @throws DeviceError for tensors on a device that cannot be read synchronously
 * @example
 * const bytes = saveSafetensors(model.stateDict())
 * model.loadStateDict(loadSafetensors(bytes))
 */
export function saveSafetensors(stateDict: Readonly<StateDict>, { metadata }: SaveOptions = {}): Uint8Array {
  // Larger elements first, then by name, as the reference implementation does: everything is aligned.
  const entries = Object.entries(stateDict).toSorted(
    ([a, x], [b, y]) => y.elementSize() - x.elementSize() || (a < b ? -1 : 1),
  )
  const header: Record<string, unknown> = Object.create(null)
  if (metadata !== undefined) header.__metadata__ = metadata
  let end = 0
  for (const [name, { dtype, shape, nbytes }] of entries) {
    check(
      name !== '__metadata__',
      () => new FormatError('saveSafetensors', "no tensor may be named '__metadata__'"),
    )
    check(
      formatNames.has(dtype),
      () =>
        new FormatError(
          'saveSafetensors',
          `the dtype of ${name} must be one of [${[...formatNames.keys()].join(', ')}], got ${dtype}. Cast it first`,
        ),
    )
    header[name] = { dtype: formatNames.get(dtype), shape, data_offsets: [end, end + nbytes] }
    end += nbytes
  }
  const json = new TextEncoder().encode(JSON.stringify(header))
  const headerBytes = Math.ceil(json.length / 8) * 8
  const bytes = new Uint8Array(8 + headerBytes + end)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerBytes), true)
  bytes.fill(0x20, 8, 8 + headerBytes).set(json, 8) // spaces after the JSON
  let at = 8 + headerBytes
  for (const [, tensor] of entries) {
    const { buffer, byteOffset, byteLength } = tensor.toTypedArray()
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at)
    at += byteLength
  }
  return bytes
}

/**
 * The tensors of a safetensors file. Everything is checked first: a corrupt file gives an error and no tensor.
 *
 * @param options device of the tensors
 * @throws FormatError that says what is wrong
 * @example
 * const bytes = saveSafetensors({ weight: tensor([1, 2]) })
 * loadSafetensors(bytes).weight.tolist() // => [1, 2]
 * @see https://github.com/huggingface/safetensors#format
 */
export function loadSafetensors(bytes: Uint8Array, { device }: { device?: Device } = {}): StateDict {
  const { entries, dataStart } = readHeader(bytes)
  const stateDict: StateDict = Object.create(null) as StateDict
  for (const [
    name,
    {
      dtype,
      shape,
      data_offsets: [start, end],
    },
  ] of entries) {
    const tensor = empty(shape, { dtype: dtypeNames[dtype], ...(device === undefined ? {} : { device }) })
    if (end > start)
      tensor.storage.backend.write(
        tensor.storage.buffer,
        0,
        bytes.subarray(dataStart + start, dataStart + end),
      )
    stateDict[name] = tensor
  }
  return stateDict
}

/**
 * The free text of a safetensors file.
 *
 * @throws FormatError for a corrupt header
 * @example
 * safetensorsMetadata(saveSafetensors({ weight: ones([2]) }, { metadata: { epoch: '3' } })).epoch // => '3'
 */
export const safetensorsMetadata = (bytes: Uint8Array): Record<string, string> => readHeader(bytes).metadata

interface Header {
  readonly entries: readonly (readonly [string, Entry])[]
  readonly metadata: Record<string, string>
  readonly dataStart: number
}

const fail = (message: string): never => {
  throw new FormatError('loadSafetensors', message)
}

function readHeader(bytes: Uint8Array): Header {
  if (bytes.length < 8) fail(`a file must have at least 8 bytes, got ${bytes.length}`)
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(0, true)
  if (length > maxHeaderBytes)
    fail(`the header must have at most ${maxHeaderBytes} bytes, got ${length}. Is it a safetensors file?`)
  const dataStart = 8 + Number(length)
  if (dataStart > bytes.length)
    fail(
      `the header must lie within the file, got ${length} bytes in a file of ${bytes.length}. Is it cut off?`,
    )
  const header = parseHeader(bytes.subarray(8, dataStart))
  const { __metadata__: metadata = {}, ...tensors } = header
  if (!isRecord(metadata) || Object.values(metadata).some((text) => typeof text !== 'string'))
    fail('__metadata__ must map names to text')
  const entries = Object.entries(tensors).map(([name, entry]) => [name, checkEntry(name, entry)] as const)
  checkLayout(entries, bytes.length - dataStart)
  return { entries, metadata: metadata as Record<string, string>, dataStart }
}

function parseHeader(json: Uint8Array): Record<string, unknown> {
  let header: unknown
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json))
  } catch (error) {
    fail(`the header must be JSON, got ${error instanceof Error ? error.message : String(error)}`)
  }
  return isRecord(header) ? header : fail('the header must be an object of tensors by name')
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

function checkEntry(name: string, entry: unknown): Entry {
  if (!isRecord(entry)) return fail(`the entry of ${name} must be an object`)
  const { dtype, shape, data_offsets: offsets } = entry
  if (typeof dtype !== 'string' || !Object.hasOwn(dtypeNames, dtype)) {
    return fail(
      `the dtype of ${name} must be one of [${Object.keys(dtypeNames).join(', ')}], got ${String(dtype)}`,
    )
  }
  if (!Array.isArray(shape) || !shape.every(isSize))
    return fail(`the shape of ${name} must be a list of sizes, got ${JSON.stringify(shape)}`)
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isSize) || offsets[0] > offsets[1]) {
    return fail(`the data_offsets of ${name} must be a start and an end, got ${JSON.stringify(offsets)}`)
  }
  const needed = numelOf(shape) * dtypes[dtypeNames[dtype as Entry['dtype']]].itemSize
  if (offsets[1] - offsets[0] !== needed) {
    return fail(
      `the data_offsets of ${name} must span the ${needed} bytes of ${dtype} [${shape.join(', ')}], got ${offsets[1] - offsets[0]}`,
    )
  }
  return entry as unknown as Entry
}

/** The tensors must cover the data without gaps and without overlap. */
function checkLayout(entries: readonly (readonly [string, Entry])[], dataBytes: number): void {
  let end = 0
  for (const [
    name,
    {
      data_offsets: [start, stop],
    },
  ] of entries.toSorted(
    ([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1],
  )) {
    if (start < end)
      fail(`tensors must not overlap, got ${name} from byte ${start} where another ends at ${end}`)
    if (start > end)
      fail(
        `tensors must follow each other without gaps, got ${name} from byte ${start} where another ends at ${end}`,
      )
    if (stop > dataBytes)
      fail(
        `${name} must lie within the file, got an end of ${stop} in ${dataBytes} bytes of data. Is it cut off?`,
      )
    end = stop
  }
  if (end !== dataBytes) fail(`the tensors must fill the data, got ${end} of ${dataBytes} bytes`)
}
