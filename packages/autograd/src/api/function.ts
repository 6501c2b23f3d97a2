// Custom ops: a class with a forward and a backward of its own.
import {
  AutogradError,
  Tensor,
  check,
  dtypes,
  formatShape,
  needsGrad,
  viewOf,
  withGradMode,
} from '@tt/tensor'
import { anomaly, noteCall } from '../graph/anomaly.ts'
import { CopySlices } from '../graph/as-strided.ts'
import { claim } from '../graph/claimed.ts'
import { edgesOf, setHistory } from '../graph/meta.ts'
import { Node } from '../graph/node.ts'
import type { Edges, Gradient, Gradients } from '../graph/node.ts'
import { SavedTensors } from '../graph/saved.ts'

/** What the engine keeps on a context; a symbol, since the names belong to the user. */
const internals: unique symbol = Symbol('internals')
interface Internals {
  name: string
  toSave: readonly (Tensor | null)[]
  saved: SavedTensors | null
  node: Node | null
  nonDifferentiable: ReadonlySet<Tensor>
  dirty: ReadonlySet<Tensor>
  materialize: boolean
}

/**
 * What `forward` and `backward` of a {@link Function} share: saved tensors and notes; own attributes may be set on it.
 *
 * @example
 * class Square extends tt.Function {
 *   static forward(context, x) {
 *     context.saveForBackward(x)
 *     return x.mul(x)
 *   }
 *   static backward(context, g) {
 *     const [x] = context.savedTensors
 *     return g.mul(x).mul(2)
 *   }
 * }
 * const x = tensor([3], { requiresGrad: true })
 * Square.apply(x).backward()
 * x.grad.tolist() // => [6]
 */
export class FunctionContext {
  [attribute: string]: unknown
  /** For each argument of forward, whether its gradient is asked for. */
  needsInputGrad: readonly boolean[] = []
  readonly [internals]: Internals = {
    name: '',
    toSave: [],
    saved: null,
    node: null,
    nonDifferentiable: new Set(),
    dirty: new Set(),
    materialize: true,
  }

  /** Keeps tensors for backward: inputs and outputs of forward, or others; null keeps the place. Call it once, in forward. */
  saveForBackward(...tensors: (Tensor | null)[]): void {
    this[internals].toSave = tensors
  }

  /** What was saved. @throws AutogradError if one was changed in place since, or the graph was freed */
  get savedTensors(): readonly Tensor[] {
    return (
      this[internals].saved === null
        ? this[internals].toSave
        : this[internals].saved.all(this[internals].node!)
    ) as readonly Tensor[]
  }

  /** Notes outputs of forward that carry no gradient. */
  markNonDifferentiable(...outputs: Tensor[]): void {
    this[internals].nonDifferentiable = new Set(outputs)
  }

  /** Notes inputs that forward changes in place; they must be outputs too. */
  markDirty(...inputs: Tensor[]): void {
    this[internals].dirty = new Set(inputs)
  }

  /** Whether gradients that did not come are given to backward as zeros (true, the default) or as null. */
  setMaterializeGrads(value: boolean): void {
    this[internals].materialize = value
  }
}

/** What `backward` of a custom function answers: a gradient for each argument of forward, null for none. */
export type FunctionGradients = Tensor | null | readonly (Tensor | null | undefined)[]

/** A subclass of {@link Function}, as `apply` sees it. */
interface FunctionClass<A extends readonly unknown[], R> {
  readonly name: string
  forward(context: FunctionContext, ...args: A): R
  backward(context: FunctionContext, ...gradients: Tensor[]): FunctionGradients
}

/**
 * A differentiable op written by hand: subclass it with static `forward` and `backward`, call it with `apply`.
 *
 * forward runs without recording; backward is recorded where gradients of gradients are asked for, so write it with
 * tensor ops.
 *
 * @example
 * class Cube extends Function {
 *   static forward(context: FunctionContext, x: Tensor) {
 *     context.saveForBackward(x)
 *     return x.pow(3)
 *   }
 *   static backward(context: FunctionContext, g: Tensor) {
 *     const [x] = context.savedTensors
 *     return g.mul(x.square()).mul(3)
 *   }
 * }
 * const x = tensor(2, { requiresGrad: true })
 * Cube.apply(x).backward()
 * x.grad.item() // => 12
 * @see torch.autograd.Function
 */
export class Function {
  /** Runs forward on the arguments and notes the op in the graph. */
  static apply<A extends readonly unknown[], R>(this: FunctionClass<A, R>, ...args: A): R {
    return applyFunction(this, args)
  }
}

