// Activation checkpointing: what a function saves for backward is computed again in backward, not kept.
import {
  AutogradError,
  NotImplementedError,
  Tensor,
  check,
  forkRng,
  formatShape,
  getRngState,
  isGradEnabled,
  setRngState,
} from '@tt/tensor'
import { running } from '../engine/running.ts'
import { PackedTensor, savedHooks } from '../graph/packed.ts'
import { enableGrad } from './grad-mode.ts'
import { savedTensorsHooks } from './saved-tensors-hooks.ts'

/** Options of {@link checkpoint}. */
export interface CheckpointOptions {
  /** Give the second run the random numbers of the first, so that dropout repeats (default): the default generator's. */
  preserveRngState?: boolean
  /** Only false is there (the default): the form of PyTorch that its documentation recommends. */
  useReentrant?: boolean
}

/** What must come again of a saved tensor, in words. */
type Slot = string
const slotOf = ({ shape, dtype, device }: Tensor): Slot => `${formatShape(shape)} ${dtype} on ${device}`

/**
 * Runs `fn` on `inputs` without keeping what its ops save for backward: backward runs `fn` again to have it. Memory
 * for time.
 *
 * `fn` must do the same both times; it may use parameters besides its inputs. Nested checkpoints, keyword objects
 * among the inputs, `grad()`, and gradients of gradients work.
 *
 * @param inputs the arguments of `fn`: one tensor, or a list of anything
 * @returns what `fn` returns
 * @throws AutogradError in backward, if the second run saves other tensors than the first; at once, if `fn` is async
 * @throws NotImplementedError for `useReentrant: true`
 * @example
 * const x = tensor([2, 3], { requiresGrad: true })
 * const y = checkpoint((t) => t.exp().sin(), x)
 * const [dx] = grad(y.sum(), x)
 * dx.allclose(x.exp().cos().mul(x.exp())) // => true
 * @see torch.utils.checkpoint.checkpoint
 */
export function checkpoint<R>(fn: (input: Tensor) => R, inputs: Tensor, options?: CheckpointOptions): R
export function checkpoint<A extends readonly unknown[], R>(
  fn: (...args: A) => R,
  inputs: readonly [...A],
  options?: CheckpointOptions,
): R
export function checkpoint<R>(
  fn: (...args: never[]) => R,
  inputs: Tensor | readonly unknown[],
  { preserveRngState = true, useReentrant = false }: CheckpointOptions = {},
): R {
  check(
    !useReentrant,
    () =>
      new NotImplementedError(
        'checkpoint',
        'useReentrant must be false, got true. The non-reentrant form does all that the other does',
      ),
  )
  const args = (inputs instanceof Tensor ? [inputs] : inputs) as readonly never[]
  if (!isGradEnabled()) return fn(...args)
  const rngState = preserveRngState ? getRngState() : null
  const { pack, unpack } = recomputation(fn, holdAll(args), rngState)
  const result = savedTensorsHooks(pack, unpack, () => fn(...args))
  check(
    !(result instanceof Promise),
    () => new AutogradError('checkpoint', 'the function must not be async, got a promise'),
  )
  return result
}

// Inputs as they are; in a checkpoint around this one, which need not keep them, as its saved tensors.
function holdAll(args: readonly unknown[]): readonly unknown[] {
  const hooks = savedHooks.current
  if (hooks === null) return args
  return args.map((arg) => (arg instanceof Tensor ? new PackedTensor(arg, hooks, false) : arg))
}

// Hooks that keep a number for each saved tensor, and get all of them by running `fn` again: once for each backward.
function recomputation(
  fn: (...args: never[]) => unknown,
  held: readonly unknown[],
  rngState: Uint8Array | null,
) {
  const slots: Slot[] = []
  let task: object | null = null
  let again: readonly Tensor[] = []
  const pack = (tensor: Tensor): number => slots.push(slotOf(tensor)) - 1
  const unpack = (index: number): Tensor => {
    if (running.task === null || running.task !== task) {
      again = runAgain(fn, held, rngState)
      checkRepeats(slots, again.map(slotOf))
      task = running.task
    }
    return again[index]
  }
  return { pack, unpack }
}

// What `fn` saves when it runs again.
function runAgain(
  fn: (...args: never[]) => unknown,
  held: readonly unknown[],
  rngState: Uint8Array | null,
): Tensor[] {
  const args = held.map((arg) => (arg instanceof PackedTensor ? arg.unpack(null) : arg)) as never[]
  const found: Tensor[] = []
  const run = () =>
    enableGrad(() =>
      savedTensorsHooks(
        (tensor) => found.push(tensor),
        neverExposed,
        () => fn(...args),
      ),
    )
  if (rngState === null) run()
  else
    forkRng(() => {
      setRngState(rngState)
      run()
    })
  return found
}

function checkRepeats(before: readonly Slot[], now: readonly Slot[]): void {
  check(
    now.length === before.length,
    () =>
      new AutogradError(
        'checkpoint',
        `the function must save as many tensors when it runs again, got ${now.length} and ${before.length} before`,
      ),
  )
  now.forEach((slot, i) =>
    check(
      slot === before[i],
      () =>
        new AutogradError(
          'checkpoint',
          `the function must save the same tensors when it runs again, got ${slot} and ${before[i]} before, as saved tensor ${i}`,
        ),
    ),
  )
}

function neverExposed(): never {
  throw new AutogradError(
    'checkpoint',
    'backward must not reach tensors of the second run, got one of them. Return what you use from the function',
  )
}

/** A step of a sequence: a module, or a function of one tensor. */
export type CheckpointStep = ((input: Tensor) => Tensor) | { forward(input: Tensor): Tensor }

/**
 * Runs `steps` one after the other, in `segments` parts of which all but the last are checkpointed.
 *
 * @param steps modules or functions: a list, or an `nn.Sequential`
 * @param segments how many parts, in [1, number of steps]
 * @throws AutogradError if `segments` is out of range
 * @example
 * const x = tensor([1, 2], { requiresGrad: true })
 * const double = (t) => t.mul(2)
 * checkpointSequential([double, double, double], 2, x).sum().backward()
 * x.grad.tolist() // => [8, 8]
 * @see torch.utils.checkpoint.checkpoint_sequential
 */
export function checkpointSequential(
  steps: Iterable<CheckpointStep>,
  segments: number,
  input: Tensor,
  options: CheckpointOptions = {},
): Tensor {
  const list = [...steps]
  check(
    Number.isInteger(segments) && segments >= 1 && segments <= list.length,
    () =>
      new AutogradError(
        'checkpointSequential',
        `segments must be an integer from 1 to the number of steps, got ${segments} for ${list.length} steps`,
      ),
  )
  const run = (part: readonly CheckpointStep[]) => (x: Tensor) =>
    part.reduce((t, step) => (typeof step === 'function' ? step(t) : step.forward(t)), x)
  const size = Math.floor(list.length / segments)
  let x = input
  for (let start = 0; start < size * (segments - 1); start += size)
    x = checkpoint(run(list.slice(start, start + size)), x, options)
  return run(list.slice(size * (segments - 1)))(x)
}
