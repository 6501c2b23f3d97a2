// What dispatch calls: notes ops in the graph as they run.
import { AutogradError, NotImplementedError, gradState } from '@tt/tensor'
import type { KernelScalar, OpRecord, Tensor } from '@tt/tensor'
import { formulaOf, isRegistered } from '../derivatives/index.ts'
import { pointwiseDerivative, slotsToSave } from '../derivatives/pointwise.ts'
import { anomaly, noteCall } from './anomaly.ts'
import { CopySlices } from './as-strided.ts'
import { FormulaNode, usesInput } from './formula-node.ts'
import { checkViewOrigin, edgesOf, gradFnOf, requiresGradOf, setHistory } from './meta.ts'
import type { Edges, Node } from './node.ts'
import { PointwiseNode } from './pointwise-node.ts'

/** Notes that `outputs` came from `tensors` by `op`. */
export function record(
  op: OpRecord,
  tensors: readonly Tensor[],
  attrs: unknown,
  outputs: readonly Tensor[],
): void {
  const node = nodeOf(op, edgesOf(tensors), tensors, attrs, outputs, null)
  if (node === null) return
  if (anomaly.enabled) noteCall(node)
  for (let i = 0; i < outputs.length; i++) {
    const output = outputs[i]
    if (!node.isDifferentiable(i)) continue
    const meta = setHistory(output, node, i)
    if (output.base === null) continue
    meta.viewVersion = output.counter.version
    if (op.kind === 'multiView') meta.origin = 'multiView'
  }
}

function nodeOf(
  op: OpRecord,
  edges: Edges,
  tensors: readonly Tensor[],
  attrs: unknown,
  outputs: readonly Tensor[],
  changed: Tensor | null,
): Node | null {
  if (op.kind === 'pointwise')
    return new PointwiseNode(op, edges, tensors, attrs as readonly KernelScalar[], outputs[0], changed)
  if (!outputs.some((output) => output.dtypeInfo.differentiable)) return null
  const entry = formulaOf(op)
  if (entry === null || 'decomposed' in entry) {
    throw new NotImplementedError(
      op.name,
      `the op must have a derivative formula to take tensors that require grad, got ${op.kind} op ` +
        `'${op.name}' without one. Use it under noGrad, or register one`,
    )
  }
  return 'notDifferentiable' in entry
    ? null
    : new FormulaNode(op, entry, edges, tensors, attrs, outputs, changed, !isRegistered(op))
}

/** What an in-place op is about to overwrite and its gradient will ask for. */
let preserved: { readonly self: Tensor; readonly copy: Tensor } | null = null

/** Before an in-place op: throws if `self` may not be changed; copies it if the gradient needs what it was. */
export function beforeInPlace(
  opName: string,
  self: Tensor,
  op: OpRecord | null = null,
  tensors: readonly Tensor[] = [self],
): void {
  preserved = null
  if (!gradState.enabled || !(requiresGradOf(self) || tensors.some(requiresGradOf))) return
  if (self.base !== null) {
    checkViewOrigin(self, true, opName)
    if (requiresGradOf(self) && gradFnOf(self.base) === null) {
      throw new AutogradError(
        opName,
        'a view of a leaf Variable that requires grad is being used in an in-place operation, got one of a leaf. ' +
          'Wrap it in noGrad, or clone the leaf first',
      )
    }
  }
  if (requiresGradOf(self) && gradFnOf(self) === null) {
    throw new AutogradError(
      opName,
      'a leaf Variable that requires grad is being used in an in-place operation, got one. ' +
        'Wrap it in noGrad, or use the out-of-place op',
    )
  }
  if (op !== null && needsOldValue(op, tensors)) preserved = { self, copy: self.clone() } // recorded, for gradients of gradients
}

// Whether a gradient uses the value of the first tensor, which is overwritten.
function needsOldValue(op: OpRecord, tensors: readonly Tensor[]): boolean {
  if (op.kind === 'pointwise') {
    let needs = 0
    for (let i = 0; i < tensors.length; i++) if (requiresGradOf(tensors[i])) needs |= 1 << i
    return (slotsToSave(pointwiseDerivative(op), needs) & 1) !== 0
  }
  const entry = formulaOf(op)
  return (
    entry !== null &&
    'backward' in entry &&
    usesInput(entry, (i) => i < tensors.length && requiresGradOf(tensors[i]), 0)
  )
}

/** After an in-place op, the version already bumped. */
export function recordInPlace(op: OpRecord, tensors: readonly Tensor[], attrs: unknown, self: Tensor): void {
  const inputs = preserved?.self === self ? [preserved.copy, ...tensors.slice(1)] : tensors
  preserved = null
  const { base } = self
  const edges = edgesOf(tensors, self)
  const node = nodeOf(op, edges, inputs, attrs, [self], self)
  if (node === null) return
  if (anomaly.enabled) noteCall(node)
  if (op.kind === 'view') setHistory(self, node, 0).viewVersion = self.counter.version // another window: no element changed
  else if (base === null) setHistory(self, node, 0)
  else {
    const copy = new CopySlices(edgesOf([base], self), node, self, base)
    if (anomaly.enabled) noteCall(copy)
    setHistory(base, copy, 0)
  }
}
