// Elementwise ops: one expression, and from it the kernels, the promotion, the in-place form.
import { canCast, categoryRank, defaultFloatInfo, dtypes, promoteInfos } from '../dtype.ts'
import type { ComputeType, DTypeCategory, DTypeInfo } from '../dtype.ts'
import type { MapKernel } from '../backend/kernels.ts'
import { input, param } from '../expr/expr.ts'
import type { Expr } from '../expr/expr.ts'
import { DTypeError, DeviceError, ShapeError, check } from '../errors.ts'
import { broadcastPair, formatShape, sameShape } from '../shape/shape.ts'
import { Tensor, newTensor } from '../tensor.ts'
import { autograd, gradState, needsGrad } from './hook.ts'
import { FloatScalar, scalarCategory, scalarValue } from './scalar.ts'
import { checkOverlap } from './overlap.ts'
import type { OverlapRule } from './overlap.ts'
import type { StructuredRecord } from './record.ts'
import type { Scalar } from './scalar.ts'

/** A tensor or a number in its place. */
export type Operandish = Tensor | Scalar

/**
 * How the result's dtype follows from the promoted one: 'same'; 'float' makes integers the default float and
 * computes in it; 'bool' for truth values, computed in the promoted dtype.
 */
export type ResultRule = 'same' | 'float' | 'bool'

/** Builds the expression for one category of compute dtype. */
export type Build = (
  args: readonly Expr[],
  options: Readonly<Record<string, Expr>>,
  category: DTypeCategory,
) => Expr

/** Definition of an elementwise op. */
export class PointwiseRecord {
  readonly name: string
  readonly arity: number
  readonly optionNames: readonly string[]
  readonly defaults: Readonly<Record<string, number>>
  readonly result: ResultRule
  /** Categories that the op refuses, checked on the promoted dtype. */
  readonly refuses: readonly DTypeCategory[]
  readonly gradName: string | undefined
  /** Inputs (by position) that take no part in type promotion, such as the condition of where. */
  readonly unpromoted: number
  readonly validate: Validate | undefined
  readonly overlap: OverlapRule | undefined
  readonly #build: Build
  readonly #variants = new Map<number, PointwiseVariant>()

  constructor(
    name: string,
    arity: number,
    build: Build,
    config: PointwiseConfig<Record<string, number>> = {},
  ) {
    this.name = name
    this.arity = arity
    this.defaults = config.options ?? {}
    this.optionNames = Object.keys(this.defaults)
    this.result = config.result ?? 'same'
    this.refuses = config.refuses ?? []
    this.gradName = config.gradName
    this.validate = config.validate
    this.overlap = config.overlap
    this.unpromoted = (config.unpromoted ?? []).reduce((mask, i) => mask | (1 << i), 0)
    this.#build = build
  }

  /** The expression with the inputs of `scalarMask` given as run-time scalars, for one compute category. */
  variant(scalarMask: number, category: DTypeCategory): PointwiseVariant {
    const key = scalarMask * 3 + categoryRank[category]
    let variant = this.#variants.get(key)
    if (variant === undefined) {
      let tensors = 0
      let scalars = 0
      const args = Array.from({ length: this.arity }, (_, i) =>
        scalarMask & (1 << i) ? param(scalars++) : input(tensors++),
      )
      const options = Object.fromEntries(this.optionNames.map((name, i) => [name, param(scalars + i)]))
      variant = new PointwiseVariant(
        this,
        scalarMask,
        category,
        this.#build(args, options, category),
        tensors,
        scalars + this.optionNames.length,
      )
      this.#variants.set(key, variant)
    }
    return variant
  }
}

/** A pointwise op with its scalar inputs turned into params: what runs, and what autograd differentiates. */
export class PointwiseVariant {
  readonly kind = 'pointwise'
  readonly record: PointwiseRecord
  /** Bit i is set if input i was a number. */
  readonly scalarMask: number
  readonly category: DTypeCategory
  /** input(i) is the i-th tensor; param(i) first the scalar inputs, then the options. */
  readonly expr: Expr
  readonly tensorCount: number
  readonly paramCount: number
  /** Owned by autograd: the derivative, made when first needed. */
  derivative: unknown = null
  readonly #kernels = new Map<number, MapKernel>()

