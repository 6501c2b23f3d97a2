// A call of an elementwise op before it runs: inputs sorted into tensors and numbers, dtypes promoted, all checked.
import { Complex } from '../complex-number.ts'
import { complexOf, defaultFloatInfo, dtypes, promoteInfos, realOf } from '../dtype.ts'
import type { DTypeInfo } from '../dtype.ts'
import { DTypeError, DeviceError } from '../errors.ts'
import { Tensor } from '../tensor.ts'
import { isComplexOperand } from './complex.ts'
import type { Operandish, PointwiseRecord, PointwiseVariant } from './pointwise-record.ts'
import { combineDtypes, wrappedDtype } from './promotion.ts'
import { FloatScalar, scalarCategory, scalarValue } from './scalar.ts'
import type { Scalar } from './scalar.ts'

/** What a call comes to. */
export interface Prepared {
  tensors: Tensor[]
  variant: PointwiseVariant
  params: (number | bigint)[]
  /** The promoted dtype in which it is computed. */
  common: DTypeInfo
  output: DTypeInfo
}

// Classifies the inputs and promotes: tensors with dims outrank 0-dim tensors, which outrank numbers, within a category.
export function prepare(
  record: PointwiseRecord,
  inputs: readonly Operandish[],
  options: Readonly<Record<string, Scalar | undefined>> | undefined,
  inPlaceName: string | null,
): Prepared {
  const name = inPlaceName ?? record.name
  const tensors: Tensor[] = []
  const params: (number | bigint)[] = []
  let mask = 0
  let pairs = 0
  let dimmed: DTypeInfo | null = null
  let zeroDim: DTypeInfo | null = null
  let wrapped: DTypeInfo | null = null
  for (let i = 0; i < record.arity; i++) {
    const value = inputs[i]
    if (value instanceof Tensor) {
      tensors.push(value)
      if (record.unpromoted & (1 << i)) continue
      const dtype = value.dtypeInfo
      if (value.shape.length > 0)
        dimmed = dimmed === null || dimmed === dtype ? dtype : promoteInfos(dimmed, dtype)
      else zeroDim = zeroDim === null ? dtype : promoteInfos(zeroDim, dtype)
    } else {
      checkScalar(name, value)
      mask |= 1 << i
      if (value instanceof Complex) {
        params.push(value.re, value.im)
        pairs |= 1 << i
      } else params.push(scalarValue(value))
      if (record.unpromoted & (1 << i)) continue
      const dtype = wrappedDtype(scalarCategory(value))
      wrapped = wrapped === null ? dtype : promoteInfos(wrapped, dtype)
    }
  }
  if (tensors.length === 0)
    throw new DTypeError(name, 'at least one input must be a tensor, got only numbers')
  if (tensors.length > 1) checkSameDevice(name, tensors)
  let common = combineDtypes(dimmed, combineDtypes(zeroDim, wrapped))!
  if (record.result === 'complex') common = complexOf(common)
  checkPromoted(record, name, common)
  record.validate?.(name, inputs, options, common)
  if (record.optionNames.length > 0) pairs |= pushOptions(record, name, options, params, common)
  else if (options !== undefined) refuseOptions(record, name, options)
  if (common.component !== null) return prepareComplex(record, inputs, tensors, params, mask, pairs, common)
  if (pairs !== 0)
    throw new DTypeError(
      name,
      `complex numbers need complex tensors, got ${common.name}. Cast them: .to('complex64')`,
    )
  if (record.result === 'float' && common.category !== 'float') common = defaultFloatInfo()
  if (common.itemSize < 4 && common.category !== 'bool')
    narrowInputs(record, tensors, params, common, inPlaceName !== null)
  const output = record.result === 'bool' ? dtypes.bool : common
  return { tensors, variant: record.variant(mask, common.category), params, common, output }
}

// Complex inputs are two operands each.
function prepareComplex(
  record: PointwiseRecord,
  inputs: readonly Operandish[],
  tensors: Tensor[],
  params: (number | bigint)[],
  mask: number,
  scalarPairs: number,
  common: DTypeInfo,
): Prepared {
  let pairs = scalarPairs
  for (let i = 0; i < record.arity; i++) {
    const value = inputs[i]
    if (value instanceof Tensor && isComplexOperand(value)) pairs |= 1 << i
  }
  const variant = record.variant(mask, 'complex', pairs)
  const output =
    record.result === 'bool' ? dtypes.bool : variant.outputs.length === 2 ? common : realOf(common)
  return { tensors, variant, params, common, output }
}

