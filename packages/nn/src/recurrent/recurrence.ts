// One direction of a recurrent layer over a packed batch: the steps, and the recurrences of the cells.
import { cat } from '@tt/autograd'
import type { Tensor } from '@tt/autograd'
import * as F from '../functional.ts'

/** What a cell remembers: [h], or [h, c] of an LSTM; each [N, size]. */
export type State = readonly Tensor[]
/** The weights of one direction of one layer; null where there are none. */
export interface CellWeights {
  readonly weightIh: Tensor // [gates · hidden, input]
  readonly weightHh: Tensor // [gates · hidden, h]
  readonly biasIh: Tensor | null // [gates · hidden]
  readonly biasHh: Tensor | null
  readonly weightHr: Tensor | null // [projection, hidden]
}
/** The next state, of the input's part of the gates. */
export type Step = (gates: Tensor, state: State, weights: CellWeights) => State

const hiddenPart = ([h]: State, { weightHh, biasHh }: CellWeights): Tensor => F.linear(h, weightHh, biasHh)

/** `h′ = tanh(x + h)`, or relu. */
export const rnnStep = (nonlinearity: 'tanh' | 'relu'): Step =>
  nonlinearity === 'tanh'
    ? (gates, state, weights) => [gates.add(hiddenPart(state, weights)).tanh()]
    : (gates, state, weights) => [gates.add(hiddenPart(state, weights)).relu()]

/** `c′ = σ(f) c + σ(i) tanh(g)`, `h′ = σ(o) tanh(c′)`; with projections `h′` times weightHr. */
export const lstmStep: Step = (gates, state, weights) => {
  const [i, f, g, o] = gates.add(hiddenPart(state, weights)).chunk(4, -1)
  const c = f.sigmoid().mul(state[1]).add(i.sigmoid().mul(g.tanh()))
  const h = o.sigmoid().mul(c.tanh())
  return [weights.weightHr === null ? h : F.linear(h, weights.weightHr), c]
}

/** `n = tanh(x_n + σ(r) h_n)`, `h′ = n + σ(z) (h − n)`. */
export const gruStep: Step = (gates, state, weights) => {
  const [xr, xz, xn] = gates.chunk(3, -1)
  const [hr, hz, hn] = hiddenPart(state, weights).chunk(3, -1)
  const n = xn.add(xr.add(hr).sigmoid().mul(hn)).tanh()
  return [n.add(xz.add(hz).sigmoid().mul(state[0].sub(n)))]
}

/**
 * Runs a cell over a packed batch, forwards or backwards.
 *
 * @param data [sum of batchSizes, input]
 * @param initial the state of each sequence
 * @returns the outputs, packed as the data, and the last state of each sequence
 */
export function runDirection(
  step: Step,
  data: Tensor,
  batchSizes: readonly number[],
  initial: State,
  weights: CellWeights,
  backwards: boolean,
): { output: Tensor; last: State } {
  const gates = F.linear(data, weights.weightIh, weights.biasIh).split(batchSizes, 0)
  const steps = batchSizes.map((_, t) => t)
  const outputs = new Array<Tensor>(steps.length)
  const ended: State[] = [] // the states of the sequences that are over, the shortest first
  let state = rows(initial, 0, backwards ? batchSizes[batchSizes.length - 1] : batchSizes[0])
  for (const t of backwards ? steps.toReversed() : steps) {
    const [active, size] = [state[0].shape[0], batchSizes[t]]
    if (size > active) state = join([state, rows(initial, active, size - active)])
    else if (size < active) {
      ended.push(rows(state, size, active - size))
      state = rows(state, 0, size)
    }
    state = step(gates[t], state, weights)
    outputs[t] = state[0]
  }
  return { output: cat(outputs), last: join([state, ...ended.toReversed()]) }
}
const rows = (state: State, start: number, length: number): State =>
  length === state[0].shape[0] ? state : state.map((part) => part.narrow(0, start, length))
const join = (states: readonly State[]): State =>
  states.length === 1 ? states[0] : states[0].map((_, part) => cat(states.map((state) => state[part])))
