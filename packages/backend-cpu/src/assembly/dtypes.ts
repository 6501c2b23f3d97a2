// Pointers and dtypes at the border of the AssemblyScript kernels.

/** A byte address in the memory; 0 means absent where an argument is optional. */
export type Pointer = number

/** The types that kernels compute in; bool is stored as uint8. */
export type AssemblyDType = 'float32' | 'float64' | 'int8' | 'uint8' | 'int16' | 'int32' | 'int64'
export type AssemblyFloat = 'float32' | 'float64'

/** How a scalar of a dtype crosses into WebAssembly. */
export type ScalarOf<D extends AssemblyDType> = D extends 'int64' ? bigint : number

/** One form of a kernel per dtype. */
export type PerDType<F, D extends AssemblyDType = AssemblyDType> = { readonly [K in D]: F }

/** One form of a kernel per element size in bytes, where elements are only moved. */
export type PerSize<F> = { readonly [K in 1 | 2 | 4 | 8]: F }
