// The type of the derivative table: an entry for every op record that @tt/tensor exports, none forgotten.
import type * as tensor from '@tt/tensor'
import type { Entry } from './formula.ts'

type Exports = typeof tensor
type AttrsOf<R> =
  R extends tensor.StructuredRecord<infer A>
    ? A
    : R extends tensor.ViewRecord<infer A>
      ? A
      : R extends tensor.MultiViewRecord<infer A>
        ? A
        : R extends tensor.CompositeRecord<infer A>
          ? A
          : never

/** Names of the exported records: `sumOp` is the record of `sum`. */
export type OpName = { [K in keyof Exports]: K extends `${infer Name}Op` ? Name : never }[keyof Exports]
/** The table: one entry for each record, typed by its attributes. */
export type Formulas = { readonly [K in OpName]: Entry<AttrsOf<Exports[`${K}Op` & keyof Exports]>> }
/** A family's part of it. */
export type Family = Partial<Formulas>
