// Memory that an op writes: no element twice, and none that it reads elsewhere.
import { ShapeError, check } from '../errors.ts'
import { sameShape } from '../shape/shape.ts'
import type { Tensor } from '../tensor.ts'

/** What an op that writes into memory allows beyond the rule. */
export interface OverlapRule {
  /** It may write into an expanded tensor: it stores one value everywhere, or elements one by one. */
  readonly intoExpanded?: boolean
  /** It may not read what it writes, even if the windows are the same: it reads while it scatters. */
  readonly distinct?: boolean
}

/**
 * Throws if elements of `self`, which is written, share memory, or overlap in part with one of `inputs`. As in PyTorch
 * only strides of 0 count as shared, and windows with gaps are let pass.
 */
export function checkOverlap(
  name: string,
  self: Tensor,
  inputs: readonly Tensor[],
  { intoExpanded = false, distinct = false }: OverlapRule = allowed,
): void {
  if (!intoExpanded) checkOwnMemory(name, self)
  for (let i = 0; i < inputs.length; i++) {
    const other = inputs[i]
    if (other.storage !== self.storage || (other === self && !(distinct && i > 0))) continue
    check(
      !(distinct ? windowsTouch(self, other) : overlapsInPart(self, other)),
      () =>
        new ShapeError(
          name,
          `an input and self must not overlap ${distinct ? '' : 'in part '}in memory, got two windows on the same storage. Clone one of them`,
        ),
    )
  }
}
const allowed: OverlapRule = {}

/** Throws if `self` is expanded: several elements in one place. */
export function checkOwnMemory(name: string, self: Tensor): void {
  check(
    !isExpanded(self),
    () =>
      new ShapeError(
        name,
        'each element of self must have memory of its own, got an expanded tensor. Call clone() or contiguous() first',
      ),
  )
}

function isExpanded({ shape, strides, elementCount }: Tensor): boolean {
  if (elementCount === 0) return false
  for (let i = 0; i < strides.length; i++) if (strides[i] === 0 && shape[i] > 1) return true
  return false
}

const overlapsInPart = (a: Tensor, b: Tensor): boolean =>
  windowsTouch(a, b) &&
  !(a.offset === b.offset && lastElement(a) === lastElement(b) && sameShape(a.strides, b.strides))

// Whether the ranges from first to last element meet, of windows without gaps; with gaps it is not looked at.
function windowsTouch(a: Tensor, b: Tensor): boolean {
  if (a.elementCount === 0 || b.elementCount === 0) return false
  if (lastElement(a) < b.offset || lastElement(b) < a.offset) return false
  return isDense(a) && isDense(b)
}

const lastElement = (t: Tensor): number =>
  t.shape.reduce((last, size, i) => last + (size - 1) * t.strides[i], t.offset)

/** Whether the elements fill their range, in any order of dims. */
function isDense(t: Tensor): boolean {
  if (t.isContiguous()) return true
  const dims = t.shape.map((_, i) => i).filter((i) => t.shape[i] > 1)
  dims.sort((i, j) => t.strides[i] - t.strides[j])
  let expected = 1
  for (const i of dims) {
    if (t.strides[i] !== expected) return false
    expected *= t.shape[i]
  }
  return true
}
