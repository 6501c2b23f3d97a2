// All samples, by the family of the ops.
import { activation } from './activation.ts'
import { arithmetic } from './arithmetic.ts'
import { complex } from './complex.ts'
import { complexLinearAlgebra } from './complex-linalg.ts'
import { convolution } from './convolution.ts'
import { fourier } from './fourier.ts'
import { inPlace } from './in-place.ts'
import { indexing } from './indexing.ts'
import { join } from './join.ts'
import { linearAlgebra } from './linalg.ts'
import { loss } from './loss.ts'
import { masked } from './masked.ts'
import { math } from './math.ts'
import { matmul } from './matmul.ts'
import { normalization } from './normalization.ts'
import { pool } from './pool.ts'
import { random } from './random.ts'
import { reduce } from './reduce.ts'
import type { Sample } from './sample.ts'
import { scan } from './scan.ts'
import { special } from './special.ts'
import { views } from './views.ts'
import { vision } from './vision.ts'

export const families: Readonly<Record<string, readonly Sample[]>> = {
  activation,
  arithmetic,
  complex,
  complexLinearAlgebra,
  convolution,
  fourier,
  inPlace,
  indexing,
  join,
  linearAlgebra,
  loss,
  masked,
  math,
  matmul,
  normalization,
  pool,
  random,
  reduce,
  scan,
  special,
  views,
  vision,
}
