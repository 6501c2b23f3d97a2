// `out`: results written into tensors that the caller gives. Elementwise kernels write there at once; what other ops
// give is copied.
import { canCast } from '../dtype.ts'
import { ArgumentError, AutogradError, DTypeError, DeviceError, check } from '../errors.ts'
import { broadcastPair, formatShape, sameShape } from '../shape/shape.ts'
import { Tensor } from '../tensor.ts'
import { needsGrad, withGradMode } from './hook.ts'
import { checkOverlap } from './overlap.ts'
import { prepare } from './pointwise-call.ts'
import type { Operandish, PointwiseRecord } from './pointwise-record.ts'
import { applyPointwise } from './pointwise.ts'
import type { OutputSpec } from './record.ts'
import type { Scalar } from './scalar.ts'

/** The option of ops with one result. */
export interface OutOption {
  /**
   * Takes the result, and is what the op returns. It is resized if its shape is another one (with a warning, unless it
   * is empty); the result must be castable to its dtype. There are no gradients.
   */
  out?: Tensor | undefined
}
/** The option of ops with several results. */
export interface OutsOption {
  /** Take the results, in their order. @see OutOption */
  out?: readonly Tensor[] | undefined
}

/**
 * Runs `compute` and writes what it gives into `out`: a tensor, or a list for the tensors of a list or an object. Gives
 * the same list or object, of the tensors of `out`.
 *
 * @throws AutogradError if a result, or a tensor of `out`, requires grad; DTypeError or DeviceError if one does not fit
 * @example
 * const y = empty([0])
 * resultInto('double', y, () => tensor([1, 2]).mul(2)) === y // => true
 * y.tolist() // => [2, 4]
 */
export function resultInto<R>(op: string, out: Tensor | readonly Tensor[], compute: () => R): R {
  const targets = out instanceof Tensor ? [out] : out
  check(
    Array.isArray(targets) && targets.every((target) => target instanceof Tensor),
    () => new ArgumentError(op, `out must be a tensor or a list of tensors, got ${typeof out}`),
  )
  for (const target of targets) checkTarget(op, target)
  const result = compute()
  const results = tensorsOf(result)
  check(
    results.length === targets.length,
    () =>
      new ArgumentError(
        op,
        `out must have a tensor for each result, got ${targets.length} for ${results.length}`,
      ),
  )
  check(!needsGrad(results), () => noGradients(op))
  results.forEach((one, i) =>
    checkFits(op, targets[i], { shape: one.shape, dtype: one.dtypeInfo }, one.device),
  )
  withGradMode(false, () => results.forEach((one, i) => fit(op, targets[i], one.shape).copy_(one)))
  return placed(result, targets.values()) as R
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null
const tensorsOf = (result: unknown): Tensor[] =>
  result instanceof Tensor ? [result] : isRecord(result) ? Object.values(result).flatMap(tensorsOf) : []

// The result with the next target in the place of each tensor.
function placed(result: unknown, targets: Iterator<Tensor>): unknown {
  if (result instanceof Tensor) return targets.next().value
  if (Array.isArray(result)) return result.map((entry) => placed(entry, targets))
  if (!isRecord(result)) return result
  return Object.fromEntries(Object.entries(result).map(([name, entry]) => [name, placed(entry, targets)]))
}

/** Runs an elementwise op into `out`: its kernel writes there, unless the dtype is another one. */
export function applyPointwiseInto(
  record: PointwiseRecord,
  inputs: readonly Operandish[],
  options: Readonly<Record<string, Scalar | undefined>>,
  out: Tensor,
): Tensor {
  const { name } = record
  check(
    out instanceof Tensor,
    () => new ArgumentError(name, `out must be a tensor, got ${out === null ? 'null' : typeof out}`),
  )
  checkTarget(name, out)
  const { tensors, variant, params, common, output } = prepare(record, inputs, options, null)
  check(!output.differentiable || !needsGrad(tensors), () => noGradients(name))
  let { shape } = tensors[0]
  for (let i = 1; i < tensors.length; i++) shape = broadcastPair(name, shape, tensors[i].shape)
  checkFits(name, out, { shape, dtype: output }, tensors[0].device)
  checkOverlap(name, out, tensors)
  if (output !== out.dtypeInfo)
    return withGradMode(false, () => {
      const result = applyPointwise(record, inputs, options)
      return fit(name, out, shape).copy_(result)
    })
  fit(name, out, shape)
  if (out.elementCount > 0) variant.run(tensors, params, common, out)
  out.bumpVersion(`${name} with out`)
  return out
}

const noGradients = (op: string): AutogradError =>
  new AutogradError(
    op,
    "functions with out=... arguments don't support automatic differentiation, got one that requires grad. " +
      'Leave out away, or wrap the call in noGrad',
  )

function checkTarget(op: string, out: Tensor): void {
  check(!needsGrad([out]), () => noGradients(op))
}

function checkFits(op: string, out: Tensor, { dtype }: OutputSpec, device: string): void {
  check(
    out.device === device,
    () => new DeviceError(op, `out must be on the device of the result, got ${out.device} for ${device}`),
  )
  check(
    canCast(dtype.name, out.dtype),
    () =>
      new DTypeError(op, `the result type ${dtype.name} must be castable to that of out, got ${out.dtype}`),
  )
}

// Gives `out` the shape of the result.
function fit(op: string, out: Tensor, shape: readonly number[]): Tensor {
  if (sameShape(out.shape, shape)) return out
  if (out.elementCount > 0)
    console.warn(
      `${op}: out should have the shape of the result, got ${formatShape(out.shape)} for ${formatShape(shape)}, ` +
        'and was resized. Give an empty tensor, or resize it with resize_',
    )
  return out.resize_(shape)
}
