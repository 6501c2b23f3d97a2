// What the functions of `functional` share: lists for tensors, fresh inputs, and the checks of strict mode.
import {
  AutogradError,
  NotImplementedError,
  ShapeError,
  Tensor,
  check,
  formatShape,
  sameShape,
  zerosLike,
} from '@tt/tensor'
import { grad } from './backward.ts'

/** One tensor or a list. */
export type Tensors = Tensor | readonly Tensor[]
/** A tensor for one tensor, a list for a list. */
export type Alike<T extends Tensors> = T extends Tensor ? Tensor : Tensor[]

/** Options of the functions of `functional`. */
export interface FunctionalOptions {
  /** Record the result, for gradients of it. */
  createGraph?: boolean
  /** Throw where a result does not depend on an input, instead of answering zeros. */
  strict?: boolean
}

/** The options with their defaults. @throws NotImplementedError for those of PyTorch that are not there */
export function readOptions(op: string, options: FunctionalOptions): Required<FunctionalOptions> {
  const { createGraph = false, strict = false, ...others } = options
  for (const [name, value] of Object.entries(others)) {
    check(
      value === false || value === 'reverse-mode' || value === undefined,
      () =>
        new NotImplementedError(
          op,
          `options must be among [createGraph, strict], got ${name}: ${String(value)}. There is no vectorised or forward mode`,
        ),
    )
  }
  return { createGraph, strict }
}

/** A list of the tensors. @throws AutogradError if one is none */
export function listOf(op: string, what: string, value: Tensors): readonly Tensor[] {
  const list = value instanceof Tensor ? [value] : value
  check(
    Array.isArray(list) && list.every((tensor) => tensor instanceof Tensor),
    () =>
      new AutogradError(
        op,
        `${what} must be a tensor or a list of tensors, got ${Array.isArray(list) ? 'a list with others' : typeof value}`,
      ),
  )
  return list
}

/** A tensor if `like` is one, the list otherwise. */
export const unlist = <T extends Tensors>(like: T, list: Tensor[]): Alike<T> =>
  (like instanceof Tensor ? list[0] : list) as Alike<T>

/** Tensors of their own, so that they differ from the same ones captured by the function; in the graph for createGraph. */
export const fresh = (list: readonly Tensor[], createGraph: boolean, requiresGrad: boolean): Tensor[] =>
  list.map((tensor) =>
    createGraph && tensor.requiresGrad ? tensor.viewAs(tensor) : tensor.detach().requiresGrad_(requiresGrad),
  )

/** The tensors as they are for createGraph, outside the graph otherwise. */
export const released = (list: readonly Tensor[], createGraph: boolean): Tensor[] =>
  createGraph ? [...list] : list.map((tensor) => tensor.detach())

/** `v` as a list that fits `like`; null stands for 1 where `like` has one element. */
export function vectorFor(
  op: string,
  v: Tensors | null,
  like: readonly Tensor[],
  what: string,
  createGraph: boolean,
): (Tensor | null)[] {
  if (v === null) {
    check(
      like.length === 1 && like[0].numel() === 1,
      () =>
        new AutogradError(op, `v may be left out only if ${what} is one tensor of one element, got others`),
    )
    return [null]
  }
  const list = listOf(op, 'v', v)
  check(
    list.length === like.length,
    () =>
      new AutogradError(
        op,
        `v must have one tensor for each of ${what}, got ${list.length} for ${like.length}`,
      ),
  )
  list.forEach((tensor, i) =>
    check(
      sameShape(tensor.shape, like[i].shape),
      () =>
        new ShapeError(
          op,
          `v must have the shape of ${what}, got ${formatShape(tensor.shape)} for ${formatShape(like[i].shape)} at position ${i}`,
        ),
    ),
  )
  return fresh(list, createGraph, false)
}

/** The only output of a scalar function. */
export function scalarOf(op: string, value: Tensors): Tensor {
  check(
    value instanceof Tensor,
    () => new AutogradError(op, `the function must return one tensor, got ${typeof value}`),
  )
  check(
    value.numel() === 1,
    () =>
      new AutogradError(op, `the function must return one element, got shape ${formatShape(value.shape)}`),
  )
  return value
}

/** As grad, of those outputs that require grad; null where none comes. */
export function gradients(
  outputs: readonly (Tensor | null)[],
  inputs: readonly Tensor[],
  vector: readonly (Tensor | null)[],
  createGraph: boolean,
  retainGraph = createGraph,
): (Tensor | null)[] {
  const kept = outputs.flatMap((output, i) => (output?.requiresGrad ? [i] : []))
  if (kept.length === 0) return inputs.map(() => null)
  return grad(
    kept.map((i) => outputs[i]!),
    inputs,
    { gradOutputs: kept.map((i) => vector[i]), createGraph, retainGraph, allowUnused: true },
  )
}

/** In strict mode, throws if one of `list` is null or does not depend on the inputs. */
export function checkDependence(
  op: string,
  what: string,
  list: readonly (Tensor | null)[],
  strict: boolean,
): void {
  if (!strict) return
  list.forEach((tensor, i) =>
    check(
      tensor?.requiresGrad === true,
      () =>
        new AutogradError(
          op,
          `in strict mode ${what} ${i} must depend on the inputs, got one that is independent of them`,
        ),
    ),
  )
}

/** Zeros for null; in strict mode an error, also where a result to be differentiated again is constant. */
export function filled(
  op: string,
  what: string,
  list: readonly (Tensor | null)[],
  like: readonly Tensor[],
  { strict, createGraph }: Required<FunctionalOptions>,
): Tensor[] {
  return list.map((tensor, i) => {
    check(
      !strict || (tensor !== null && (!createGraph || tensor.requiresGrad)),
      () =>
        new AutogradError(
          op,
          `in strict mode ${what} must depend on the inputs, got one that is independent of input ${i}`,
        ),
    )
    return tensor ?? zerosLike(like[i])
  })
}
