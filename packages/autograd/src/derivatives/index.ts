// The derivative table of all structured, view and composite ops. A record of @tt/tensor without an entry does not compile.
import * as tensor from '@tt/tensor'
import type { OpRecord } from '@tt/tensor'
import { convolution } from './convolution.ts'
import { copy } from './copy.ts'
import type { Entry, Formula } from './formula.ts'
import { fourier } from './fourier.ts'
import { indexing } from './indexing.ts'
import { join } from './join.ts'
import { linearAlgebra } from './linalg.ts'
import { loss } from './loss.ts'
import { matmul } from './matmul.ts'
import { matrixParts } from './matrix-parts.ts'
import { nllLoss } from './nll-loss.ts'
import { normalization } from './normalization.ts'
import { pool } from './pool.ts'
import { random } from './random.ts'
import { reduce } from './reduce.ts'
import { repetition } from './repetition.ts'
import { resample } from './resample.ts'
import { scan } from './scan.ts'
import { scatter } from './scatter.ts'
import { softmax } from './softmax.ts'
import { sort } from './sort.ts'
import type { Formulas } from './table.ts'
import { views } from './views.ts'

const table: Formulas = {
  ...convolution,
  ...copy,
  ...fourier,
  ...indexing,
  ...join,
  ...linearAlgebra,
  ...loss,
  ...matmul,
  ...matrixParts,
  ...nllLoss,
  ...normalization,
  ...pool,
  ...random,
  ...reduce,
  ...repetition,
  ...resample,
  ...scan,
  ...scatter,
  ...softmax,
  ...sort,
  ...views,
}

type AnyEntry = Entry<unknown>
const byRecord = new Map<object, AnyEntry>()
const records = tensor as unknown as Readonly<Record<string, object>>
for (const [name, entry] of Object.entries(table)) byRecord.set(records[`${name}Op`], entry as AnyEntry)

const registered = new WeakSet<object>()

/** Whether the op's entry came from outside. */
export const isRegistered = (op: OpRecord): boolean => registered.has(op)

/** The op's entry of the table, or null if it is none of @tt/tensor and none was registered. */
export const formulaOf = (op: OpRecord): AnyEntry | null => byRecord.get(op) ?? null

/**
 * Gives an op of another package its derivative.
 *
 * @param op a structured, view or composite record
 * @param formula what is saved, and the gradients written with tensor ops
 * @example
 * const negOp = structured({
 *   name: 'acmeNeg',
 *   infer: ([self]) => [{ shape: self.shape, dtype: self.dtypeInfo }],
 *   run: (_backend, [self], _attrs, [out]) => { out.copy_(self.neg()) },
 * })
 * registerFormula(negOp, linearFormula((g) => g.neg()))
 * const x = tensor([1, 2], { requiresGrad: true })
 * apply(negOp, [x], null).sum().backward()
 * x.grad.tolist() // => [-1, -1]
 */
export function registerFormula<Attrs>(
  op:
    | tensor.StructuredRecord<Attrs>
    | tensor.ViewRecord<Attrs>
    | tensor.MultiViewRecord<Attrs>
    | tensor.CompositeRecord<Attrs>,
  formula: Formula<Attrs>,
): void {
  byRecord.set(op, formula as AnyEntry)
  registered.add(op)
}
