// WebAssembly opcodes that the generated kernels use, as byte sequences.

/** Value types. */
export const i32 = 0x7f
export const i64 = 0x7e
export const f32 = 0x7d
export const f64 = 0x7c
export const v128 = 0x7b

/** A value type. */
export type ValueType = typeof i32 | typeof i64 | typeof f32 | typeof f64 | typeof v128

/** Unsigned LEB128. */
export function unsigned(value: number): number[] {
  const bytes: number[] = []
  do {
    const low = value % 128
    value = Math.floor(value / 128)
    bytes.push(value === 0 ? low : low | 0x80)
  } while (value !== 0)
  return bytes
}

/** Signed LEB128. */
export function signed(value: number | bigint): number[] {
  if (typeof value === 'number' && value >= -64 && value < 64) return [value & 0x7f]
  let rest = BigInt(value)
  const bytes: number[] = []
  for (;;) {
    const low = Number(rest & 0x7fn)
    rest >>= 7n
    const done = (rest === 0n && (low & 0x40) === 0) || (rest === -1n && (low & 0x40) !== 0)
    bytes.push(done ? low : low | 0x80)
    if (done) return bytes
  }
}

/** A SIMD instruction. */
export const simd = (opcode: number, ...immediates: number[]): number[] => [
  0xfd,
  ...unsigned(opcode),
  ...immediates,
]
/** The immediates of a memory access, unaligned. */
export const at = (offset: number): number[] => [0, ...unsigned(offset)]

export const op = {
  block: [0x02, 0x40],
  loop: [0x03, 0x40],
  if: [0x04, 0x40],
  ifVector: [0x04, 0x7b],
  ifI32: [0x04, 0x7f],
  ifI64: [0x04, 0x7e],
  else: [0x05],
  end: [0x0b],
  return: [0x0f],
  br: (depth: number) => [0x0c, depth],
  brIf: (depth: number) => [0x0d, depth],
  call: (index: number) => [0x10, ...unsigned(index)],
  get: (local: number) => [0x20, ...unsigned(local)],
  set: (local: number) => [0x21, ...unsigned(local)],
  tee: (local: number) => [0x22, ...unsigned(local)],
  load: (offset: number) => [0x28, ...at(offset)],
  i32: {
    const: (value: number) => [0x41, ...signed(value | 0)],
    eqz: [0x45],
    eq: [0x46],
    ne: [0x47],
    ltS: [0x48],
    ltU: [0x49],
    gtS: [0x4a],
    gtU: [0x4b],
    geU: [0x4f],
    add: [0x6a],
    sub: [0x6b],
    mul: [0x6c],
    divS: [0x6d],
    remS: [0x6f],
    and: [0x71],
    or: [0x72],
    shl: [0x74],
    shrS: [0x75],
    shrU: [0x76],
    wrap: [0xa7],
  },
  i64: {
    const: (value: bigint) => [0x42, ...signed(value)],
    eqz: [0x50],
    eq: [0x51],
    ne: [0x52],
    ltS: [0x53],
    gtS: [0x55],
    geU: [0x5a],
    add: [0x7c],
    sub: [0x7d],
    mul: [0x7e],
    divS: [0x7f],
    remS: [0x81],
    and: [0x83],
    shl: [0x86],
    shrS: [0x87],
    shrU: [0x88],
    extendI32: [0xac],
    extendI32U: [0xad],
    truncSatF32: [0xfc, 4],
    truncSatF64: [0xfc, 6],
  },
  f32: { lt: [0x5d], convertI64: [0xb4], demote: [0xb6] },
  f64: { lt: [0x63], convertI64: [0xb9], promote: [0xbb] },
  select: [0x1b],
} as const

/** Lane-wise instructions by name and number of the SIMD opcode. */
export const lane = {
  load: 0,
  load8Splat: 7,
  load16Splat: 8,
  load32Splat: 9,
  load64Splat: 10,
  store: 11,
  shuffle: 13,
  i32Splat: 17,
  i64Splat: 18,
  f32Splat: 19,
  f64Splat: 20,
  i32Extract: 27,
  i32Replace: 28,
  i64Extract: 29,
  i64Replace: 30,
  f32Extract: 31,
  f32Replace: 32,
  f64Extract: 33,
  f64Replace: 34,
  not: 77,
  and: 78,
  andNot: 79,
  or: 80,
  xor: 81,
  bitSelect: 82,
  anyTrue: 83,
  load8Lane: 84,
  load16Lane: 85,
  load32Lane: 86,
  load64Lane: 87,
  store8Lane: 88,
  store16Lane: 89,
  store32Lane: 90,
  store64Lane: 91,
  load32Zero: 92,
  load64Zero: 93,
  demote: 94,
  promote: 95,
  i16ExtendLowI8: 135,
  i16ExtendLowU8: 137,
  i32ExtendLowI16: 167,
  i32ExtendLowU16: 169,
  i64ExtendLowI32: 199,
  i64ExtendHighI32: 200,
  truncSatF32: 248,
  convertI32ToF32: 250,
  truncSatF64: 252,
  convertLowI32ToF64: 254,
  madd32: 261,
  madd64: 263,
} as const

interface FloatOpcodes {
  readonly [name: string]: number
}

/** Opcodes of f32x4 and f64x2 by the same names. */
export const floatLane = {
  f32: {
    ceil: 103,
    floor: 104,
    trunc: 105,
    nearest: 106,
    abs: 224,
    neg: 225,
    sqrt: 227,
    add: 228,
    sub: 229,
    mul: 230,
    div: 231,
    min: 232,
    max: 233,
    pmin: 234,
    pmax: 235,
    eq: 65,
    ne: 66,
    lt: 67,
    gt: 68,
    le: 69,
    ge: 70,
  },
  f64: {
    ceil: 116,
    floor: 117,
    trunc: 122,
    nearest: 148,
    abs: 236,
    neg: 237,
    sqrt: 239,
    add: 240,
    sub: 241,
    mul: 242,
    div: 243,
    min: 244,
    max: 245,
    pmin: 246,
    pmax: 247,
    eq: 71,
    ne: 72,
    lt: 73,
    gt: 74,
    le: 75,
    ge: 76,
  },
} as const satisfies Record<string, FloatOpcodes>

/** Opcodes of i32x4 and i64x2 by the same names. */
export const intLane = {
  i32: {
    abs: 160,
    neg: 161,
    shl: 171,
    shrS: 172,
    shrU: 173,
    add: 174,
    sub: 177,
    mul: 181,
    eq: 55,
    ne: 56,
    lt: 57,
    gt: 59,
    le: 61,
    ge: 63,
  },
  i64: {
    abs: 192,
    neg: 193,
    shl: 203,
    shrS: 204,
    shrU: 205,
    add: 206,
    sub: 209,
    mul: 213,
    eq: 214,
    ne: 215,
    lt: 216,
    gt: 217,
    le: 218,
    ge: 219,
  },
} as const
