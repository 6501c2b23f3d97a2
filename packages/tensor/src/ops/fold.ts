// Sliding blocks as columns, and columns summed back: nn.functional's unfold and fold.
import { withGradMode } from '../dispatch/hook.ts'
import { apply, structured } from '../dispatch/structured.ts'
import { copyElements, fillElements } from '../dispatch/elements.ts'
import { spatialSizes, windowCount, windowView } from '../dispatch/window.ts'
import type { Sizes, Windows } from '../dispatch/window.ts'
import { ShapeError, check } from '../errors.ts'
import { formatShape, numelOf } from '../shape/shape.ts'
import { newTensor, viewOf } from '../tensor.ts'
import type { Tensor } from '../tensor.ts'
import { reshape, squeeze, unsqueeze } from './views.ts'

/** Attributes of im2col and col2im: the windows, their counts, the size of the image. */
export interface FoldAttrs extends Windows {
  readonly counts: readonly number[]
  readonly imageSize: readonly number[]
}

/** im2col: [N, C, H, W] as [N, C·kh·kw, L]. */
export const im2colOp = structured<FoldAttrs>({
  name: 'im2col',
  gradName: 'Im2ColBackward0',
  complex: 'parts',
  infer: ([self], { kernelSize, counts }) => [
    {
      shape: [self.shape[0], self.shape[1] * numelOf(kernelSize), numelOf(counts)],
      dtype: self.dtypeInfo,
    },
  ],
  run: (backend, [self], attrs, [out]) => {
    if (out.elementCount === 0) return
    const { kernelSize, counts } = attrs
    const windows = windowView(backend, self, attrs, counts, 0) // [N, C, lh, lw, kh, kw]
    const [n, c, lh, lw, kh, kw] = windows.strides
    copyElements(
      backend,
      viewOf(
        windows,
        [self.shape[0], self.shape[1], ...kernelSize, ...counts],
        [n, c, kh, kw, lh, lw],
        windows.offset,
      ),
      contiguousAs(out, [self.shape[0], self.shape[1], ...kernelSize, ...counts]),
    )
  },
})

/** col2im: [N, C·kh·kw, L] as [N, C, H, W], overlaps summed: the transposed map of im2col. */
export const col2imOp = structured<FoldAttrs>({
  name: 'col2im',
  gradName: 'Col2ImBackward0',
  complex: 'parts',
  infer: ([self], { kernelSize, imageSize }) => [
    { shape: [self.shape[0], self.shape[1] / numelOf(kernelSize), ...imageSize], dtype: self.dtypeInfo },
  ],
  run: (backend, [self], { kernelSize, stride, padding, dilation, counts, imageSize }, [out]) => {
    const [batch, channels] = out.shape
    const [kh, kw] = kernelSize
    const reach = counts.map((n, i) => (n - 1) * stride[i] + dilation[i] * (kernelSize[i] - 1) + 1)
    const padded = newTensor(backend, self.dtypeInfo, [
      batch,
      channels,
      ...reach.map((n, i) => Math.max(n, imageSize[i] + padding[i])),
    ])
    fillElements(padded, 0)
    if (self.elementCount > 0) {
      const columns = reshape(self, [batch, channels, kh, kw, ...counts])
      const [n, c, h, w] = padded.strides
      for (let i = 0; i < kh; i++) {
        for (let j = 0; j < kw; j++) {
          const target = viewOf(
            padded,
            [batch, channels, ...counts],
            [n, c, h * stride[0], w * stride[1]],
            padded.offset + i * dilation[0] * h + j * dilation[1] * w,
          )
          target.add_(columns.select(2, i).select(2, j))
        }
      }
    }
    const { strides, offset } = padded
    copyElements(
      backend,
      viewOf(padded, out.shape, strides, offset + padding[0] * strides[2] + padding[1] * strides[3]),
      out,
    )
  },
})
const contiguousAs = (x: Tensor, shape: readonly number[]): Tensor =>
  withGradMode(false, () => reshape(x, shape))

