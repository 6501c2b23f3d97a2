// Entry of the module that is built once: kernels whose speed does not depend on multiply-add.
export * from './gemm-integer'
export * from './mt19937'
export * from './pool'
export * from './scatter'
export * from './index-rows'
export * from './index-advanced'
export * from './sort'
export * from './scan'
