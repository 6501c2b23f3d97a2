// The block of memory through which a kernel gets its sizes, operands and scalars. Byte offsets; all fields are i32.
//
// A program is `run(descriptor: i32)`. It keeps no state of its own and writes only through its output operands, so
// threads can run ranges of one kernel: each has a descriptor with its own part of the sizes and pointers moved to it.

const maxOperands = 64
const maxParams = 64
const operands = 64
const operandBytes = 32
const params = operands + maxOperands * operandBytes

export const descriptor = {
  maxOperands,
  maxParams,
  bytes: params + maxParams * 8,
  /** From one operand's fields to the next's. */
  operandBytes,
  /** Size of dim `k` of the loops; which loop that is, the program says. */
  size: (k: number): number => k * 4,
  /** Address of the first element of an operand. */
  pointer: (operand: number): number => operands + operand * operandBytes,
  /** Bytes between elements of an operand along dim 0 to 6. */
  stride: (operand: number, dim: number): number => operands + operand * operandBytes + 4 + dim * 4,
  param: (position: number): number => params + position * 8,
} as const
