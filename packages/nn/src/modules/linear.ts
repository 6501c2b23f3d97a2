// Layers that are linear in their input.
import { empty } from '@tt/autograd'
import type { DType, Device, Tensor } from '@tt/autograd'
import * as F from '../functional.ts'
import { calculateFans, kaimingUniform_, uniform_ } from '../init.ts'
import { Module } from '../module/module.ts'
import { Parameter } from '../parameter.ts'
import { pyBool } from './python.ts'

/** Where and of which dtype the parameters of a layer are made. */
export interface LayerFactory {
  dtype?: DType
  device?: Device
}

/**
 * Gives back its input, whatever options it got.
 *
 * @example
 * new Identity().forward(tensor([1, 2])).tolist() // => [1, 2]
 * @see torch.nn.Identity
 */
export class Identity extends Module {
  override forward(input: Tensor): Tensor {
    return input
  }
}

/** Options of {@link Linear}. */
export interface LinearOptions extends LayerFactory {
  /** Whether to add a learned bias (default true). */
  bias?: boolean
}

/**
 * `y = x·Wᵀ + b`.
 *
 * @example
 * new Linear(20, 30).call(randn([128, 20])).shape // => [128, 30]
 * @see torch.nn.Linear
 */
export class Linear extends Module {
  readonly inFeatures: number
  readonly outFeatures: number
  readonly weight: Parameter // [outFeatures, inFeatures]
  readonly bias: Parameter | null // [outFeatures]

  constructor(inFeatures: number, outFeatures: number, { bias = true, ...factory }: LinearOptions = {}) {
    super()
    this.inFeatures = inFeatures
    this.outFeatures = outFeatures
    this.weight = new Parameter(empty([outFeatures, inFeatures], factory))
    this.bias = bias ? new Parameter(empty([outFeatures], factory)) : null
    this.resetParameters()
  }

  /** Draws the parameters anew: both uniform in ±1/√inFeatures. */
  resetParameters(): void {
    resetWeightAndBias(this.weight, this.bias)
  }

  override forward(input: Tensor): Tensor {
    // [..., inFeatures] → [..., outFeatures]
    return F.linear(input, this.weight, this.bias)
  }

  override extraRepr(): string {
    return `in_features=${this.inFeatures}, out_features=${this.outFeatures}, bias=${pyBool(this.bias !== null)}`
  }
}

/** PyTorch's default for linear and convolution layers: `a = √5` makes the bound of the weight 1/√fanIn, too. */
export function resetWeightAndBias(weight: Parameter, bias: Parameter | null): void {
  kaimingUniform_(weight, { a: Math.sqrt(5) })
  if (bias === null) return
  const { fanIn } = calculateFans(weight)
  const bound = fanIn > 0 ? 1 / Math.sqrt(fanIn) : 0
  uniform_(bias, { a: -bound, b: bound })
}

/**
 * `y = x₁·A·x₂ + b`, a matrix A for each output.
 *
 * @example
 * new Bilinear(2, 3, 4).forward(ones([5, 2]), ones([5, 3])).shape // => [5, 4]
 * @see torch.nn.Bilinear
 */
export class Bilinear extends Module {
  readonly in1Features: number
  readonly in2Features: number
  readonly outFeatures: number
  readonly weight: Parameter // [outFeatures, in1Features, in2Features]
  readonly bias: Parameter | null // [outFeatures]

  constructor(
    in1Features: number,
    in2Features: number,
    outFeatures: number,
    { bias = true, ...factory }: LinearOptions = {},
  ) {
    super()
    this.in1Features = in1Features
    this.in2Features = in2Features
    this.outFeatures = outFeatures
    this.weight = new Parameter(empty([outFeatures, in1Features, in2Features], factory))
    this.bias = bias ? new Parameter(empty([outFeatures], factory)) : null
    this.resetParameters()
  }

  /** Draws the parameters anew: both uniform in ±1/√in1Features. */
  resetParameters(): void {
    const bound = 1 / Math.sqrt(this.in1Features)
    uniform_(this.weight, { a: -bound, b: bound })
    if (this.bias !== null) uniform_(this.bias, { a: -bound, b: bound })
  }

  override forward(input1: Tensor, input2: Tensor): Tensor {
    // [..., in1], [..., in2] → [..., out]
    return F.bilinear(input1, input2, this.weight, this.bias)
  }

  override extraRepr(): string {
    const { in1Features, in2Features, outFeatures, bias } = this
    return `in1_features=${in1Features}, in2_features=${in2Features}, out_features=${outFeatures}, bias=${pyBool(bias !== null)}`
  }
}