  constructor(
    record: PointwiseRecord,
    scalarMask: number,
    category: DTypeCategory,
    expr: Expr,
    tensorCount: number,
    paramCount: number,
  ) {
    this.record = record
    this.scalarMask = scalarMask
    this.category = category
    this.expr = expr
    this.tensorCount = tensorCount
    this.paramCount = paramCount
  }

  get name(): string {
    return this.record.name
  }

  get gradName(): string | undefined {
    return this.record.gradName
  }

  /** The kernel for these storage dtypes, computing in the compute type of `common`. */
  kernel(tensors: readonly Tensor[], common: DTypeInfo, output: DTypeInfo): MapKernel {
    let key = common.index * 16 + output.index
    for (let i = 0; i < tensors.length; i++) key = key * 16 + tensors[i].dtypeInfo.index
    let kernel = this.#kernels.get(key)
    if (kernel === undefined) {
      kernel = mapKernel(
        this.name,
        tensors.map((t) => t.dtypeInfo),
        this.paramCount,
        common.compute,
        [{ expr: this.expr, dtype: output }],
      )
      this.#kernels.set(key, kernel)
    }
    return kernel
  }
}

let kernelCount = 0
/** The next number of the dense sequence that identifies map and reduce kernels. */
export const nextKernelId = (): number => kernelCount++

/** A new map kernel; keep it, backends cache what they compile by its id. */
export const mapKernel = (
  name: string,
  inputs: readonly DTypeInfo[],
  paramCount: number,
  compute: ComputeType,
  outputs: MapKernel['outputs'],
): MapKernel => ({ kind: 'map', id: nextKernelId(), name, inputs, paramCount, compute, outputs })

/** Further checks of a call, before anything is allocated; `common` is the promoted dtype. */
export type Validate = (
  name: string,
  inputs: readonly Operandish[],
  options: Readonly<Record<string, Scalar | undefined>> | undefined,
  common: DTypeInfo,
) => void

/** Options that every pointwise definition may state. */
export interface PointwiseConfig<O extends Record<string, number>> {
  /** Numeric options with their defaults; they become run-time scalars. */
  options?: O
  result?: ResultRule
  refuses?: readonly DTypeCategory[]
  gradName?: string
  unpromoted?: readonly number[]
  validate?: Validate
  overlap?: OverlapRule
}

/** Numeric options of a call. */
export type NumericOptions<O> = { [K in keyof O]?: Scalar }

/** Runs the op out of place. `inputs` has one entry per input of the record. */
export function applyPointwise(
  record: PointwiseRecord,
  inputs: readonly Operandish[],
  options: Readonly<Record<string, Scalar | undefined>> | undefined,
): Tensor {
  const call = prepare(record, inputs, options, null)
  const { tensors, variant, params, common, output } = call
  let shape = tensors[0].shape
  for (let i = 1; i < tensors.length; i++) shape = broadcastPair(record.name, shape, tensors[i].shape)
  const result = newTensor(tensors[0].storage.backend, output, shape, record.name)
  if (result.elementCount > 0) {
    result.storage.backend.kernels.map(variant.kernel(tensors, common, output), tensors, params, [result])
  }
  if (gradState.enabled && output.category === 'float' && needsGrad(tensors)) {
    autograd(record.name).record(variant, tensors, params, [result])
  }
  return result
}

/** Runs the op into its first input, which it returns. */
export function applyPointwiseInPlace(
  record: PointwiseRecord,
  inputs: readonly Operandish[],
  options: Readonly<Record<string, Scalar | undefined>> | undefined,
): Tensor {
  const name = `${record.name}_`
  const self = inputs[0] as Tensor
  const { tensors, variant, params, common, output } = prepare(record, inputs, options, name)
  let shape = self.shape
  for (let i = 1; i < tensors.length; i++) shape = broadcastPair(name, shape, tensors[i].shape)
  check(
    sameShape(shape, self.shape),
    () =>
      new ShapeError(
        name,
        `the result must have the shape of self, got ${formatShape(shape)} for self of ${formatShape(self.shape)}`,
      ),
  )
  check(
    canCast(output.name, self.dtype),
    () =>
      new DTypeError(
        name,
        `the result type ${output.name} must be castable to that of self, got ${self.dtype}. Use ${record.name} instead`,
      ),
  )
  writeInPlace(name, variant, self, tensors, () => {
    self.storage.backend.kernels.map(variant.kernel(tensors, common, self.dtypeInfo), tensors, params, [self])
  })
  if (needsGrad(tensors)) autograd(name).recordInPlace(variant, tensors, params, self)
  return self
}

