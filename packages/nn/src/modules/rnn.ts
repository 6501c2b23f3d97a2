// Recurrent layers: RNN, LSTM, GRU, of several layers and both directions.
import { ArgumentError, ShapeError, cat, check, empty, formatShape, stack, zeros } from '@tt/autograd'
import type { Tensor } from '@tt/autograd'
import * as F from '../functional.ts'
import { uniform_ } from '../init.ts'
import { Module } from '../module/module.ts'
import { Parameter } from '../parameter.ts'
import { PackedSequence } from '../recurrent/packed.ts'
import { gruStep, lstmStep, rnnStep, runDirection } from '../recurrent/recurrence.ts'
import type { CellWeights, State, Step } from '../recurrent/recurrence.ts'
import type { LayerFactory } from './linear.ts'
import { pyNumber } from './python.ts'

/** Options of the recurrent layers. */
export interface RecurrentOptions extends LayerFactory {
  /** Layers one upon the other (default 1). */
  numLayers?: number
  /** Whether to add learned biases (default true). */
  bias?: boolean
  /** [N, L, ...] instead of [L, N, ...] (default false). */
  batchFirst?: boolean
  /** Probability of dropping the outputs of all layers but the last, when training (default 0). */
  dropout?: number
  /** Whether a second cell reads the sequence backwards (default false). */
  bidirectional?: boolean
}
/** Options of {@link RNN}. */
export interface RNNOptions extends RecurrentOptions {
  /** Default 'tanh'. */
  nonlinearity?: 'tanh' | 'relu'
}
/** Options of {@link LSTM}. */
export interface LSTMOptions extends RecurrentOptions {
  /** Size of the projection of the hidden state (default 0: none). */
  projSize?: number
}

/** What the recurrent layers share. Parameters are `weightIhL0`, `weightHhL0`, `biasIhL0`, `biasHhL0`, `...L0Reverse`, `...L1`. */
export abstract class RecurrentLayer extends Module {
  readonly inputSize: number
  readonly hiddenSize: number
  readonly numLayers: number
  readonly bias: boolean
  readonly batchFirst: boolean
  readonly dropout: number
  readonly bidirectional: boolean
  readonly projSize: number
  readonly #step: Step