// Kernels of small dtypes compute in 32 bits: what comes from a wider dtype is cast to the small one first, so that
// uint8 sees -1 as 255 and float16 sees 70000 as infinity.
function narrowInputs(
  record: PointwiseRecord,
  tensors: Tensor[],
  params: (number | bigint)[],
  common: DTypeInfo,
  inPlace: boolean,
): void {
  for (let i = inPlace ? 1 : 0; i < tensors.length; i++) {
    const { dtypeInfo } = tensors[i]
    const fits =
      dtypeInfo === common ||
      dtypeInfo.category === 'bool' ||
      record.unpromoted !== 0 ||
      (dtypeInfo.itemSize === 1 && (common.category === 'float' || common.itemSize > 1))
    if (!fits) tensors[i] = tensors[i].to(common.name)
  }
  if (common.category !== 'int' || params.length === 0) return
  const cell = new common.array(new ArrayBuffer(common.itemSize))
  for (let i = 0; i < params.length; i++) {
    cell[0] = Number(params[i]) as never
    params[i] = cell[0]
  }
}

// Options are cast to the dtype of the computation, as C++ casts them: towards zero for integers. Answers which are complex.
function pushOptions(
  record: PointwiseRecord,
  name: string,
  options: Readonly<Record<string, Scalar | undefined>> | undefined,
  params: (number | bigint)[],
  common: DTypeInfo,
): number {
  if (options !== undefined) refuseOptions(record, name, options)
  const whole = record.result !== 'float' && !common.differentiable
  let pairs = 0
  for (let i = 0; i < record.optionNames.length; i++) {
    const option = record.optionNames[i]
    const scalar = options?.[option] ?? record.defaults[option]
    checkScalar(`${name}: ${option}`, scalar)
    if (scalar instanceof Complex) {
      params.push(scalar.re, scalar.im)
      pairs |= 1 << (record.arity + i)
      continue
    }
    const value = scalarValue(scalar)
    params.push(whole && typeof value === 'number' ? Math.trunc(value) : value)
  }
  return pairs
}

function refuseOptions(
  record: PointwiseRecord,
  name: string,
  options: Readonly<Record<string, unknown>>,
): void {
  for (const key in options) {
    if (!record.optionNames.includes(key)) {
      throw new DTypeError(name, `options must be among [${record.optionNames.join(', ')}], got ${key}`)
    }
  }
}

function checkScalar(op: string, value: unknown): asserts value is Scalar {
  const type = typeof value
  if (
    type === 'number' ||
    type === 'bigint' ||
    type === 'boolean' ||
    value instanceof FloatScalar ||
    value instanceof Complex
  )
    return
  throw new DTypeError(
    op,
    `inputs must be tensors or numbers, got ${value === null ? 'null' : Array.isArray(value) ? 'an array' : type}. ` +
      'Make a tensor of it: tensor(...)',
  )
}

function checkPromoted(record: PointwiseRecord, name: string, common: DTypeInfo): void {
  if (record.refuses.includes(common.category) || (common.component !== null && !record.complex)) {
    throw new DTypeError(name, `${common.name} inputs are not supported. Cast them first: .to('float32')`)
  }
}

/**
 * Throws unless all tensors are of one device.
 *
 * @example
 * checkSameDevice('add', [ones([2]), ones([3])]) // => undefined
 */
export function checkSameDevice(op: string, tensors: readonly Tensor[]): void {
  const backend = tensors[0].storage.backend
  for (let i = 1; i < tensors.length; i++) {
    if (tensors[i].storage.backend === backend) continue
    const [first, other] = [tensors[0].device, tensors[i].device]
    throw new DeviceError(
      op,
      first === other
        ? `all tensors must be of one backend, got two that were registered as device '${first}' in turn. ` +
            'Register a backend before tensors are made'
        : `all tensors must be on one device, got ${first} and ${other}. Move one of them: .to('${first}')`,
    )
  }
}
