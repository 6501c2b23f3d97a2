// torch.nn.utils.rnn: batches of sequences of different lengths, padded or packed.
import {
  ArgumentError,
  ShapeError,
  Tensor,
  cat,
  check,
  constantPadNd,
  formatShape,
  full,
  stack,
  tensor,
} from '@tt/autograd'
import type { Lengths } from '@tt/autograd'

/**
 * A batch of sequences without padding: all first elements, then all second ones, and so on, the longest sequence first.
 *
 * @example
 * new PackedSequence(tensor([1, 2, 3]), [2, 1]).batchSizes // => [2, 1]
 * @see torch.nn.utils.rnn.PackedSequence
 */
export class PackedSequence {
  /** [sum of the lengths, ...] */
  readonly data: Tensor
  /** How many sequences have an element at each step; never increasing. */
  readonly batchSizes: readonly number[]
  /** Which sequence of the batch each of the packed ones is; null: they were in order. */
  readonly sortedIndices: Tensor | null
  /** The inverse of sortedIndices. */
  readonly unsortedIndices: Tensor | null

  /** @param sortedIndices the place in the batch of each packed sequence; null: they are in order */
  constructor(data: Tensor, batchSizes: readonly number[], sortedIndices: Tensor | null = null) {
    this.data = data
    this.batchSizes = batchSizes
    this.sortedIndices = sortedIndices
    this.unsortedIndices = sortedIndices === null ? null : sortedIndices.argsort()
  }

  /** The same packing of other data. */
  with(data: Tensor): PackedSequence {
    return new PackedSequence(data, this.batchSizes, this.sortedIndices)
  }
  /** The packing on another device or of another dtype. */
  to(target: Parameters<Tensor['to']>[0]): PackedSequence {
    return this.with(this.data.to(target))
  }
}

/** Options of the functions that take or give padded batches. */
export interface PadOptions {
  /** [B, T, ...] instead of [T, B, ...]; default false. */
  batchFirst?: boolean
}

const numbersOf = (lengths: Lengths): number[] =>
  lengths instanceof Tensor ? Array.from(lengths.toTypedArray(), Number) : [...lengths]

/**
 * Packs a padded batch.
 *
 * @param input [T, B, ...]
 * @param lengths of each sequence, positive
 * @param options enforceSorted: the lengths must be decreasing (default true)
 * @throws ShapeError or ArgumentError if the lengths do not fit
 * @example
 * packPaddedSequence(tensor([[1, 3], [2, 0]]), [2, 1]).data.tolist() // => [1, 3, 2]
 * @see torch.nn.utils.rnn.pack_padded_sequence
 */
export function packPaddedSequence(
  input: Tensor,
  lengths: Lengths,
  { batchFirst = false, enforceSorted = true }: PadOptions & { enforceSorted?: boolean } = {},
): PackedSequence {
  const op = 'packPaddedSequence'
  const counts = numbersOf(lengths)
  check(
    input.ndim >= 2 && counts.length === input.shape[batchFirst ? 0 : 1],
    () =>
      new ShapeError(
        op,
        `there must be a length for each sequence of the batch, got ${counts.length} for ${formatShape(input.shape)}`,
      ),
  )
  const steps = batchFirst ? input.transpose(0, 1) : input // [T, B, ...]
  check(
    counts.every((n) => Number.isInteger(n) && n > 0 && n <= steps.shape[0]),
    () => new ArgumentError(op, `lengths must be from 1 to ${steps.shape[0]}, got ${formatShape(counts)}`),
  )
  check(
    !enforceSorted || counts.every((n, i) => i === 0 || n <= counts[i - 1]),
    () =>
      new ArgumentError(
        op,
        `lengths must be decreasing, got ${formatShape(counts)}. Sort the batch, or use enforceSorted: false`,
      ),
  )
  const order = counts.map((_, i) => i).sort((a, b) => counts[b] - counts[a] || a - b)
  const sortedIndices = enforceSorted
    ? null
    : tensor(BigInt64Array.from(order, BigInt), { device: input.device })
  const sorted = sortedIndices === null ? steps : steps.indexSelect(1, sortedIndices)
  const batchSizes = Array.from({ length: Math.max(...counts) }, (_, t) => counts.filter((n) => n > t).length)
  const data = cat(batchSizes.map((size, t) => sorted.select(0, t).narrow(0, 0, size)))
  return new PackedSequence(data, batchSizes, sortedIndices)
}