  constructor(
    step: Step,
    gates: number,
    inputSize: number,
    hiddenSize: number,
    options: RecurrentOptions & Pick<LSTMOptions, 'projSize'>,
  ) {
    super()
    const {
      numLayers = 1,
      bias = true,
      batchFirst = false,
      dropout = 0,
      bidirectional = false,
      projSize = 0,
      ...factory
    } = options
    const name = this.reprName()
    check(
      [inputSize, hiddenSize, numLayers].every((n) => Number.isInteger(n) && n > 0),
      () =>
        new ArgumentError(
          name,
          `inputSize, hiddenSize and numLayers must be positive integers, got ${inputSize}, ${hiddenSize} and ${numLayers}`,
        ),
    )
    check(
      dropout >= 0 && dropout <= 1,
      () => new ArgumentError(name, `dropout must be from 0 to 1, got ${dropout}`),
    )
    check(
      Number.isInteger(projSize) && projSize >= 0 && projSize < hiddenSize,
      () =>
        new ArgumentError(name, `projSize must be from 0 to below hiddenSize ${hiddenSize}, got ${projSize}`),
    )
    this.inputSize = inputSize
    this.hiddenSize = hiddenSize
    this.numLayers = numLayers
    this.bias = bias
    this.batchFirst = batchFirst
    this.dropout = dropout
    this.bidirectional = bidirectional
    this.projSize = projSize
    this.#step = step
    const parameter = (kind: string, layer: number, reverse: boolean, shape: readonly number[]): void =>
      this.registerParameter(nameOf(kind, layer, reverse), new Parameter(empty(shape, factory)))
    for (let layer = 0; layer < numLayers; layer++) {
      const width = layer === 0 ? inputSize : this.#outputSize * this.#directions.length
      for (const reverse of this.#directions) {
        parameter('weightIh', layer, reverse, [gates * hiddenSize, width])
        parameter('weightHh', layer, reverse, [gates * hiddenSize, this.#outputSize])
        if (bias) parameter('biasIh', layer, reverse, [gates * hiddenSize])
        if (bias) parameter('biasHh', layer, reverse, [gates * hiddenSize])
        if (projSize > 0) parameter('weightHr', layer, reverse, [projSize, hiddenSize])
      }
    }
    this.resetParameters()
  }

  /** Draws the parameters anew: uniform in ±1/√hiddenSize. */
  resetParameters(): void {
    const bound = 1 / Math.sqrt(this.hiddenSize)
    for (const parameter of this.parameters()) uniform_(parameter, { a: -bound, b: bound })
  }

  get #directions(): readonly boolean[] {
    return this.bidirectional ? [false, true] : [false]
  }
  get #outputSize(): number {
    return this.projSize > 0 ? this.projSize : this.hiddenSize
  }
  #weights(layer: number, reverse: boolean): CellWeights {
    const fields = this as unknown as Readonly<Record<string, Parameter | undefined>>
    const of = (kind: string): Parameter | null => fields[nameOf(kind, layer, reverse)] ?? null
    return {
      weightIh: of('weightIh')!,
      weightHh: of('weightHh')!,
      biasIh: of('biasIh'),
      biasHh: of('biasHh'),
      weightHr: of('weightHr'),
    }
  }

  /** All layers over a sequence. States are [numLayers · directions, N, size], or without N. */
  protected run<X extends Tensor | PackedSequence>(
    input: X,
    initial: State | null,
    stateSizes: readonly number[],
  ): [X, State] {
    if (input instanceof PackedSequence) return this.#runPacked(input, initial, stateSizes) as [X, State]
    return this.#runPadded(input, initial, stateSizes) as [X, State]
  }

  #runPadded(input: Tensor, initial: State | null, stateSizes: readonly number[]): [Tensor, State] {
    const name = this.reprName()
    check(
      (input.ndim === 2 || input.ndim === 3) &&
        input.shape[input.ndim - 1] === this.inputSize &&
        input.elementCount > 0,
      () =>
        new ShapeError(
          name,
          `the input must be [L, ${this.inputSize}] or ${this.batchFirst ? `[N, L, ${this.inputSize}]` : `[L, N, ${this.inputSize}]`}, got ${formatShape(input.shape)}`,
        ),
    )
    const batched = input.ndim === 3
    const x = !batched ? input.unsqueeze(1) : this.batchFirst ? input.transpose(0, 1) : input // [L, N, input]
    const [steps, batch] = x.shape
    const given = initial?.map((part) => (batched ? part : part.unsqueeze(1))) ?? null
    const start = this.#initial(x, batch, given, stateSizes)
    const flat = x.reshape([steps * batch, this.inputSize])
    const [output, last] = this.#layers(flat, new Array<number>(steps).fill(batch), start)
    const y = output.reshape([steps, batch, -1])
    return [
      !batched ? y.squeeze(1) : this.batchFirst ? y.transpose(0, 1) : y,
      batched ? last : last.map((part) => part.squeeze(1)),
    ]
  }

  #runPacked(
    input: PackedSequence,
    initial: State | null,
    stateSizes: readonly number[],
  ): [PackedSequence, State] {
    const { data, batchSizes, sortedIndices, unsortedIndices } = input
    const order = (state: State, index: Tensor | null): State =>
      index === null ? state : state.map((part) => part.indexSelect(1, index))
    const given = initial === null ? null : order(initial, sortedIndices)
    const [output, last] = this.#layers(
      data,
      batchSizes,
      this.#initial(data, batchSizes[0], given, stateSizes),
    )
    return [input.with(output), order(last, unsortedIndices)]
  }

  #initial(x: Tensor, batch: number, given: State | null, stateSizes: readonly number[]): State {
    const count = this.numLayers * this.#directions.length
    const shapes = stateSizes.map((size) => [count, batch, size])
    if (given === null) return shapes.map((shape) => zeros(shape, { dtype: x.dtype, device: x.device }))
    check(
      given.length === shapes.length &&
        given.every((part, i) => formatShape(part.shape) === formatShape(shapes[i])),
      () =>
        new ShapeError(
          this.reprName(),
          `the initial state must be ${shapes.map(formatShape).join(' and ')}, got ${given.map((part) => formatShape(part.shape)).join(' and ')}`,
        ),
    )
    return given
  }

  #layers(data: Tensor, batchSizes: readonly number[], initial: State): [Tensor, State] {
    const lasts: State[] = []
    let x = data
    for (let layer = 0; layer < this.numLayers; layer++) {
      const outputs = this.#directions.map((reverse) => {
        const start = initial.map((part) => part.select(0, lasts.length))
        const { output, last } = runDirection(
          this.#step,
          x,
          batchSizes,
          start,
          this.#weights(layer, reverse),
          reverse,
        )
        lasts.push(last)
        return output
      })
      x = outputs.length === 1 ? outputs[0] : cat(outputs, -1)
      if (layer < this.numLayers - 1 && this.dropout > 0)
        x = F.dropout(x, { p: this.dropout, training: this.training })
    }
    return [x, initial.map((_, part) => stack(lasts.map((last) => last[part])))]
  }

  override extraRepr(): string {
    const parts = [`${this.inputSize}, ${this.hiddenSize}`]
    if (this.projSize > 0) parts.push(`proj_size=${this.projSize}`)
    if (this.numLayers !== 1) parts.push(`num_layers=${this.numLayers}`)
    if (!this.bias) parts.push('bias=False')
    if (this.batchFirst) parts.push('batch_first=True')
    if (this.dropout !== 0) parts.push(`dropout=${pyNumber(this.dropout)}`)
    if (this.bidirectional) parts.push('bidirectional=True')
    return parts.join(', ')
  }
}
const nameOf = (kind: string, layer: number, reverse: boolean): string =>
  `${kind}L${layer}${reverse ? 'Reverse' : ''}`

