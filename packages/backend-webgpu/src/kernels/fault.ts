// Bad indices: a kernel writes the first one it meets to the fault buffer, which the next read checks.

/** WGSL statements that report an index; `buffer` is that of the fault words, of `atomic<u32>`. */
export const faultCode = (buffer: string, op: number, index: string, dim: string, size: string): string => `
    if (atomicExchange(&${buffer}[0], 1u) == 0u) {
      atomicStore(&${buffer}[1], ${op}u);
      atomicStore(&${buffer}[2], ${index});
      atomicStore(&${buffer}[3], ${dim});
      atomicStore(&${buffer}[4], ${size});
    }`
