// Entry of the module that is built twice, for SIMD128 and for relaxed SIMD.
export * from './gemm'
export * from './conv'
export * from './conv-weight'
export * from './softmax'
export * from './rotations'
export * from './fourier'
export { kLn2High32, kLn2High64, kLn2Low32, kLn2Low64, kLog2e, kLowest32, kLowest64, kMagic32, kMagic64, kOne } from './exp'
export { kP0, kP1, kP2, kP3, kP4, kP5, kQ0, kQ1, kQ2, kQ3, kQ4, kQ5, kQ6, kQ7, kQ8, kQ9, kQ10, kQ11 } from './exp'
