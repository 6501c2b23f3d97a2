// What autograd keeps on a tensor, and where the gradient of a tensor goes.
import { AutogradError } from '@tt/tensor'
import type { AutogradMeta, Tensor } from '@tt/tensor'
import { AccumulateGrad } from './accumulate-grad.ts'
import { AsStridedNode } from './as-strided.ts'
import { NodeHooks, addHook } from './hooks.ts'
import type { OutputHook } from './hooks.ts'
import type { Edges, Node } from './node.ts'

/** How a view came to be: some may not be changed in place. */
export type ViewOrigin = 'view' | 'multiView' | 'function'

/** The autograd slot of a tensor. */
export class VariableMeta implements AutogradMeta {
  requiresGrad = false
  grad: Tensor | null = null
  gradFn: Node | null = null
  /** Which output of gradFn the tensor is. */
  output = 0
  /** The sink of a leaf's gradients, made when first needed. */
  accumulator: AccumulateGrad | null = null
  /** Of a view: the version of the memory for which gradFn holds; after an in-place change it is made anew. */
  viewVersion = -1
  origin: ViewOrigin = 'view'
  retains = false
}

/** The tensor's slot or null. */
export const metaOf = (tensor: Tensor): VariableMeta | null => tensor.autograd as VariableMeta | null
/** The tensor's slot, filled if it was empty. */
export const ensureMeta = (tensor: Tensor): VariableMeta =>
  (tensor.autograd ??= new VariableMeta()) as VariableMeta

/** Whether gradients are computed for the tensor; a view of one that requires grad does, whenever it was made. */
export function requiresGradOf(tensor: Tensor): boolean {
  return tensor.autograd?.requiresGrad === true || tensor.base?.autograd?.requiresGrad === true
}

/** The node that made the tensor; null for leaves. That of a view is renewed after in-place changes. */
export const gradFnOf = (tensor: Tensor): Node | null =>
  tensor.base === null
    ? (metaOf(tensor)?.gradFn ?? null)
    : viewGradFn(tensor, tensor.base, tensor.counter.version)

// After an in-place change of the base or of another view, the view is a window on the changed base.
function viewGradFn(view: Tensor, base: Tensor, version: number): Node | null {
  const meta = metaOf(view)
  const current = meta?.gradFn ?? null
  const baseMeta = metaOf(base)
  if (baseMeta === null || !baseMeta.requiresGrad) return current
  const made = current === null ? view.noGradVersion : meta!.viewVersion
  if (made === version) return current
  checkViewOrigin(view, false)
  const renewed = ensureMeta(view)
  renewed.gradFn = new AsStridedNode(edgesOf([base]), view, base)
  renewed.output = 0
  renewed.requiresGrad = true
  renewed.viewVersion = version
  return renewed.gradFn
}

/** Throws if the view is one that may not be changed in place (`direct`), or whose base may not be. */
export function checkViewOrigin(view: Tensor, direct: boolean, op = 'gradFn'): void {
  const meta = metaOf(view)
  const change = direct
    ? 'it is being changed in place'
    : 'its base, or another view of it, was changed in place'
  if (meta?.origin === 'multiView') {
    throw new AutogradError(
      op,
      `output ${meta.output} of ${meta.gradFn?.name ?? 'an op'} is a view and ${change}, got a view that ` +
        'is one of several outputs of a function. Use the out-of-place op, or views made one by one',
    )
  }
  if (meta?.origin === 'function') {
    throw new AutogradError(
      op,
      `output ${meta.output} of ${meta.gradFn?.name ?? 'a custom Function'} is a view and ${change}, got a view that ` +
        'was made inside a custom Function. Clone the output in its forward',
    )
  }
  if (view.noGradVersion >= 0) {
    throw new AutogradError(
      op,
      `a view that was made under noGrad must not be used once ${change} with grad mode on, got one. ` +
        'Make both the view and the change inside noGrad, or both outside',
    )
  }
}

/** The sink of a leaf's gradients. */
export function accumulatorOf(tensor: Tensor): AccumulateGrad {
  const meta = ensureMeta(tensor)
  return (meta.accumulator ??= new AccumulateGrad(tensor, meta))
}

/** The node that takes the tensor's gradient: its gradFn, its accumulator, or null if it does not require grad. */
function gradientNode(tensor: Tensor, version: number): Node | null {
  if (tensor.base !== null) {
    return viewGradFn(tensor, tensor.base, version) ?? (requiresGradOf(tensor) ? accumulatorOf(tensor) : null)
  }
  const meta = metaOf(tensor)
  if (meta === null || !meta.requiresGrad) return null
  return meta.gradFn ?? accumulatorOf(tensor)
}

const zeros: readonly (readonly number[])[] = [[], [0], [0, 0], [0, 0, 0], [0, 0, 0, 0]]

/**
 * Where the gradients of `tensors` go. `changed` is the tensor whose memory the op has just written: tensors that
 * share it are meant as they were before.
 */
export function edgesOf(tensors: readonly Tensor[], changed: Tensor | null = null): Edges {
  const count = tensors.length
  const nodes = new Array<Node | null>(count)
  let outputs: number[] | null = null
  for (let i = 0; i < count; i++) {
    const tensor = tensors[i]
    if (tensor.autograd === null && tensor.base === null) {
      nodes[i] = null
      continue
    }
    const { version } = tensor.counter
    const node = gradientNode(
      tensor,
      changed !== null && tensor.counter === changed.counter ? version - 1 : version,
    )
    nodes[i] = node
    const output = node === null ? 0 : metaOf(tensor)!.output
    if (output !== 0) (outputs ??= new Array<number>(count).fill(0))[i] = output
  }
  return { nodes, outputs: outputs ?? zeros[count] ?? new Array<number>(count).fill(0) }
}

/** Makes `tensor` output `output` of `node`. */
export function setHistory(tensor: Tensor, node: Node, output: number): VariableMeta {
  const meta = ensureMeta(tensor)
  meta.gradFn = node
  meta.output = output
  meta.requiresGrad = true
  if (meta.retains) (node.retained ??= [])[output] = tensor
  return meta
}

/** Calls `hook` in each backward that reaches the node of `tensor`, with its gradient or null. @returns what removes it */
export function onGradient(tensor: Tensor, hook: OutputHook): () => void {
  const { nodes, outputs } = edgesOf([tensor])
  const { byOutput } = (nodes[0]!.hooks ??= new NodeHooks())
  return addHook((byOutput[outputs[0]] ??= new Set()), hook)
}
