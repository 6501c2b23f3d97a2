// The block of shared memory through which threads are given work. Positions of int32 words; worker-source.ts has the
// same numbers through `controlWords`.

/** Words of the control block. The first two are written by all threads, so they have cache lines of their own. */
export const controlWords = {
  /** Number of the job, times 256, plus the parts that nobody took yet. A part is taken by a compare-and-exchange. */
  ticket: 0,
  /** Parts that workers have done. */
  done: 32,
  /** Workers that were started and have not left. */
  alive: 64,
  /** Workers that wait for work or do some. */
  ready: 65,
  /** 1 once a worker has failed in this job. */
  failed: 66,
  /** Bytes of its message. */
  messageBytes: 67,
  // The job. It is only read by those who hold a part of it, so it is never read while it is written.
  /** Number of the function. */
  fn: 80,
  /** Where the binary of a generated function lies, for workers that do not have it yet. */
  binary: 81,
  binaryBytes: 82,
  /** The calls: how many, in how many parts, of how many arguments (float64 each) from which address. */
  calls: 83,
  parts: 84,
  arity: 85,
  args: 86,
  /** Which argument is a part's own scratch (-1: none), the first part's, and the bytes to the next one's. */
  scratchArg: 87,
  scratch: 88,
  scratchBytes: 89,
  /** From here on, for each thread whether its worker was started and has not left. */
  present: 96,
  /** The message of a failure, to the end of the block. */
  message: 128,
} as const

/** Bytes of the control block. */
export const controlBytes = 2048

/** Most threads: as many have a place in the control block. */
export const maxThreads = 32

/** Most parts of a job: they are counted in eight bits. */
export const maxParts = 255
