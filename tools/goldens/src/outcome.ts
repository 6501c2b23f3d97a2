// What may come of a case: it passes, fails for a reason, or needs something that does not exist.

/** Thrown where a case needs an op, a dtype or an option that does not exist: neither passed nor failed. */
export class NotThere extends Error {}

/** Thrown where a result is not what PyTorch gave. */
export class Mismatch extends Error {}

/** 'not applicable': an error case of Python's argument types or of a limit of PyTorch's CPU kernels. */
export type Status = 'passed' | 'failed' | 'not implemented' | 'not applicable'

export interface Outcome {
  readonly id: string
  readonly status: Status
  readonly reason: string
}

/** Thrown where PyTorch's error is none that should be copied. */
export class NotApplicable extends Error {}

/** Fails the case unless the condition holds. */
export function expectThat(condition: boolean, reason: () => string): asserts condition {
  if (!condition) throw new Mismatch(reason())
}
