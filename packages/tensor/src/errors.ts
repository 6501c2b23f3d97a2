// Errors: `op: rule, got actual. Fix.` Built only on failure, thrown at the op boundary.

/**
 * Base of every error that this library throws on purpose; `op` names the function that was called.
 *
 * @example
 * new TtError('exp', 'the tensor must be alive, got one that was disposed').message // => 'exp: the tensor must be alive, got one that was disposed.'
 */
export class TtError extends Error {
  readonly op: string

  constructor(op: string, message: string) {
    super(`${op}: ${/[.!?]$/.test(message) ? message : `${message}.`}`)
    this.op = op
    this.name = new.target.name
  }
}

/**
 * Shapes or dims that do not fit.
 *
 * @example
 * try {
 *   ones([2]).add(ones([3]))
 * } catch (error) {
 *   error instanceof ShapeError // => true
 * }
 */
export class ShapeError extends TtError {}
/**
 * A dtype that the op does not take, or a cast that would lose data.
 *
 * @example
 * try {
 *   tensor([true]).neg()
 * } catch (error) {
 *   error instanceof DTypeError // => true
 * }
 */
export class DTypeError extends TtError {}
/**
 * Tensors of different devices, or a device that cannot do what is asked.
 *
 * @example
 * try {
 *   ones([2], { device: 'webgpu' })
 * } catch (error) {
 *   error instanceof DeviceError // => true
 * }
 */
export class DeviceError extends TtError {}
/**
 * An index or dim out of range.
 *
 * @example
 * try {
 *   ones([2]).sum(5)
 * } catch (error) {
 *   error instanceof IndexError // => true
 * }
 */
export class IndexError extends TtError {}
/**
 * A value out of the allowed range, or of the wrong JavaScript type.
 *
 * @example
 * try {
 *   randint(5, 5, [1])
 * } catch (error) {
 *   error instanceof ArgumentError // => true
 * }
 */
export class ArgumentError extends TtError {}
/**
 * The graph of gradients: no engine, a second backward, a changed saved tensor, ...
 *
 * @example
 * try {
 *   tensor([1]).backward()
 * } catch (error) {
 *   error instanceof AutogradError // => true
 * }
 */
export class AutogradError extends TtError {}
/** Something of PyTorch that is not there yet. */
export class NotImplementedError extends TtError {}
/** Memory that cannot be got. */
export class OutOfMemoryError extends TtError {}
/**
 * A file whose bytes are not what its format says.
 *
 * @example
 * try {
 *   data.parseIdx(new Uint8Array(3))
 * } catch (error) {
 *   error instanceof FormatError // => true
 * }
 */
export class FormatError extends TtError {}

/**
 * Throws what `error` makes, if `condition` is false; the message is built only then.
 *
 * @example
 * const size = 2
 * check(size >= 0, () => new ShapeError('ones', `a size must not be negative, got ${size}`)) // => undefined
 */
export function check(condition: boolean, error: () => Error): asserts condition {
  if (!condition) throw error()
}

/** For states that the types rule out. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${String(value)}`)
}