/** What the layers whose state is one tensor share. */
abstract class OneStateLayer extends RecurrentLayer {
  /**
   * @param input [L, N, input], [L, input], or packed
   * @param h0 [numLayers · directions, N, hidden]; default zeros
   * @returns [outputs [L, N, directions · hidden], last state]
   */
  override forward(input: PackedSequence, h0?: Tensor | null): [PackedSequence, Tensor]
  override forward(input: Tensor, h0?: Tensor | null): [Tensor, Tensor]
  override forward(
    input: Tensor | PackedSequence,
    h0: Tensor | null = null,
  ): [Tensor | PackedSequence, Tensor] {
    const [output, [h]] = this.run(input, h0 === null ? null : [h0], [this.hiddenSize])
    return [output, h]
  }
}

/**
 * Elman's recurrent layer: `hₜ = tanh(W_ih xₜ + b_ih + W_hh hₜ₋₁ + b_hh)`.
 *
 * @example
 * const [output, h] = new RNN(10, 20, { numLayers: 2 }).call(randn([5, 3, 10]))
 * output.shape // => [5, 3, 20]
 * h.shape      // => [2, 3, 20]
 * @see torch.nn.RNN
 */
export class RNN extends OneStateLayer {
  readonly nonlinearity: 'tanh' | 'relu'
  constructor(inputSize: number, hiddenSize: number, { nonlinearity = 'tanh', ...options }: RNNOptions = {}) {
    check(
      nonlinearity === 'tanh' || nonlinearity === 'relu',
      () => new ArgumentError('RNN', `nonlinearity must be 'tanh' or 'relu', got '${String(nonlinearity)}'`),
    )
    super(rnnStep(nonlinearity), 1, inputSize, hiddenSize, options)
    this.nonlinearity = nonlinearity
  }
}

/**
 * Gated recurrent units (Cho et al. 2014).
 *
 * @example
 * const [output, h] = new GRU(10, 20).call(randn([5, 3, 10]))
 * output.shape // => [5, 3, 20]
 * h.shape      // => [1, 3, 20]
 * @see torch.nn.GRU
 */
export class GRU extends OneStateLayer {
  constructor(inputSize: number, hiddenSize: number, options: RecurrentOptions = {}) {
    super(gruStep, 3, inputSize, hiddenSize, options)
  }
}

/**
 * Long short-term memory (Hochreiter and Schmidhuber 1997), with projections if asked for.
 *
 * @example
 * const [output, [h, c]] = new LSTM(10, 20, { bidirectional: true }).call(randn([5, 3, 10]))
 * output.shape // => [5, 3, 40]
 * c.shape      // => [2, 3, 20]
 * @see torch.nn.LSTM
 */
export class LSTM extends RecurrentLayer {
  constructor(inputSize: number, hiddenSize: number, options: LSTMOptions = {}) {
    super(lstmStep, 4, inputSize, hiddenSize, options)
  }
  /**
   * @param input [L, N, input], [L, input], or packed
   * @param state [h0, c0]; default zeros
   * @returns [outputs, [last h, last c]]
   */
  override forward(
    input: PackedSequence,
    state?: readonly [Tensor, Tensor] | null,
  ): [PackedSequence, [Tensor, Tensor]]
  override forward(input: Tensor, state?: readonly [Tensor, Tensor] | null): [Tensor, [Tensor, Tensor]]
  override forward(
    input: Tensor | PackedSequence,
    state: readonly [Tensor, Tensor] | null = null,
  ): [Tensor | PackedSequence, [Tensor, Tensor]] {
    const hidden = this.projSize > 0 ? this.projSize : this.hiddenSize
    const [output, [h, c]] = this.run(input, state, [hidden, this.hiddenSize])
    return [output, [h, c]]
  }
}
