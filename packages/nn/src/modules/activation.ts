// Activation functions as layers.
import { full } from '@tt/autograd'
import type { Tensor } from '@tt/autograd'
import * as F from '../functional.ts'
import { Module } from '../module/module.ts'
import { Parameter } from '../parameter.ts'
import type { LayerFactory } from './linear.ts'
import { pyNumber } from './python.ts'

/** Options of activations that can overwrite their input. */
export interface InplaceOptions {
  /** Whether the input itself is changed (default false). */
  inplace?: boolean
}

/** What the activations without options share. */
abstract class Activation extends Module {
  abstract override forward(input: Tensor): Tensor
}

/** What the activations that can overwrite their input share. */
abstract class InplaceActivation extends Module {
  readonly inplace: boolean
  constructor({ inplace = false }: InplaceOptions = {}) {
    super()
    this.inplace = inplace
  }
  abstract override forward(input: Tensor): Tensor

  /** The arguments before `inplace`. */
  protected argumentsRepr(): string {
    return ''
  }
  override extraRepr(): string {
    return [this.argumentsRepr(), this.inplace ? 'inplace=True' : ''].filter((part) => part !== '').join(', ')
  }
}

/** `max(0, x)`. @example new ReLU().forward(tensor(-1)).item() // => 0 @see torch.nn.ReLU */
export class ReLU extends InplaceActivation {
  override forward(x: Tensor): Tensor {
    return this.inplace ? x.relu_() : x.relu()
  }
}
/** `min(max(0, x), 6)`. @example new ReLU6().forward(tensor(8)).item() // => 6 @see torch.nn.ReLU6 */
export class ReLU6 extends InplaceActivation {
  override forward(x: Tensor): Tensor {
    return this.inplace ? x.relu6_() : x.relu6()
  }
}
/**
 * Self-normalising elu (Klambauer et al. 2017).
 *
 * @example
 * new SELU().forward(tensor(-1)).item() // => -1.11133
 * @see torch.nn.SELU
 */
export class SELU extends InplaceActivation {
  override forward(x: Tensor): Tensor {
    return this.inplace ? x.selu_() : x.selu()
  }
}
/** `x · σ(x)`. @example new SiLU().forward(tensor(2)).item() // => 1.76159 @see torch.nn.SiLU */
export class SiLU extends InplaceActivation {
  override forward(x: Tensor): Tensor {
    return this.inplace ? x.silu_() : x.silu()
  }
}
/** `x · tanh(softplus(x))`. @example new Mish().forward(tensor(2)).item() // => 1.94396 @see torch.nn.Mish */
export class Mish extends InplaceActivation {
  override forward(x: Tensor): Tensor {
    return this.inplace ? x.mish_() : x.mish()
  }
}
/** `x · relu6(x + 3) / 6`. @example new Hardswish().forward(tensor(1)).item() // => 0.666667 @see torch.nn.Hardswish */
export class Hardswish extends InplaceActivation {
  override forward(x: Tensor): Tensor {
    return this.inplace ? x.hardswish_() : x.hardswish()
  }
  override extraRepr(): string {
    return ''
  }
}
/** `relu6(x + 3) / 6`. @example new Hardsigmoid().forward(tensor(0)).item() // => 0.5 @see torch.nn.Hardsigmoid */
export class Hardsigmoid extends InplaceActivation {
  override forward(x: Tensor): Tensor {
    return this.inplace ? x.hardsigmoid_() : x.hardsigmoid()
  }
  override extraRepr(): string {
    return ''
  }
}

/**
 * x where positive, `negativeSlope · x` elsewhere.
 *
 * @example
 * new LeakyReLU({ negativeSlope: 0.1 }).forward(tensor([-2, 2])).tolist() // => [-0.2, 2]
 * @see torch.nn.LeakyReLU
 */
export class LeakyReLU extends InplaceActivation {
  readonly negativeSlope: number
  constructor({ negativeSlope = 0.01, ...options }: InplaceOptions & { negativeSlope?: number } = {}) {
    super(options)
    this.negativeSlope = negativeSlope
  }
  override forward(x: Tensor): Tensor {
    const { negativeSlope } = this
    return this.inplace ? x.leakyRelu_({ negativeSlope }) : x.leakyRelu({ negativeSlope })
  }
  protected override argumentsRepr(): string {
    return `negative_slope=${pyNumber(this.negativeSlope)}`
  }
}
/**
 * x where positive, `alpha · (eˣ − 1)` elsewhere.
 *
 * @example
 * new ELU().forward(tensor(-1)).item() // => -0.632121
 * @see torch.nn.ELU
 */