/** Options of unfold and fold: of the sliding windows. */
export interface FoldOptions {
  dilation?: Sizes
  padding?: Sizes
  stride?: Sizes
}

function windowsOf(op: string, imageSize: readonly number[], kernel: Sizes, options: FoldOptions): FoldAttrs {
  const { dilation = 1, padding = 0, stride = 1 } = options
  const windows = {
    kernelSize: spatialSizes(op, 'kernelSize', kernel, 2, 1),
    stride: spatialSizes(op, 'stride', stride, 2, 1),
    padding: spatialSizes(op, 'padding', padding, 2, 0),
    dilation: spatialSizes(op, 'dilation', dilation, 2, 1),
  }
  const counts = imageSize.map((size, i) =>
    windowCount(
      size,
      windows.kernelSize[i],
      windows.stride[i],
      windows.padding[i],
      windows.dilation[i],
      false,
    ),
  )
  check(
    counts.every((n) => n > 0),
    () =>
      new ShapeError(
        op,
        `the windows must fit into the padded image, got image ${formatShape(imageSize)} and kernelSize ${formatShape(windows.kernelSize)}`,
      ),
  )
  return { ...windows, counts, imageSize }
}

/**
 * The sliding blocks of images as columns, as torch.nn.functional.unfold; the method `unfold` of tensors is another.
 *
 * @param input [N, C, H, W] or [C, H, W]
 * @returns [N, C·kh·kw, L], L the number of blocks
 * @throws ShapeError if no block fits
 * @example
 * im2col(tensor([[[1, 2, 3]]]), [1, 2]).tolist() // => [[1, 2], [2, 3]]
 * @see torch.nn.functional.unfold
 */
export function im2col(input: Tensor, kernelSize: Sizes, options: FoldOptions = {}): Tensor {
  const op = 'unfold'
  check(
    (input.ndim === 3 || input.ndim === 4) && !input.shape.slice(-3).includes(0),
    () =>
      new ShapeError(
        op,
        `the input must have 3 (unbatched) or 4 (batched) dims, none of them 0 but the batch, got ${formatShape(input.shape)}`,
      ),
  )
  const attrs = windowsOf(op, input.shape.slice(-2), kernelSize, options)
  return input.ndim === 4
    ? apply(im2colOp, [input], attrs)
    : squeeze(apply(im2colOp, [unsqueeze(input, 0)], attrs), 0)
}

/**
 * Columns summed into images: the transposed map of {@link im2col}.
 *
 * @param input [N, C·kh·kw, L] or [C·kh·kw, L]
 * @param outputSize height and width of the image
 * @returns [N, C, H, W]
 * @throws ShapeError if the columns are not those of such an image
 * @example
 * fold(tensor([[1, 2], [2, 3]]), [1, 3], [1, 2]).tolist() // => [[[1, 4, 3]]]
 * @see torch.nn.functional.fold
 */
export function fold(input: Tensor, outputSize: Sizes, kernelSize: Sizes, options: FoldOptions = {}): Tensor {
  const op = 'fold'
  check(
    (input.ndim === 2 || input.ndim === 3) && !input.shape.slice(-2).includes(0),
    () =>
      new ShapeError(
        op,
        `the input must have 2 (unbatched) or 3 (batched) dims, none of them 0 but the batch, got ${formatShape(input.shape)}`,
      ),
  )
  const attrs = windowsOf(op, spatialSizes(op, 'outputSize', outputSize, 2, 1), kernelSize, options)
  const [rows, columns] = input.shape.slice(-2)
  const [block, blocks] = [numelOf(attrs.kernelSize), numelOf(attrs.counts)]
  check(
    rows % block === 0 && columns === blocks,
    () =>
      new ShapeError(
        op,
        `the input must have a multiple of ${block} rows and ${blocks} columns for these windows, got ${formatShape(input.shape)}`,
      ),
  )
  return input.ndim === 3
    ? apply(col2imOp, [input], attrs)
    : squeeze(apply(col2imOp, [unsqueeze(input, 0)], attrs), 0)
}
