// Gradients of windows on memory: asStrided, views renewed after an in-place change, in-place changes of views.
import { arange, emptyStrided, viewAsComplex, viewAsReal, zeros } from '@tt/tensor'
import type { DTypeInfo, Tensor } from '@tt/tensor'
import { Node } from './node.ts'
import type { Edges, Gradient, Gradients } from './node.ts'

/** Shape, strides and offset in a memory. */
export interface Window {
  readonly shape: readonly number[]
  readonly strides: readonly number[]
  readonly offset: number
}

/** A window in elements of a dtype. */
interface TypedWindow extends Window {
  readonly dtypeInfo: DTypeInfo
}

const windowOf = ({ shape, strides, offset, dtypeInfo }: Tensor): TypedWindow => ({
  shape,
  strides,
  offset,
  dtypeInfo,
})
/** A window of complex elements as one of real elements: the parts are a last dim of size 2. */
const realWindow = ({ shape, strides, offset }: Window): Window => ({
  shape: [...shape, 2],
  strides: [...strides.map((stride) => 2 * stride), 1],
  offset: 2 * offset,
})
const isEmpty = ({ shape }: Window): boolean => shape.includes(0)
const lastOf = ({ shape, strides, offset }: Window): number =>
  shape.reduce((last, size, i) => last + (size - 1) * strides[i], offset)

/** Whether two positions may be the same element: unless dims by rising stride each step over all smaller ones. */
function mayOverlap({ shape, strides }: Window): boolean {
  const dims = shape
    .map((size, i) => ({ size, stride: strides[i] }))
    .filter(({ size }) => size > 1)
    .sort((a, b) => a.stride - b.stride)
  let reach = 0
  for (const { size, stride } of dims) {
    if (stride <= reach) return true
    reach += (size - 1) * stride
  }
  return false
}

/**
 * Gradient by a tensor with the geometry `input`, of a window `output` on its memory: each element of the memory gets
 * the sum over the positions that show it; elements that several positions of `input` share divide theirs.
 */
export function windowGradient(g: Tensor, output: Window, input: Window): Tensor {
  const options = { dtype: g.dtype, device: g.device }
  if (isEmpty(input)) return zeros(input.shape, options)
  if (isEmpty(output)) return zeros(input.shape, options)
  const start = Math.min(input.offset, output.offset)
  const length = Math.max(lastOf(input), lastOf(output)) - start + 1
  const positions = (window: Window) =>
    arange(length, null, 1, { device: g.device })
      .asStrided(window.shape, window.strides, { storageOffset: window.offset - start })
      .reshape([-1])
  let memory = zeros([length], options)
  if (mayOverlap(output)) memory = memory.indexAdd(0, positions(output), g.reshape([-1]))
  else memory.asStrided(output.shape, output.strides, { storageOffset: output.offset - start }).copy_(g)
  if (mayOverlap(input)) {
    const at = positions(input)
    const counts = zeros([length], options).indexAdd(0, at, zeros([at.numel()], options).fill_(1))
    memory = memory.div(counts.clampMin(1))
  }
  return memory.asStrided(input.shape, input.strides, { storageOffset: input.offset - start })
}

// The same where the view shows the parts of complex elements, or pairs of real ones as complex: all is seen as real.
function viewGradient(g: Tensor, view: TypedWindow, base: TypedWindow): Tensor {
  if (view.dtypeInfo === base.dtypeInfo) return windowGradient(g, view, base)
  return base.dtypeInfo.component === null
    ? windowGradient(viewAsReal(g.contiguous()), realWindow(view), base)
    : viewAsComplex(windowGradient(g, view, realWindow(base)).contiguous())
}

/** The window of a view on `whole`, a tensor with the geometry of its base. */
function partOf(whole: Tensor, view: TypedWindow, base: TypedWindow): Tensor {
  if (view.dtypeInfo === base.dtypeInfo)
    return whole.asStrided(view.shape, view.strides, { storageOffset: view.offset - base.offset })
  if (base.dtypeInfo.component !== null) {
    const storageOffset = view.offset - 2 * base.offset
    return viewAsReal(whole).asStrided(view.shape, view.strides, { storageOffset })
  }
  const { shape, strides, offset } = realWindow(view)
  return viewAsComplex(whole.asStrided(shape, strides, { storageOffset: offset - base.offset }))
}

/** The node of a view that was renewed after an in-place change: a window on its base. */
export class AsStridedNode extends Node {
  readonly name = 'AsStridedBackward0'
  readonly #view: TypedWindow
  readonly #base: TypedWindow

  constructor(edges: Edges, view: Tensor, base: Tensor) {
    super(edges, [{ shape: view.shape, dtypeInfo: view.dtypeInfo }])
    this.#view = windowOf(view)
    this.#base = windowOf(base)
  }

  override apply([g]: readonly Gradient[]): Gradients {
    return [viewGradient(g!, this.#view, this.#base)]
  }
}

/**
 * The node of a base one of whose views was changed in place by `change`: the part of the gradient that the view shows
 * goes through `change`, the rest passes.
 */
export class CopySlices extends Node {
  readonly name = 'CopySlices'
  readonly #change: Node
  readonly #view: TypedWindow
  readonly #base: TypedWindow

  /** @param baseEdges of the base as it was before; the other edges are those of `change` but its first */
  constructor(baseEdges: Edges, change: Node, view: Tensor, base: Tensor) {
    super(
      {
        nodes: [...baseEdges.nodes, ...change.next.slice(1)],
        outputs: [...baseEdges.outputs, ...change.nextOutputs.slice(1)],
      },
      [{ shape: base.shape, dtypeInfo: base.dtypeInfo }],
    )
    this.#change = change
    this.#view = windowOf(view)
    this.#base = windowOf(base)
  }

  override apply([g]: readonly Gradient[]): Gradients {
    const { shape } = this.#view
    const whole = emptyStrided(this.#base.shape, this.#base.strides, {
      dtype: g!.dtype,
      device: g!.device,
    }).copy_(g!)
    const part = partOf(whole, this.#view, this.#base)
    const [before, ...others] = this.#change.apply([part.clone()])
    if (this.next[0] === null) return [null, ...others]
    if (before) part.copy_(before.shape.length === shape.length ? before : before.sumToSize(shape))
    else part.zero_()
    return [whole, ...others]
  }

  override release(): void {
    this.#change.release()
  }
}