export class ELU extends InplaceActivation {
  readonly alpha: number
  constructor({ alpha = 1, ...options }: InplaceOptions & { alpha?: number } = {}) {
    super(options)
    this.alpha = alpha
  }
  override forward(x: Tensor): Tensor {
    const { alpha } = this
    return this.inplace ? x.elu_({ alpha }) : x.elu({ alpha })
  }
  protected override argumentsRepr(): string {
    return `alpha=${pyNumber(this.alpha, 1)}`
  }
}
/**
 * `max(0, x) + min(0, α(e^(x/α) − 1))`.
 *
 * @example
 * new CELU({ alpha: 2 }).forward(tensor([-1, 2])).tolist() // => [-0.786939, 2]
 * @see torch.nn.CELU
 */
export class CELU extends InplaceActivation {
  readonly alpha: number
  constructor({ alpha = 1, ...options }: InplaceOptions & { alpha?: number } = {}) {
    super(options)
    this.alpha = alpha
  }
  override forward(x: Tensor): Tensor {
    const { alpha } = this
    return this.inplace ? x.celu_({ alpha }) : x.celu({ alpha })
  }
  protected override argumentsRepr(): string {
    return `alpha=${pyNumber(this.alpha, 1)}`
  }
}
/** `min(max(minVal, x), maxVal)`. @example new Hardtanh().forward(tensor(3)).item() // => 1 @see torch.nn.Hardtanh */
export class Hardtanh extends InplaceActivation {
  readonly minVal: number
  readonly maxVal: number
  constructor({
    minVal = -1,
    maxVal = 1,
    ...options
  }: InplaceOptions & { minVal?: number; maxVal?: number } = {}) {
    super(options)
    this.minVal = minVal
    this.maxVal = maxVal
  }
  override forward(x: Tensor): Tensor {
    const { minVal, maxVal } = this
    return this.inplace ? x.hardtanh_({ minVal, maxVal }) : x.hardtanh({ minVal, maxVal })
  }
  protected override argumentsRepr(): string {
    return `min_val=${pyNumber(this.minVal, -1)}, max_val=${pyNumber(this.maxVal, 1)}`
  }
}
/**
 * x where x > threshold, `value` elsewhere.
 *
 * @example
 * new Threshold(1, 20).forward(tensor([0.5, 2])).tolist() // => [20, 2]
 * @see torch.nn.Threshold
 */
export class Threshold extends InplaceActivation {
  readonly threshold: number
  readonly value: number
  constructor(threshold: number, value: number, options: InplaceOptions = {}) {
    super(options)
    this.threshold = threshold
    this.value = value
  }
  override forward(x: Tensor): Tensor {
    return this.inplace ? x.threshold_(this.threshold, this.value) : x.threshold(this.threshold, this.value)
  }
  protected override argumentsRepr(): string {
    return `threshold=${pyNumber(this.threshold)}, value=${pyNumber(this.value)}`
  }
}

/**
 * x where positive, elsewhere x times a slope that is drawn from [lower, upper) when training, and their mean else.
 *
 * @example
 * new RReLU().eval().call(tensor([-48, 1])).tolist() // => [-11, 1]
 * @see torch.nn.RReLU
 */
export class RReLU extends InplaceActivation {
  readonly lower: number
  readonly upper: number
  constructor({
    lower = 1 / 8,
    upper = 1 / 3,
    ...options
  }: InplaceOptions & { lower?: number; upper?: number } = {}) {
    super(options)
    this.lower = lower
    this.upper = upper
  }
  override forward(x: Tensor): Tensor {
    const { lower, upper, training, inplace } = this
    return F.rrelu(x, { lower, upper, training, inplace })
  }
  protected override argumentsRepr(): string {
    return `lower=${pyNumber(this.lower)}, upper=${pyNumber(this.upper)}`
  }
}

