// What an elementwise op is: an expression for each category of dtypes, and from it the kernels.
import { categoryRank, realOf } from '../dtype.ts'
import type { ComputeType, DTypeCategory, DTypeInfo } from '../dtype.ts'
import type { KernelScalar, MapKernel } from '../backend/kernels.ts'
import { ComplexExpr } from '../expr/complex.ts'
import { constant, input, param } from '../expr/expr.ts'
import type { Expr } from '../expr/expr.ts'
import type { Tensor } from '../tensor.ts'
import { partsOf } from './complex.ts'
import type { OverlapRule } from './overlap.ts'
import type { Scalar } from './scalar.ts'

/** A tensor or a number in its place. */
export type Operandish = Tensor | Scalar

/**
 * How the result's dtype follows from the promoted one: 'same'; 'float' makes integers the default float and
 * computes in it; 'bool' for truth values, computed in the promoted dtype; 'complex' computes in the complex dtype of
 * the promoted one. What is computed of complex numbers and is real has the dtype of their parts.
 */
export type ResultRule = 'same' | 'float' | 'bool' | 'complex'

/** Builds the expression for one category of compute dtype. */
export type Build = (
  args: readonly Expr[],
  options: Readonly<Record<string, Expr>>,
  category: DTypeCategory,
) => Expr

/** Builds the expression for complex numbers; what is real among the inputs counts as complex, options stay real. */
export type ComplexBuild = (
  args: readonly ComplexExpr[],
  options: Readonly<Record<string, ComplexExpr | Expr>>,
) => ComplexExpr | Expr

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
  /** Whether it takes complex tensors. */
  readonly complex: boolean
  readonly #build: Build
  readonly #buildComplex: ComplexBuild | null
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
    this.complex = config.complex !== undefined
    // ComplexExpr has the methods of Expr that such an op may use
    this.#buildComplex =
      config.complex === true ? (build as unknown as ComplexBuild) : (config.complex ?? null)
  }

  /**
   * The expression with the inputs of `scalarMask` given as run-time scalars, for one compute category. Of the inputs, and
   * of the options after them, those of `pairMask` are complex.
   */
  variant(scalarMask: number, category: DTypeCategory, pairMask = 0): PointwiseVariant {
    const key = ((pairMask << this.arity) | scalarMask) * 4 + categoryRank[category]
    let variant = this.#variants.get(key)
    if (variant === undefined) {
      variant = this.#makeVariant(scalarMask, category, pairMask)
      this.#variants.set(key, variant)
    }
    return variant
  }

  #makeVariant(scalarMask: number, category: DTypeCategory, pairMask: number): PointwiseVariant {
    let operands = 0
    let scalars = 0
    let pairs = 0 // by tensor
    let tensors = 0
    const args: ComplexExpr[] = []
    for (let i = 0; i < this.arity; i++) {
      const pair = (pairMask & (1 << i)) !== 0
      const next = scalarMask & (1 << i) ? () => param(scalars++) : () => input(operands++)
      args.push(new ComplexExpr(next(), pair ? next() : 0))
      if (scalarMask & (1 << i)) continue
      if (pair) pairs |= 1 << tensors
      tensors++
    }
    const optionAt = (i: number) =>
      pairMask & (1 << (this.arity + i))
        ? new ComplexExpr(param(scalars++), param(scalars++))
        : param(scalars++)
    const options = Object.fromEntries(this.optionNames.map((name, i) => [name, optionAt(i)]))
    const value =
      category === 'complex'
        ? this.#buildComplex!(args, options)
        : this.#build(
            args.map(({ re }) => re),
            options as Record<string, Expr>,
            category,
          )
    const outputs = value instanceof ComplexExpr ? [value.re, value.im] : [value]
    const parameters = { args, options, tensorCount: tensors, paramCount: scalars, pairs }
    return new PointwiseVariant(this, scalarMask, category, outputs, parameters)
  }
}

type VariantParameters = Pick<PointwiseVariant, 'args' | 'options' | 'tensorCount' | 'paramCount' | 'pairs'>

/** A pointwise op with its scalar inputs turned into params: what runs, and what autograd differentiates. */
export class PointwiseVariant {
  readonly kind = 'pointwise'
  readonly record: PointwiseRecord
  /** Bit i is set if input i was a number. */
  readonly scalarMask: number
  readonly category: DTypeCategory
  /** input(i) is the i-th tensor; param(i) first the scalar inputs, then the options. Complex ones count twice. */
  readonly expr: Expr
  /** `expr` alone, or the real and the imaginary part. */
  readonly outputs: readonly Expr[]
  readonly tensorCount: number
  readonly paramCount: number
  /** Bit i is set if the i-th tensor is complex. */
  readonly pairs: number
  /** The inputs in the order of the op, and its options: what the expression was built of. */
  readonly args: readonly ComplexExpr[]
  readonly options: Readonly<Record<string, ComplexExpr | Expr>>
  /** Owned by autograd: the derivative, made when first needed. */
  derivative: unknown = null
  readonly #kernels = new Map<number, MapKernel>()

  constructor(
    record: PointwiseRecord,
    scalarMask: number,
    category: DTypeCategory,
    outputs: readonly Expr[],
    { args, options, tensorCount, paramCount, pairs }: VariantParameters,
  ) {
    this.record = record
    this.scalarMask = scalarMask
    this.category = category
    this.expr = outputs[0]
    this.outputs = outputs
    this.tensorCount = tensorCount
    this.paramCount = paramCount
    this.pairs = pairs
    this.args = args
    this.options = options
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
      const dtype = realOf(output)
      const outputs = this.outputs.map((expr) => ({ expr, dtype }))
      if (output !== dtype && outputs.length === 1) outputs.push({ expr: constant(0), dtype }) // real, stored as complex
      kernel = mapKernel(
        this.name,
        tensors.flatMap(({ dtypeInfo: { component }, dtypeInfo }) =>
          component === null ? [dtypeInfo] : [component, component],
        ),
        this.paramCount,
        common.compute,
        outputs,
      )
      this.#kernels.set(key, kernel)
    }
    return kernel
  }

  /** Runs the kernel into `target`, which has elements. */
  run(tensors: readonly Tensor[], params: readonly KernelScalar[], common: DTypeInfo, target: Tensor): void {
    const { kernels } = target.storage.backend
    const kernel = this.kernel(tensors, common, target.dtypeInfo)
    if (this.category !== 'complex') kernels.map(kernel, tensors, params, [target])
    else kernels.map(kernel, partsOf(tensors), params, partsOf([target]))
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
  /** How it is computed of complex numbers: true, by the same expression; absent: it refuses them. */
  complex?: true | ComplexBuild
}

/** Numeric options of a call. */
export type NumericOptions<O> = { [K in keyof O]?: Scalar }
