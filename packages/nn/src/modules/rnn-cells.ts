// Recurrent cells: one step of RNN, LSTM and GRU.
import { ArgumentError, ShapeError, check, empty, formatShape, zeros } from '@tt/autograd'
import type { Tensor } from '@tt/autograd'
import * as F from '../functional.ts'
import { uniform_ } from '../init.ts'
import { Module } from '../module/module.ts'
import { Parameter } from '../parameter.ts'
import { gruStep, lstmStep, rnnStep } from '../recurrent/recurrence.ts'
import type { State, Step } from '../recurrent/recurrence.ts'
import type { LinearOptions } from './linear.ts'

/** What the cells share. */
abstract class RecurrentCell extends Module {
  readonly inputSize: number
  readonly hiddenSize: number
  readonly weightIh: Parameter // [gates · hiddenSize, inputSize]
  readonly weightHh: Parameter // [gates · hiddenSize, hiddenSize]
  readonly biasIh: Parameter | null
  readonly biasHh: Parameter | null

  constructor(
    gates: number,
    inputSize: number,
    hiddenSize: number,
    { bias = true, ...factory }: LinearOptions,
  ) {
    super()
    this.inputSize = inputSize
    this.hiddenSize = hiddenSize
    const parameter = (...shape: number[]): Parameter => new Parameter(empty(shape, factory))
    this.weightIh = parameter(gates * hiddenSize, inputSize)
    this.weightHh = parameter(gates * hiddenSize, hiddenSize)
    this.biasIh = bias ? parameter(gates * hiddenSize) : null
    this.biasHh = bias ? parameter(gates * hiddenSize) : null
    this.resetParameters()
  }

  /** Draws the parameters anew: uniform in ±1/√hiddenSize. */
  resetParameters(): void {
    const bound = 1 / Math.sqrt(this.hiddenSize)
    for (const parameter of this.parameters()) uniform_(parameter, { a: -bound, b: bound })
  }

  /** One step; inputs without a batch get one, and lose it again. */
  protected run(step: Step, input: Tensor, given: State | null, parts: number): State {
    const { inputSize, hiddenSize } = this
    check(
      (input.ndim === 1 || input.ndim === 2) && input.shape[input.ndim - 1] === inputSize,
      () =>
        new ShapeError(
          this.reprName(),
          `the input must be [N, ${inputSize}] or [${inputSize}], got ${formatShape(input.shape)}`,
        ),
    )
    const batched = input.ndim === 2
    const x = batched ? input : input.unsqueeze(0)
    const shape = [x.shape[0], hiddenSize]
    const state =
      given === null
        ? Array.from({ length: parts }, () => zeros(shape, { dtype: x.dtype, device: x.device }))
        : given.map((part) => (batched ? part : part.unsqueeze(0)))
    check(
      state.every((part) => formatShape(part.shape) === formatShape(shape)),
      () =>
        new ShapeError(
          this.reprName(),
          `the state must be ${formatShape(shape)}, got ${state.map((part) => formatShape(part.shape)).join(' and ')}`,
        ),
    )
    const next = step(F.linear(x, this.weightIh, this.biasIh), state, { ...this.weights(), weightHr: null })
    return batched ? next : next.map((part) => part.squeeze(0))
  }
  private weights() {
    const { weightIh, weightHh, biasIh, biasHh } = this
    return { weightIh, weightHh, biasIh, biasHh }
  }

  override extraRepr(): string {
    return `${this.inputSize}, ${this.hiddenSize}${this.biasIh === null ? ', bias=False' : ''}`
  }
}

/**
 * One step of RNN.
 *
 * @example
 * new RNNCell(10, 20).call(randn([3, 10])).shape // => [3, 20]
 * @see torch.nn.RNNCell
 */
export class RNNCell extends RecurrentCell {
  readonly nonlinearity: 'tanh' | 'relu'
  constructor(
    inputSize: number,
    hiddenSize: number,
    { nonlinearity = 'tanh', ...options }: LinearOptions & { nonlinearity?: 'tanh' | 'relu' } = {},
  ) {
    check(
      nonlinearity === 'tanh' || nonlinearity === 'relu',
      () =>
        new ArgumentError('RNNCell', `nonlinearity must be 'tanh' or 'relu', got '${String(nonlinearity)}'`),
    )
    super(1, inputSize, hiddenSize, options)
    this.nonlinearity = nonlinearity
  }
  override forward(input: Tensor, h: Tensor | null = null): Tensor {
    return this.run(rnnStep(this.nonlinearity), input, h === null ? null : [h], 1)[0]
  }
  override extraRepr(): string {
    return super.extraRepr() + (this.nonlinearity === 'tanh' ? '' : `, nonlinearity=${this.nonlinearity}`)
  }
}
/**
 * One step of LSTM.
 *
 * @example
 * const [h, c] = new LSTMCell(10, 20).call(randn([3, 10]))
 * h.shape // => [3, 20]
 * c.shape // => [3, 20]
 * @see torch.nn.LSTMCell
 */
export class LSTMCell extends RecurrentCell {
  constructor(inputSize: number, hiddenSize: number, options: LinearOptions = {}) {
    super(4, inputSize, hiddenSize, options)
  }
  override forward(input: Tensor, state: readonly [Tensor, Tensor] | null = null): [Tensor, Tensor] {
    const [h, c] = this.run(lstmStep, input, state, 2)
    return [h, c]
  }
}
/**
 * One step of GRU.
 *
 * @example
 * new GRUCell(10, 20).call(randn([3, 10])).shape // => [3, 20]
 * @see torch.nn.GRUCell
 */
export class GRUCell extends RecurrentCell {
  constructor(inputSize: number, hiddenSize: number, options: LinearOptions = {}) {
    super(3, inputSize, hiddenSize, options)
  }
  override forward(input: Tensor, h: Tensor | null = null): Tensor {
    return this.run(gruStep, input, h === null ? null : [h], 1)[0]
  }
}