/**
 * Pads a packed batch.
 *
 * @returns [the padded batch [T, B, ...], the lengths (int64)]
 * @throws ArgumentError if totalLength is less than the longest sequence
 * @example
 * padPackedSequence(packPaddedSequence(tensor([[1, 3], [2, 0]]), [2, 1]))[0].tolist() // => [[1, 3], [2, 0]]
 * @see torch.nn.utils.rnn.pad_packed_sequence
 */
export function padPackedSequence(
  sequence: PackedSequence,
  {
    batchFirst = false,
    paddingValue = 0,
    totalLength = null,
  }: PadOptions & { paddingValue?: number; totalLength?: number | null } = {},
): [Tensor, Tensor] {
  const { data, batchSizes, unsortedIndices } = sequence
  const [batch] = batchSizes
  const steps = totalLength ?? batchSizes.length
  check(
    steps >= batchSizes.length,
    () =>
      new ArgumentError(
        'padPackedSequence',
        `totalLength must be at least the longest length ${batchSizes.length}, got ${steps}`,
      ),
  )
  const rest = data.shape.slice(1)
  const rows = data.split(batchSizes).map((row, t) =>
    batchSizes[t] === batch
      ? row
      : constantPadNd(row, [...rest.flatMap(() => [0, 0]), 0, batch - batchSizes[t]], {
          value: paddingValue,
        }),
  )
  const blank = full([batch, ...rest], paddingValue, { dtype: data.dtype, device: data.device })
  const padded = stack([...rows, ...new Array<Tensor>(steps - rows.length).fill(blank)])
  const lengths = tensor(
    BigInt64Array.from({ length: batch }, (_, i) => BigInt(batchSizes.filter((size) => size > i).length)),
  )
  const unsorted = unsortedIndices === null ? padded : padded.indexSelect(1, unsortedIndices)
  return [
    batchFirst ? unsorted.transpose(0, 1) : unsorted,
    unsortedIndices === null ? lengths : lengths.indexSelect(0, unsortedIndices.to(lengths.device)),
  ]
}

/**
 * Sequences one beside the other, the shorter ones padded.
 *
 * @param sequences each [L, ...]
 * @returns [T, B, ...], T the longest L
 * @example
 * padSequence([tensor([1, 2]), tensor([3])], { batchFirst: true }).tolist() // => [[1, 2], [3, 0]]
 * @see torch.nn.utils.rnn.pad_sequence
 */
export function padSequence(
  sequences: readonly Tensor[],
  { batchFirst = false, paddingValue = 0 }: PadOptions & { paddingValue?: number } = {},
): Tensor {
  check(
    sequences.length > 0 && sequences.every((x) => x.ndim > 0),
    () => new ArgumentError('padSequence', 'there must be at least one sequence, each with at least 1 dim'),
  )
  const longest = Math.max(...sequences.map((x) => x.shape[0]))
  const padded = sequences.map((x) =>
    x.shape[0] === longest
      ? x
      : constantPadNd(x, [...x.shape.slice(1).flatMap(() => [0, 0]), 0, longest - x.shape[0]], {
          value: paddingValue,
        }),
  )
  return stack(padded, batchFirst ? 0 : 1)
}
/**
 * The sequences of a padded batch, without the padding.
 *
 * @example
 * unpadSequence(tensor([[1, 3], [2, 0]]), [2, 1]).map((x) => x.tolist()) // => [[1, 2], [3]]
 * @see torch.nn.utils.rnn.unpad_sequence
 */
export function unpadSequence(
  padded: Tensor,
  lengths: Lengths,
  { batchFirst = false }: PadOptions = {},
): Tensor[] {
  const rows = batchFirst ? padded : padded.transpose(0, 1)
  return numbersOf(lengths).map((n, i) => rows.select(0, i).narrow(0, 0, n))
}
/**
 * Packs sequences.
 *
 * @param options enforceSorted: the lengths must be decreasing (default true)
 * @example
 * packSequence([tensor([1, 2]), tensor([3])]).batchSizes // => [2, 1]
 * @see torch.nn.utils.rnn.pack_sequence
 */
export const packSequence = (
  sequences: readonly Tensor[],
  { enforceSorted = true }: { enforceSorted?: boolean } = {},
): PackedSequence =>
  packPaddedSequence(
    padSequence(sequences),
    sequences.map((x) => x.shape[0]),
    { enforceSorted },
  )
/**
 * The sequences of a packed batch.
 *
 * @example
 * unpackSequence(packSequence([tensor([1, 2]), tensor([3])])).map((x) => x.tolist()) // => [[1, 2], [3]]
 * @see torch.nn.utils.rnn.unpack_sequence
 */
export function unpackSequence(sequence: PackedSequence): Tensor[] {
  const [padded, lengths] = padPackedSequence(sequence)
  return unpadSequence(padded, lengths)
}