/** `1 / (1 + e⁻ˣ)`. @example new Sigmoid().forward(tensor(2)).item() // => 0.880797 @see torch.nn.Sigmoid */
export class Sigmoid extends Activation {
  override forward(x: Tensor): Tensor {
    return x.sigmoid()
  }
}
/** `tanh(x)`. @example new Tanh().forward(tensor(1)).item() // => 0.761594 @see torch.nn.Tanh */
export class Tanh extends Activation {
  override forward(x: Tensor): Tensor {
    return x.tanh()
  }
}
/** `ln σ(x)`. @example new LogSigmoid().forward(tensor(0)).item() // => -0.693147 @see torch.nn.LogSigmoid */
export class LogSigmoid extends Activation {
  override forward(x: Tensor): Tensor {
    return x.logsigmoid()
  }
}
/** `x / (1 + |x|)`. @example new Softsign().forward(tensor(3)).item() // => 0.75 @see torch.nn.Softsign */
export class Softsign extends Activation {
  override forward(x: Tensor): Tensor {
    return x.softsign()
  }
}
/** `x − tanh(x)`. @example new Tanhshrink().forward(tensor(1)).item() // => 0.238406 @see torch.nn.Tanhshrink */
export class Tanhshrink extends Activation {
  override forward(x: Tensor): Tensor {
    return x.tanhshrink()
  }
}

/**
 * `x · Φ(x)` with the normal distribution's Φ, or its approximation by tanh.
 *
 * @example
 * new GELU().forward(tensor(2)).item() // => 1.9545
 * @see torch.nn.GELU
 */
export class GELU extends Activation {
  readonly approximate: 'none' | 'tanh'
  constructor({ approximate = 'none' }: { approximate?: 'none' | 'tanh' } = {}) {
    super()
    this.approximate = approximate
  }
  override forward(x: Tensor): Tensor {
    return x.gelu({ approximate: this.approximate })
  }
  override extraRepr(): string {
    return `approximate='${this.approximate}'`
  }
}
/**
 * `ln(1 + e^(βx)) / β`, x itself where βx > threshold.
 *
 * @example
 * new Softplus().forward(tensor(0)).item() // => 0.693147
 * @see torch.nn.Softplus
 */
export class Softplus extends Activation {
  readonly beta: number
  readonly threshold: number
  constructor({ beta = 1, threshold = 20 }: { beta?: number; threshold?: number } = {}) {
    super()
    this.beta = beta
    this.threshold = threshold
  }
  override forward(x: Tensor): Tensor {
    return x.softplus({ beta: this.beta, threshold: this.threshold })
  }
  override extraRepr(): string {
    return `beta=${pyNumber(this.beta)}, threshold=${pyNumber(this.threshold)}`
  }
}
/** x where |x| > lambd, 0 elsewhere. @example new Hardshrink().forward(tensor(0.3)).item() // => 0 @see torch.nn.Hardshrink */
export class Hardshrink extends Activation {
  readonly lambd: number
  constructor({ lambd = 0.5 }: { lambd?: number } = {}) {
    super()
    this.lambd = lambd
  }
  override forward(x: Tensor): Tensor {
    return x.hardshrink({ lambd: this.lambd })
  }
  override extraRepr(): string {
    return pyNumber(this.lambd)
  }
}
/**
 * x moved towards 0 by lambd, 0 within.
 *
 * @example
 * new Softshrink().forward(tensor(-1)).item() // => -0.5
 * @see torch.nn.Softshrink
 */
export class Softshrink extends Activation {
  readonly lambd: number
  constructor({ lambd = 0.5 }: { lambd?: number } = {}) {
    super()
    this.lambd = lambd
  }
  override forward(x: Tensor): Tensor {
    return x.softshrink({ lambd: this.lambd })
  }
  override extraRepr(): string {
    return pyNumber(this.lambd)
  }
}

/**
 * x where positive, `weight · x` elsewhere, with a learned weight (He et al. 2015).
 *
 * @example
 * new PReLU().forward(tensor(-2)).item() // => -0.5
 * @see torch.nn.PReLU
 */
export class PReLU extends Module {
  readonly numParameters: number
  readonly weight: Parameter // [numParameters]
  constructor({
    numParameters = 1,
    init = 0.25,
    ...factory
  }: LayerFactory & { numParameters?: number; init?: number } = {}) {
    super()
    this.numParameters = numParameters
    this.weight = new Parameter(full([numParameters], init, { dtype: 'float32', ...factory }))
  }
  override forward(x: Tensor): Tensor {
    return x.prelu(this.weight)
  }
  override extraRepr(): string {
    return `num_parameters=${this.numParameters}`
  }
}
