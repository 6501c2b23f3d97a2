// How the functions of the normalisations reach their records.
import { applyComposite } from '../dispatch/structured.ts'
import { DTypeError, ShapeError, check } from '../errors.ts'
import { formatShape } from '../shape/shape.ts'
import type { Tensor } from '../tensor.ts'
import type { NormalizationAttrs, batchNormOp } from './normalization.ts'

/** Checks the dtype and runs the record; `moments` are mean and variance if they are given. */
export function normalized(
  op: typeof batchNormOp,
  input: Tensor,
  weight: Tensor | null,
  bias: Tensor | null,
  moments: readonly [Tensor, Tensor] | null,
  attrs: Pick<NormalizationAttrs, 'viewShape' | 'dims' | 'affineShape' | 'eps'>,
): readonly Tensor[] {
  check(
    input.dtypeInfo.category === 'float',
    () => new DTypeError(op.name, `the input must be floating-point, got ${input.dtype}. Cast it first`),
  )
  const tensors = [input, ...[weight, bias, ...(moments ?? [])].filter((x) => x !== null)]
  return applyComposite(op, tensors, {
    ...attrs,
    hasWeight: weight !== null,
    hasBias: bias !== null,
    fixedMoments: moments !== null,
  })
}

/** Throws unless each part is null or has one element per channel. */
export function checkChannels(
  op: string,
  parts: Readonly<Record<string, Tensor | null>>,
  count: number,
): void {
  for (const [name, part] of Object.entries(parts)) {
    check(
      part === null || (part.ndim === 1 && part.shape[0] === count),
      () =>
        new ShapeError(
          op,
          `${name} must have ${count} elements, one per channel, got ${formatShape(part!.shape)}`,
        ),
    )
  }
}
/** The shape in which one number per channel broadcasts to the input. */
export const perChannel = (input: Tensor): number[] => input.shape.map((size, i) => (i === 1 ? size : 1))