/**
 * The shared path of everything that changes `self`: checks with autograd and for overlap, runs `write`, bumps the
 * version. Inputs that share memory with `self` but are another window are what `write` must not see: they are
 * refused, as PyTorch does.
 */
export function writeInPlace(
  name: string,
  op: PointwiseVariant | StructuredRecord,
  self: Tensor,
  inputs: readonly Tensor[],
  write: () => void,
): void {
  if (gradState.hook !== null && (self.autograd !== null || self.base !== null || needsGrad(inputs))) {
    gradState.hook.beforeInPlace(name, self, op, inputs)
  }
  checkOverlap(name, self, inputs, op.kind === 'pointwise' ? op.record.overlap : op.overlap)
  if (self.elementCount > 0) write()
  self.bumpVersion(name)
}

interface Prepared {
  tensors: Tensor[]
  variant: PointwiseVariant
  params: (number | bigint)[]
  /** The promoted dtype in which it is computed. */
  common: DTypeInfo
  output: DTypeInfo
}

// Classifies the inputs and promotes: tensors with dims outrank 0-dim tensors, which outrank numbers, within a category.
function prepare(
  record: PointwiseRecord,
  inputs: readonly Operandish[],
  options: Readonly<Record<string, Scalar | undefined>> | undefined,
  inPlaceName: string | null,
): Prepared {
  const name = inPlaceName ?? record.name
  const tensors: Tensor[] = []
  const params: (number | bigint)[] = []
  let mask = 0
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
      params.push(scalarValue(value))
      if (record.unpromoted & (1 << i)) continue
      const dtype = wrappedDtype(scalarCategory(value))
      wrapped = wrapped === null ? dtype : promoteInfos(wrapped, dtype)
    }
  }
  if (tensors.length === 0)
    throw new DTypeError(name, 'at least one input must be a tensor, got only numbers')
  if (tensors.length > 1) checkSameDevice(name, tensors)
  let common = combine(dimmed, combine(zeroDim, wrapped))!
  checkPromoted(record, name, common)
  record.validate?.(name, inputs, options, common)
  if (record.optionNames.length > 0) pushOptions(record, name, options, params, common)
  else if (options !== undefined) refuseOptions(record, name, options)
  if (record.result === 'float' && common.category !== 'float') common = defaultFloatInfo()
  if (common.itemSize < 4 && common.category !== 'bool')
    narrowInputs(record, tensors, params, common, inPlaceName !== null)
  const output = record.result === 'bool' ? dtypes.bool : common
  return { tensors, variant: record.variant(mask, common.category), params, common, output }
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

const wrappedDtype = (category: DTypeCategory): DTypeInfo =>
  category === 'float' ? defaultFloatInfo() : category === 'int' ? dtypes.int64 : dtypes.bool

// The lower-priority dtype counts only if its category is higher.
function combine(higher: DTypeInfo | null, lower: DTypeInfo | null): DTypeInfo | null {
  if (higher === null || lower === null) return higher ?? lower
  return categoryRank[lower.category] > categoryRank[higher.category] ? promoteInfos(higher, lower) : higher
}

// Options are cast to the dtype of the computation, as C++ casts them: towards zero for integers.
function pushOptions(
  record: PointwiseRecord,
  name: string,
  options: Readonly<Record<string, Scalar | undefined>> | undefined,
  params: (number | bigint)[],
  common: DTypeInfo,
): void {
  if (options !== undefined) refuseOptions(record, name, options)
  const whole = record.result !== 'float' && common.category !== 'float'
  for (const option of record.optionNames) {
    const scalar = options?.[option] ?? record.defaults[option]
    checkScalar(`${name}: ${option}`, scalar)
    const value = scalarValue(scalar)
    params.push(whole && typeof value === 'number' ? Math.trunc(value) : value)
  }
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
  if (type === 'number' || type === 'bigint' || type === 'boolean' || value instanceof FloatScalar) return
  throw new DTypeError(
    op,
    `inputs must be tensors or numbers, got ${value === null ? 'null' : Array.isArray(value) ? 'an array' : type}. ` +
      'Make a tensor of it: tensor(...)',
  )
}

function checkPromoted(record: PointwiseRecord, name: string, common: DTypeInfo): void {
  if (record.refuses.includes(common.category)) {
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
