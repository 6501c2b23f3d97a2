// Errors: `op: rule, got actual. Fix.` Built only on failure, thrown at the op boundary.

/** Base of every error that this library throws on purpose; `op` names the function that was called. */
export class TtError extends Error {
  readonly op: string

  constructor(op: string, message: string) {
    super(`${op}: ${/[.!?]$/.test(message) ? message : `${message}.`}`)
    this.op = op
    this.name = new.target.name
  }
}

/** Shapes or dims that do not fit. */
export class ShapeError extends TtError {}
/** A dtype that the op does not take, or a cast that would lose data. */
export class DTypeError extends TtError {}
/** Tensors of different devices, or a device that cannot do what is asked. */
export class DeviceError extends TtError {}
/** An index or dim out of range. */
export class IndexError extends TtError {}
/** A value out of the allowed range, or of the wrong JavaScript type. */
export class ArgumentError extends TtError {}
/** The graph of gradients: no engine, a second backward, a changed saved tensor, ... */
export class AutogradError extends TtError {}
/** Something of PyTorch that is not there yet. */
export class NotImplementedError extends TtError {}
/** Memory that cannot be got. */
export class OutOfMemoryError extends TtError {}
/** A file whose bytes are not what its format says. */
export class FormatError extends TtError {}

/** Throws what `error` makes, if `condition` is false; the message is built only then. */
export function check(condition: boolean, error: () => Error): asserts condition {
  if (!condition) throw error()
}

/** For states that the types rule out. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${String(value)}`)
}