function applyFunction<A extends readonly unknown[], R>(fn: FunctionClass<A, R>, args: A): R {
  const context = new FunctionContext()
  context[internals].name = `${fn.name}Backward`
  const tensors = args.filter((arg): arg is A[number] & Tensor => arg instanceof Tensor)
  const recorded = needsGrad(tensors)
  context.needsInputGrad = args.map((arg) => recorded && arg instanceof Tensor && needsGrad([arg]))
  const edges = recorded ? edgesOf(tensors) : null
  const answer = withGradMode(false, () => fn.forward(context, ...args))
  const outputs: readonly unknown[] = Array.isArray(answer) ? answer : [answer]
  check(
    outputs.some((output) => output instanceof Tensor),
    () => new AutogradError(fn.name, `forward must answer a tensor or a list with one, got ${typeof answer}`),
  )
  const results = outputs.map((output) =>
    output instanceof Tensor && tensors.includes(output as never) && !context[internals].dirty.has(output)
      ? viewOf(output, output.shape, output.strides, output.offset)
      : output,
  ) // an input as it is: another tensor of the same memory
  if (edges !== null) connect(fn, context, edges, args, results)
  return (Array.isArray(answer) ? results : results[0]) as R
}

function connect(
  fn: FunctionClass<never, unknown>,
  context: FunctionContext,
  edges: Edges,
  args: readonly unknown[],
  results: readonly unknown[],
): void {
  const outputs = results.map((result) => (result instanceof Tensor ? result : null))
  const node = new FunctionNode(fn, context, edges, args, outputs)
  context[internals].node = node
  if (anomaly.enabled) noteCall(node)
  outputs.forEach((output, i) => {
    if (
      output === null ||
      !output.dtypeInfo.differentiable ||
      context[internals].nonDifferentiable.has(output)
    )
      return
    if (context[internals].dirty.has(output)) {
      setDirty(fn.name, output, node, i)
      return
    }
    const meta = setHistory(output, node, i)
    if (output.base === null) return
    output.noGradVersion = -1
    meta.viewVersion = output.counter.version
    meta.origin = 'function'
  })
  context[internals].saved = new SavedTensors(context[internals].toSave, null, Infinity) // outputs have their place already
  context[internals].toSave = [] // freed with the graph
}

function setDirty(name: string, output: Tensor, node: FunctionNode, i: number): void {
  if (output.base === null) {
    setHistory(output, node, i)
    return
  }
  check(
    i === 0 && node.outputs.length === 1,
    () =>
      new AutogradError(
        name,
        'a view that forward changes in place must be its only output, got several outputs',
      ),
  )
  setHistory(output.base, new CopySlices(edgesOf([output.base], output), node, output, output.base), 0)
}

class FunctionNode extends Node {
  readonly name: string
  readonly #fn: FunctionClass<never, unknown>
  readonly #context: FunctionContext
  /** Positions of the tensors among the arguments. */
  readonly #positions: readonly number[]
  readonly #argumentCount: number
  readonly #zeros: readonly ((like: Tensor) => Tensor)[]

  constructor(
    fn: FunctionClass<never, unknown>,
    context: FunctionContext,
    edges: Edges,
    args: readonly unknown[],
    outputs: readonly (Tensor | null)[],
  ) {
    super(
      edges,
      outputs.map((output) => ({
        shape: output?.shape ?? [],
        dtypeInfo: output?.dtypeInfo ?? dtypes.float32,
      })),
    )
    this.name = context[internals].name
    this.#fn = fn
    this.#context = context
    this.#positions = args.flatMap((arg, i) => (arg instanceof Tensor ? [i] : []))
    this.#argumentCount = args.length
    this.#zeros = outputs.map((output) => {
      const [shape, dtype] = [output?.shape ?? [], output?.dtype ?? 'float32']
      return (like) => like.newZeros(shape, { dtype })
    })
  }

  override apply(gradients: readonly Gradient[]): Gradients {
    const some = gradients.find((gradient) => gradient !== null)!
    const given = this.#context[internals].materialize
      ? gradients.map((gradient, i) => gradient ?? this.#zeros[i](some))
      : gradients
    for (const gradient of given) if (gradient !== null) claim(gradient) // backward may keep it
    const answer = this.#fn.backward(this.#context, ...(given as Tensor[]))
    const list = Array.isArray(answer) ? (answer as readonly Gradient[]) : [answer as Gradient]
    check(list.length >= this.#argumentCount, () => wrongCount(this.name, this.#argumentCount, list.length))
    list.forEach((gradient, i) => {
      if (gradient === null || gradient === undefined) return
      check(
        gradient instanceof Tensor,
        () =>
          new AutogradError(
            this.name,
            `backward must answer tensors or null, got ${typeof gradient} at position ${i}`,
          ),
      )
      check(this.#positions.includes(i), () =>
        i >= this.#argumentCount
          ? wrongCount(this.name, this.#argumentCount, list.length)
          : new AutogradError(
              this.name,
              `backward must answer null for arguments that are no tensors, got a gradient of shape ${formatShape(gradient.shape)} at position ${i}`,
            ),
      )
      claim(gradient)
    })
    return this.#positions.map((i) => list[i])
  }

  override release(): void {
    this.#context[internals].saved?.release()
  }
}

const wrongCount = (name: string, expected: number, got: number): AutogradError =>
  new AutogradError(
    name,
    `backward returned an incorrect number of gradients: expected ${expected}, got ${got}. Answer one for each argument of forward, null for none`,
  )
