// safetensors: round trips, the exact layout, and what corrupt files say.
import '@tt/backend-cpu'
import { describe, expect, test } from '@jest/globals'
import { tensor, zeros } from '@tt/autograd'
import type { DType } from '@tt/autograd'
import { Linear, loadSafetensors, safetensorsMetadata, saveSafetensors } from '@tt/nn'

/** A file with this header; the length is that of the header unless it is given. */
function file(header: unknown, dataBytes = 0, length?: number): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header))
  const bytes = new Uint8Array(8 + json.length + dataBytes)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length ?? json.length), true)
  bytes.set(json, 8)
  return bytes
}
const entry = (over: object) => ({ w: { dtype: 'F32', shape: [2], data_offsets: [0, 8], ...over } })

describe('round trip', () => {
  test.each([
    'float32',
    'float64',
    'float16',
    'bfloat16',
    'int64',
    'int32',
    'int16',
    'int8',
    'uint8',
    'bool',
    'complex64',
  ] as DType[])('%s', (dtype) => {
    const state = {
      'a.b': tensor([
        [0, 1, 1],
        [1, 0, 1],
      ]).to(dtype),
      scalar: tensor(1).to(dtype),
      none: zeros([0, 3], { dtype }),
    }
    const loaded = loadSafetensors(saveSafetensors(state))
    expect(Object.keys(loaded).toSorted()).toEqual(['a.b', 'none', 'scalar'])
    for (const [name, value] of Object.entries(state)) {
      expect([loaded[name].dtype, loaded[name].shape, loaded[name].tolist()]).toEqual([
        dtype,
        value.shape,
        value.tolist(),
      ])
    }
  })

  test('complex128 is not in the format', () => {
    expect(() => saveSafetensors({ w: zeros([1], { dtype: 'complex128' }) })).toThrow(
      'saveSafetensors: the dtype of w must be one of',
    )
  })

  test('of a module, with metadata, from an odd place in memory', () => {
    const [a, b] = [new Linear(3, 2), new Linear(3, 2)]
    const bytes = saveSafetensors(a.stateDict(), { metadata: { format: 'pt' } })
    const shifted = new Uint8Array(bytes.length + 3)
    shifted.set(bytes, 3)
    b.loadStateDict(loadSafetensors(shifted.subarray(3)))
    expect(b.weight.tolist()).toEqual(a.weight.tolist())
    expect(safetensorsMetadata(bytes)).toEqual({ format: 'pt' })
  })

  test('is laid out as the reference implementation does: larger elements first, the header a multiple of 8', () => {
    const bytes = saveSafetensors({ b: tensor([1]), a: tensor([1]), c: tensor([1n]) })
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true))
    expect(length % 8).toBe(0)
    expect(JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)))).toEqual({
      c: { dtype: 'I64', shape: [1], data_offsets: [0, 8] },
      a: { dtype: 'F32', shape: [1], data_offsets: [8, 12] },
      b: { dtype: 'F32', shape: [1], data_offsets: [12, 16] },
    })
    expect(bytes).toHaveLength(8 + length + 16)
  })

  test('writes the elements of views, not their memory', () => {
    const view = tensor([
      [1, 2],
      [3, 4],
    ]).t()
    expect(loadSafetensors(saveSafetensors({ view })).view.tolist()).toEqual([
      [1, 3],
      [2, 4],
    ])
  })

  test('names that objects have already are names', () => {
    const loaded = loadSafetensors(file('{"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}', 1))
    expect(Object.keys(loaded)).toEqual(['__proto__'])
  })
})

describe('corrupt files', () => {
  test.each<[string, Uint8Array, string]>([
    ['too short', new Uint8Array(7), 'loadSafetensors: a file must have at least 8 bytes, got 7.'],
    [
      'a huge header',
      file({}, 0, 2 ** 40),
      'loadSafetensors: the header must have at most 100000000 bytes, got 1099511627776. Is it a safetensors file?',
    ],
    [
      'cut off in the header',
      file({}, 0, 99),
      'loadSafetensors: the header must lie within the file, got 99 bytes in a file of 10. Is it cut off?',
    ],
    ['no JSON', file('{"w":'), 'loadSafetensors: the header must be JSON, got '],
    ['no UTF-8', file('').fill(0xff, 8), 'loadSafetensors: the header must be JSON, got '],
    ['no object', file([1]), 'loadSafetensors: the header must be an object of tensors by name.'],
    ['no entry', file({ w: 1 }), 'loadSafetensors: the entry of w must be an object.'],
    [
      'an unknown dtype',
      file(entry({ dtype: 'F8' }), 8),
      'loadSafetensors: the dtype of w must be one of [C64, F64, F32, F16, BF16, I64, I32, I16, I8, U8, BOOL], got F8.',
    ],
    ['a dtype of every object', file(entry({ dtype: 'toString' }), 8), 'got toString.'],
    [
      'a negative size',
      file(entry({ shape: [-2] }), 8),
      'loadSafetensors: the shape of w must be a list of sizes, got [-2].',
    ],
    [
      'offsets that are none',
      file(entry({ data_offsets: [8, 0] }), 8),
      'loadSafetensors: the data_offsets of w must be a start and an end, got [8,0].',
    ],
    [
      'too few bytes',
      file(entry({ data_offsets: [0, 4] }), 4),
      'loadSafetensors: the data_offsets of w must span the 8 bytes of F32 [2], got 4.',
    ],
    [
      'beyond the file',
      file(entry({}), 4),
      'loadSafetensors: w must lie within the file, got an end of 8 in 4 bytes of data. Is it cut off?',
    ],
    [
      'too much data',
      file(entry({}), 12),
      'loadSafetensors: the tensors must fill the data, got 8 of 12 bytes.',
    ],
    [
      'overlap',
      file({ ...entry({}), v: { dtype: 'F32', shape: [2], data_offsets: [4, 12] } }, 12),
      'loadSafetensors: tensors must not overlap, got v from byte 4 where another ends at 8.',
    ],
    [
      'a gap',
      file(entry({ data_offsets: [4, 12] }), 12),
      'loadSafetensors: tensors must follow each other without gaps, got w from byte 4 where another ends at 0.',
    ],
    [
      'metadata that is none',
      file({ __metadata__: { a: 1 } }),
      'loadSafetensors: __metadata__ must map names to text.',
    ],
  ])('%s', (_title, bytes, message) => {
    expect(() => loadSafetensors(bytes)).toThrow(message)
    expect(() => loadSafetensors(bytes)).toThrow(
      expect.objectContaining({ name: 'FormatError' }) as unknown as Error,
    )
  })
})
