// The graph node of a structured, view or composite op: runs the formula of the derivative table.
import type { OpRecord, Tensor } from '@tt/tensor'
import type { Context, Formula, InputMeta } from '../derivatives/formula.ts'
import { nodeName } from '../derivatives/pointwise.ts'
import { Node } from './node.ts'
import type { Edges, Gradient, Gradients, OutputMeta } from './node.ts'
import { SavedTensors } from './saved.ts'

const outputMeta = ({ shape, dtypeInfo }: Tensor): OutputMeta => ({ shape, dtypeInfo })
const inputMeta = ({ shape, strides, offset, dtypeInfo }: Tensor): InputMeta => ({
  shape,
  strides,
  offset,
  dtypeInfo,
})

/** Gradients by a formula. */
export class FormulaNode extends Node implements Context<unknown> {
  readonly name: string
  readonly attrs: unknown
  readonly inputs: readonly InputMeta[]
  gradients: readonly Gradient[] = []
  readonly #formula: Formula<unknown>
  readonly #saved: SavedTensors | null
  readonly #closed: boolean

  /**
   * @param changed the tensor that the op wrote into, if it was in place
   * @param closed whether the formula is one of ours
   */
  constructor(
    op: OpRecord,
    formula: Formula<unknown>,
    edges: Edges,
    tensors: readonly Tensor[],
    attrs: unknown,
    outputs: readonly Tensor[],
    changed: Tensor | null,
    closed: boolean,
  ) {
    super(edges, outputs.map(outputMeta))
    this.attrs = attrs
    this.inputs = tensors.map(inputMeta)
    this.name = formula.name?.(attrs, this.inputs) ?? nodeName(op.name, op.gradName)
    this.#closed = closed
    this.#formula = formula
    this.#saved = savedOf(formula, edges, tensors, outputs, changed)
  }

  override get closed(): boolean {
    return this.#closed
  }

  override apply(gradients: readonly Gradient[]): Gradients {
    this.gradients = gradients
    const g = gradients.find((gradient) => gradient !== null)!
    const { backward } = this.#formula
    const answer =
      typeof backward === 'function'
        ? backward(g, this)
        : backward.map((formula, i) => (formula !== null && this.needs(i) ? formula(g, this) : null))
    this.gradients = []
    return answer
  }

  input(i: number): Tensor {
    return this.#saved!.get(i, this)
  }

  result(i = 0): Tensor {
    return this.#saved!.get(this.inputs.length + i, this)
  }

  override differentiates(i: number): boolean {
    return this.#formula.differentiable?.includes(i) ?? true
  }

  override release(): void {
    this.#saved?.release()
  }
}

/** Whether a gradient that is asked for uses the value of input `i`. */
export const usesInput = (formula: Formula<unknown>, needs: (input: number) => boolean, i: number): boolean =>
  formula.uses?.some((used, of) => needs(of) && used.includes(i)) ?? false

function savedOf(
  formula: Formula<unknown>,
  edges: Edges,
  tensors: readonly Tensor[],
  outputs: readonly Tensor[],
  changed: Tensor | null,
): SavedTensors | null {
  const { uses, results } = formula
  if (uses === undefined && results === undefined) return null
  const slots = new Array<Tensor | null>(tensors.length + outputs.length).fill(null)
  uses?.forEach((used, of) => {
    if (of < tensors.length && edges.nodes[of] !== null)
      for (const i of used) if (i < tensors.length) slots[i] = tensors[i]
  })
  for (const i of results ?? []) slots[tensors.length + i] = outputs[i]
  return new SavedTensors(slots, changed, tensors.length)
}
