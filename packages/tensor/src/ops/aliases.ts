// Other names that PyTorch gives to the same functions.
export {
  abs as absolute,
  div as divide,
  div as trueDivide,
  div_ as divide_,
  div_ as trueDivide_,
  mul as multiply,
  neg as negative,
  sub as subtract,
} from './arithmetic.ts'
export {
  acos as arccos,
  acosh as arccosh,
  asin as arcsin,
  asinh as arcsinh,
  atan as arctan,
  atanh as arctanh,
  sigmoid as expit,
} from './math.ts'
export { atan2 as arctan2 } from './arithmetic.ts'
export {
  clamp as clip,
  clamp_ as clip_,
  ge as greaterEqual,
  gt as greater,
  le as lessEqual,
  lt as less,
  ne as notEqual,
} from './comparison.ts'
export { trunc as fix } from './rounding.ts'
