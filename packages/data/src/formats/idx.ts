// The idx format of MNIST: two zero bytes, a type, the number of dims, their sizes, then elements, all big-endian.
import { readBytes } from '#platform'
import { check, FormatError, tensor } from '@tt/tensor'
import type { DType, Tensor } from '@tt/tensor'
import { gunzip, isGzip } from './gzip.ts'

type IdxArray = Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array

/** The content of an idx file. */
export interface IdxFile {
  readonly dtype: DType
  readonly shape: readonly number[]
  /** The elements, row-major; bytes are a window on the file, not a copy. */
  readonly data: IdxArray
}

/**
 * Reads the bytes of an idx file.
 *
 * @throws FormatError if the magic number is wrong, or there are fewer or more bytes than the shape needs
 * @example
 * const { dtype, shape, data } = parseIdx(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 7, 9))
 * [dtype, shape[0], data[1]] // => ['uint8', 2, 9]
 * @see http://yann.lecun.com/exdb/mnist
 */
export function parseIdx(bytes: Uint8Array): IdxFile {
  check(
    bytes.length >= 4,
    () => new FormatError('parseIdx', `an idx file has at least 4 bytes, got ${bytes.length}`),
  )
  const [zero, nought, code, dims] = bytes
  const kind = kinds[code]
  check(
    zero === 0 && nought === 0 && kind !== undefined,
    () =>
      new FormatError(
        'parseIdx',
        'the magic number must be 0, 0, a type (8, 9, 11, 12, 13 or 14) and the number of dims, got ' +
          `${[...bytes.subarray(0, 4)].join(', ')}${isGzip(bytes) ? '. This is a gzip file: await readIdx(bytes) unpacks it' : ''}`,
      ),
  )
  const start = 4 + 4 * dims
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  check(
    bytes.length >= start,
    () =>
      new FormatError(
        'parseIdx',
        `the header of ${dims} dims must have ${start} bytes, got a file of ${bytes.length}. Is it cut off?`,
      ),
  )
  const shape = Array.from({ length: dims }, (_, dim) => view.getUint32(4 + 4 * dim))
  const count = shape.reduce((product, size) => product * size, 1)
  const expected = start + count * kind.itemSize
  check(
    bytes.length === expected,
    () =>
      new FormatError(
        'parseIdx',
        `a file of ${kind.dtype} elements and shape [${shape.join(', ')}] must have ${expected} bytes, got ${bytes.length}. ` +
          (bytes.length < expected ? 'Is it cut off?' : 'Something follows the last element.'),
      ),
  )
  return { dtype: kind.dtype, shape, data: kind.read(view, start, count) }
}

/**
 * The tensor in an idx file, which may be packed by gzip.
 *
 * @param source bytes, a URL, or, in Node, a path
 * @returns a tensor of the file's type (uint8, int8, int16, int32, float32 or float64) and shape
 * @throws FormatError if the bytes are not what the format says
 * @example
 * (await readIdx(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 7, 9))).tolist() // => [7, 9]
 */
export async function readIdx(source: string | URL | Uint8Array<ArrayBuffer>): Promise<Tensor> {
  const bytes = source instanceof Uint8Array ? source : await readBytes(source)
  const { data, shape } = parseIdx(isGzip(bytes) ? await gunzip(bytes) : bytes)
  return tensor(data).reshape(shape)
}

interface IdxKind {
  readonly dtype: DType
  readonly itemSize: number
  read(view: DataView, start: number, count: number): IdxArray
}

const kinds: Readonly<Record<number, IdxKind | undefined>> = {
  0x08: {
    dtype: 'uint8',
    itemSize: 1,
    read: (view, start, n) => new Uint8Array(view.buffer, view.byteOffset + start, n),
  },
  0x09: {
    dtype: 'int8',
    itemSize: 1,
    read: (view, start, n) => new Int8Array(view.buffer, view.byteOffset + start, n),
  },
  0x0b: {
    dtype: 'int16',
    itemSize: 2,
    read: (view, start, n) => Int16Array.from({ length: n }, (_, i) => view.getInt16(start + 2 * i)),
  },
  0x0c: {
    dtype: 'int32',
    itemSize: 4,
    read: (view, start, n) => Int32Array.from({ length: n }, (_, i) => view.getInt32(start + 4 * i)),
  },
  0x0d: {
    dtype: 'float32',
    itemSize: 4,
    read: (view, start, n) => Float32Array.from({ length: n }, (_, i) => view.getFloat32(start + 4 * i)),
  },
  0x0e: {
    dtype: 'float64',
    itemSize: 8,
    read: (view, start, n) => Float64Array.from({ length: n }, (_, i) => view.getFloat64(start + 8 * i)),
  },
}
