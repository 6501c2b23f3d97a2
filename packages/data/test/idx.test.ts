// The idx reader and the Mnist dataset.
import '@tt/backend-cpu'
import { describe, expect, test } from '@jest/globals'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { FormatError, tensor } from '@tt/tensor'
import { DataLoader, Mnist, parseIdx, readIdx } from '@tt/data'

const bytesOf = (...parts: (number | number[])[]): Uint8Array<ArrayBuffer> => Uint8Array.from(parts.flat())
const size = (n: number): number[] => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255]
const ramp = (n: number): number[] => Array.from({ length: n }, (_, i) => i)
const images = bytesOf(0, 0, 8, 3, size(2), size(2), size(3), ramp(12))
const labels = bytesOf(0, 0, 8, 1, size(2), 7, 9)

function bigEndian(
  code: number,
  values: number[],
  itemSize: number,
  write: (view: DataView, at: number, value: number) => void,
) {
  const bytes = new Uint8Array(8 + itemSize * values.length)
  bytes.set([0, 0, code, 1, ...size(values.length)])
  const view = new DataView(bytes.buffer)
  values.forEach((value, i) => write(view, 8 + itemSize * i, value))
  return bytes
}

describe('parseIdx', () => {
  test('reads bytes and shape', () => {
    expect(parseIdx(images)).toEqual({ dtype: 'uint8', shape: [2, 2, 3], data: Uint8Array.from(ramp(12)) })
    expect(parseIdx(Uint8Array.of(9, ...labels).subarray(1)).data).toEqual(Uint8Array.of(7, 9))
    expect(parseIdx(bytesOf(0, 0, 8, 2, size(0), size(5))).shape).toEqual([0, 5])
  })

  test.each([
    ['int8', 9, 1, (v: DataView, at: number, x: number) => v.setInt8(at, x)],
    ['int16', 11, 2, (v: DataView, at: number, x: number) => v.setInt16(at, x)],
    ['int32', 12, 4, (v: DataView, at: number, x: number) => v.setInt32(at, x)],
    ['float32', 13, 4, (v: DataView, at: number, x: number) => v.setFloat32(at, x)],
    ['float64', 14, 8, (v: DataView, at: number, x: number) => v.setFloat64(at, x)],
  ] as const)('reads %s', async (dtype, code, itemSize, write) => {
    const result = await readIdx(bigEndian(code, [-3, 100, 5], itemSize, write))
    expect(result.dtype).toBe(dtype)
    expect(result.tolist()).toEqual([-3, 100, 5])
  })

  test.each([
    ['an empty file', bytesOf(), 'parseIdx: an idx file has at least 4 bytes, got 0.'],
    ['another magic', bytesOf(0, 1, 8, 1, size(0)), 'got 0, 1, 8, 1.'],
    [
      'another type',
      bytesOf(0, 0, 10, 1, size(0)),
      'the magic number must be 0, 0, a type (8, 9, 11, 12, 13 or 14)',
    ],
    [
      'half a header',
      bytesOf(0, 0, 8, 3, size(2)),
      'the header of 3 dims must have 16 bytes, got a file of 8. Is it cut off?',
    ],
    [
      'missing bytes',
      images.subarray(0, 20),
      'a file of uint8 elements and shape [2, 2, 3] must have 28 bytes, got 20. Is it cut off?',
    ],
    [
      'bytes after the end',
      bytesOf([...labels], 0),
      'must have 10 bytes, got 11. Something follows the last element.',
    ],
    ['sizes that overflow', bytesOf(0, 0, 8, 4, ...Array(4).fill(size(0xffffffff)).flat()), 'Is it cut off?'],
    ['a gzip file', new Uint8Array(gzipSync(labels)), 'This is a gzip file: await readIdx(bytes) unpacks it'],
  ])('refuses %s', (_, bytes, message) => {
    expect(() => parseIdx(bytes)).toThrow(FormatError)
    expect(() => parseIdx(bytes)).toThrow(message)
  })
})

describe('readIdx', () => {
  test('reads paths and URLs, packed or not', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'idx-'))
    try {
      const path = join(folder, 'labels.gz')
      writeFileSync(path, gzipSync(labels))
      expect((await readIdx(path)).tolist()).toEqual([7, 9])
      expect((await readIdx(pathToFileURL(path))).tolist()).toEqual([7, 9])
      expect((await readIdx(String(pathToFileURL(path)))).dtype).toBe('uint8')
      expect((await readIdx(`data:,${'%00%00%08%01%00%00%00%01%05'}`)).tolist()).toEqual([5])
      await expect(readIdx(join(folder, 'nothing'))).rejects.toThrow('ENOENT')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test('refuses half a gzip file', async () => {
    const half = new Uint8Array(gzipSync(images)).subarray(0, 20)
    await expect(readIdx(half)).rejects.toThrow(
      'gunzip: the bytes must be a complete gzip file, got 20 bytes',
    )
  })
})

describe('Mnist', () => {
  test('gives float images in 0..1 and int64 labels', async () => {
    const dataset = await Mnist.fromFiles(images, labels)
    const [image, label] = dataset.get(1)
    expect([image.shape, image.dtype, label.dtype, label.item()]).toEqual([[1, 2, 3], 'float32', 'int64', 9])
    expect(image.at(0, 1, 2).item()).toBeCloseTo(11 / 255)
    const [[x, y]] = new DataLoader(dataset, { batchSize: 2 })
    expect([x.shape, y.tolist()]).toEqual([
      [2, 1, 2, 3],
      [7, 9],
    ])
    expect(x.select(0, 1).tolist()).toEqual(image.tolist())
    expect(dataset.data.dtype).toBe('uint8')
  })

  test('normalises', async () => {
    const { mean, std } = Mnist.statistics
    const [image] = (await Mnist.fromFiles(images, labels, { normalize: { mean, std } })).get(0)
    expect(image.at(0, 0, 1).item()).toBeCloseTo((1 / 255 - mean) / std, 5)
  })

  test('refuses files that do not fit', async () => {
    await expect(Mnist.fromFiles(labels, images)).rejects.toThrow(
      'Mnist: the images must be uint8 [N, height, width], got uint8 [2]. Are the files swapped?',
    )
    expect(() => new Mnist(tensor(Uint8Array.of(1, 2)).reshape([1, 1, 2]), tensor([1n, 2n]))).toThrow(
      'Mnist: the labels must be integers [1], one per image, got int64 [2].',
    )
  })
})
