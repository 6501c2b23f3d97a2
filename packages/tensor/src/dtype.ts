// Element types: their sizes, host arrays and PyTorch's promotion rules.

/** Element types of real numbers: those that backends store and compute with. */
export type RealDType =
  | 'uint8'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'float16'
  | 'bfloat16'
  | 'float32'
  | 'float64'
  | 'bool'

/** Element types of complex numbers: pairs of a float type, the real part first. */
export type ComplexDType = 'complex64' | 'complex128'

/** Element types that exist. */
export type DType = RealDType | ComplexDType

/** The number type in which a kernel computes: half types in f32, small integers and bool in i32; complex ones, that of their parts. */
export type ComputeType = 'f32' | 'f64' | 'i32' | 'i64'

/** Category of a dtype, in rising order of promotion. */
export type DTypeCategory = 'bool' | 'int' | 'float' | 'complex'

/** Host arrays that hold elements; bool is bytes, the half types are their bits, complex ones two entries each. */
export type HostArray =
  | Uint8Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint16Array
  | Float32Array
  | Float64Array

/** What is known of a dtype. One object per dtype, compared by identity. */
export interface DTypeInfo {
  readonly name: DType
  /** Dense number 0 to 11, for small integer keys. */
  readonly index: number
  /** Bytes of one element. */
  readonly itemSize: number
  readonly category: DTypeCategory
  readonly compute: ComputeType
  readonly array: new (buffer: ArrayBufferLike, byteOffset?: number, length?: number) => HostArray
  readonly min: number | bigint
  readonly max: number | bigint
  /** Of a complex dtype: the float dtype of its real and imaginary parts; null for all others. */
  readonly component: DTypeInfo | null
  /** Whether tensors of it can carry gradients: floating-point and complex ones. */
  readonly differentiable: boolean
}

const info = (
  name: DType,
  index: number,
  itemSize: number,
  category: DTypeCategory,
  compute: ComputeType,
  array: DTypeInfo['array'],
  min: number | bigint,
  max: number | bigint,
): DTypeInfo => ({
  name,
  index,
  itemSize,
  category,
  compute,
  array,
  min,
  max,
  component: null,
  differentiable: category === 'float',
})
const pairOf = (name: ComplexDType, index: number, component: DTypeInfo): DTypeInfo => ({
  ...component,
  name,
  index,
  itemSize: 2 * component.itemSize,
  category: 'complex',
  component,
})

const float32 = info(
  'float32',
  8,
  4,
  'float',
  'f32',
  Float32Array,
  -3.4028234663852886e38,
  3.4028234663852886e38,
)
const float64 = info('float64', 9, 8, 'float', 'f64', Float64Array, -Number.MAX_VALUE, Number.MAX_VALUE)

/** The table of dtypes, by name. @example dtypes.float16.itemSize // => 2 */
export const dtypes: Readonly<Record<DType, DTypeInfo>> = {
  bool: info('bool', 0, 1, 'bool', 'i32', Uint8Array, 0, 1),
  uint8: info('uint8', 1, 1, 'int', 'i32', Uint8Array, 0, 255),
  int8: info('int8', 2, 1, 'int', 'i32', Int8Array, -128, 127),
  int16: info('int16', 3, 2, 'int', 'i32', Int16Array, -32768, 32767),
  int32: info('int32', 4, 4, 'int', 'i32', Int32Array, -2147483648, 2147483647),
  int64: info('int64', 5, 8, 'int', 'i64', BigInt64Array, -(2n ** 63n), 2n ** 63n - 1n),
  float16: info('float16', 6, 2, 'float', 'f32', Uint16Array, -65504, 65504),
  bfloat16: info(
    'bfloat16',
    7,
    2,
    'float',
    'f32',
    Uint16Array,
    -3.3895313892515355e38,
    3.3895313892515355e38,
  ),
  float32,
  float64,
  complex64: pairOf('complex64', 10, float32),
  complex128: pairOf('complex128', 11, float64),
}

/**
 * The infos in order of their index.
 *
 * @example
 * dtypeList.map(({ name }) => name) // => ['bool', 'uint8', 'int8', 'int16', 'int32', 'int64', 'float16', 'bfloat16', 'float32', 'float64', 'complex64', 'complex128']
 */
export const dtypeList: readonly DTypeInfo[] = Object.values(dtypes).sort((a, b) => a.index - b.index)

