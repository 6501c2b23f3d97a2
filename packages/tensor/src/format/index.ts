// Text of tensors and numbers, as PyTorch and Python write them.
export type { Element } from './element-format.ts'
export type { PrintOptions, PrintProfile } from './print-options.ts'
export { getPrintOptions, setPrintOptions } from './print-options.ts'
export type { PyValue } from './python-number.ts'
export { formatExponential, formatFixed, pyLiteral, pyRepr, pyTuple } from './python-number.ts'
export type { PrintedTensor } from './tensor-string.ts'
export { formatTensor, summarizedIndices } from './tensor-string.ts'