/**
 * Rank of a category in promotion: bool, then int, then float, then complex.
 *
 * @example
 * categoryRank.float > categoryRank.int // => true
 */
export const categoryRank: Readonly<Record<DTypeCategory, number>> = {
  bool: 0,
  int: 1,
  float: 2,
  complex: 3,
}

// Promotion of two dtypes of tensors, by index; uint8 with a signed type gives the next larger signed type.
const promotion: readonly DTypeInfo[][] = dtypeList.map((a) => dtypeList.map((b) => promotePair(a, b)))

/**
 * The dtype to which both promote, as torch.promote_types.
 *
 * @example
 * promoteInfos(dtypes.uint8, dtypes.int8).name // => 'int16'
 */
export const promoteInfos = (a: DTypeInfo, b: DTypeInfo): DTypeInfo => promotion[a.index][b.index]

/**
 * The smallest dtype to which both can be cast without loss of category or range.
 *
 * @example
 * promoteTypes('uint8', 'int8')    // => 'int16'
 * promoteTypes('int64', 'float16') // => 'float16'
 * @see torch.promote_types
 */
export const promoteTypes = (a: DType, b: DType): DType => promoteInfos(dtypes[a], dtypes[b]).name

/**
 * Whether PyTorch lets a value of dtype `from` be written into a tensor of dtype `to` by an in-place op:
 * never from complex to real, from float to integer, nor from number to bool.
 *
 * @example
 * canCast('int64', 'float32') // => true
 * canCast('float32', 'int64') // => false
 * @see torch.can_cast
 */
export const canCast = (from: DType, to: DType): boolean =>
  categoryRank[dtypes[from].category] <= categoryRank[dtypes[to].category]

/** Whether the dtype is a floating-point one; complex ones are not. @example isFloatingPoint('bfloat16') // => true */
export const isFloatingPoint = (dtype: DType): boolean => dtypes[dtype].category === 'float'

/**
 * The complex dtype whose parts hold a real dtype: complex128 for float64, complex64 for all others.
 *
 * @example
 * complexOf(dtypes.float64).name // => 'complex128'
 */
export const complexOf = (real: DTypeInfo): DTypeInfo =>
  real.component !== null ? real : real === dtypes.float64 ? dtypes.complex128 : dtypes.complex64

/** The dtype of the parts of a complex dtype; a real one is its own. @example realOf(dtypes.complex64).name // => 'float32' */
export const realOf = (dtype: DTypeInfo): DTypeInfo => dtype.component ?? dtype

let defaultFloat: DTypeInfo = dtypes.float32

/**
 * The dtype of floating-point numbers when none is given; float32 at first.
 *
 * @example
 * getDefaultDtype() // => 'float32'
 * @see torch.get_default_dtype
 */
export const getDefaultDtype = (): DType => defaultFloat.name
/** The default float dtype's info. @example defaultFloatInfo().name // => 'float32' */
export const defaultFloatInfo = (): DTypeInfo => defaultFloat
/**
 * Sets the dtype of floating-point numbers when none is given.
 *
 * @throws TypeError if `dtype` is not a floating-point one
 * @example
 * setDefaultDtype('float64')
 * tensor([0.5]).dtype // => 'float64'
 * setDefaultDtype('float32')
 * @see torch.set_default_dtype
 */
export function setDefaultDtype(dtype: DType): void {
  if (!isFloatingPoint(dtype))
    throw new TypeError(`setDefaultDtype: dtype must be floating-point, got ${dtype}.`)
  defaultFloat = dtypes[dtype]
}

function promotePair(a: DTypeInfo, b: DTypeInfo): DTypeInfo {
  if (a === b) return a
  if (a.component !== null || b.component !== null) return promoteComplex(a, b)
  if (a.category !== b.category) return categoryRank[a.category] > categoryRank[b.category] ? a : b
  if (a.category === 'float') {
    if (a.itemSize === b.itemSize) return dtypes.float32 // float16 with bfloat16
    return a.itemSize > b.itemSize ? a : b
  }
  const [unsigned, signed] = a.name === 'uint8' ? [a, b] : b.name === 'uint8' ? [b, a] : [null, null]
  if (unsigned && signed) return signed.itemSize > 1 ? signed : dtypes.int16
  return a.itemSize > b.itemSize ? a : b
}

function promoteComplex(a: DTypeInfo, b: DTypeInfo): DTypeInfo {
  return a.compute === 'f64' || b.compute === 'f64' ? dtypes.complex128 : dtypes.complex64
}
