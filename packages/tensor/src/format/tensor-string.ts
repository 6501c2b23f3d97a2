// The text of a tensor, character for character as PyTorch prints it.
import type { DType } from '../dtype.ts'
import { complexOf, defaultFloatInfo, getDefaultDtype, isFloatingPoint } from '../dtype.ts'
import type { Element, ElementFormat } from './element-format.ts'
import { elementFormat } from './element-format.ts'
import type { PrintOptions } from './print-options.ts'
import { getPrintOptions } from './print-options.ts'
import { pyTuple } from './python-number.ts'

/** What is printed of a tensor. */
export interface PrintedTensor {
  readonly shape: readonly number[]
  readonly dtype: DType
  /** The element at a row-major index; asked only for those that are shown, in rising order, once each. */
  readonly at: (index: number) => Element
  readonly device?: string
  readonly requiresGrad?: boolean
  /** Name of the gradient function, such as `MulBackward0`. */
  readonly gradFnName?: string | null
  readonly isParameter?: boolean
}

/**
 * A tensor as PyTorch prints it. `device: 'meta'` shows no values, and asks for none.
 *
 * @param options those in force, if absent
 * @example
 * formatTensor({ shape: [2], dtype: 'float32', at: (i) => i + 0.5 }) // => 'tensor([0.5000, 1.5000])'
 */
export function formatTensor(tensor: PrintedTensor, options: PrintOptions = getPrintOptions()): string {
  const {
    shape,
    dtype,
    device = 'cpu',
    requiresGrad = false,
    gradFnName = null,
    isParameter = false,
  } = tensor
  const isMeta = device === 'meta'
  const isEmpty = shape.includes(0)
  const suffixes: string[] = []
  if (device !== 'cpu') suffixes.push(`device='${device}'`)
  if (isMeta || (isEmpty && shape.length !== 1)) suffixes.push(`size=${pyTuple(shape)}`)
  if (showsDType(dtype, isMeta || isEmpty)) suffixes.push(`dtype=torch.${dtype}`)
  if (gradFnName !== null) suffixes.push(`grad_fn=<${gradFnName}>`)
  else if (requiresGrad) suffixes.push('requires_grad=True')

  const prefix = 'tensor('
  const body = isMeta ? '...' : isEmpty ? '[]' : valuesText(tensor, prefix.length, options)
  const text = addSuffixes(prefix + body, suffixes, prefix.length, options.linewidth)
  return isParameter ? `Parameter containing:\n${text}` : text
}

/**
 * Row-major indices of the elements that are printed, in rising order: what a device must be asked for.
 *
 * @param options those in force, if absent
 * @example
 * summarizedIndices([2000]) // => [0, 1, 2, 1997, 1998, 1999]
 */
export function summarizedIndices(
  shape: readonly number[],
  options: PrintOptions = getPrintOptions(),
): number[] {
  const rows = shownRows(shape, options)
  let indices = shape.includes(0) ? [] : [0]
  shape.forEach((size, dim) => {
    indices = indices.flatMap((start) =>
      rows[dim].filter((row) => row !== ellipsis).map((row) => start * size + row),
    )
  })
  return indices
}

// Marks the place of the rows left out.
const ellipsis = -1

/** Per dim, the rows that are shown. */
function shownRows(shape: readonly number[], { threshold, edgeitems }: PrintOptions): number[][] {
  const summarize = shape.reduce((count, size) => count * size, 1) > threshold
  return shape.map((size) => {
    if (!summarize || size <= 2 * edgeitems) return Array.from({ length: size }, (_, i) => i)
    const edge = Array.from({ length: edgeitems }, (_, i) => i)
    return [...edge, ellipsis, ...edge.map((i) => size - edgeitems + i)]
  })
}

function valuesText({ shape, dtype, at }: PrintedTensor, indent: number, options: PrintOptions): string {
  const values = summarizedIndices(shape, options).map(at)
  const format = elementFormat(values, isFloatingPoint(dtype), options)
  const rows = shownRows(shape, options)
  let next = 0
  const take = () => format.write(values[next++])

  const write = (dim: number, column: number): string => {
    if (shape.length === 0) return take()
    if (dim === shape.length - 1) {
      return vectorText(
        rows[dim].map((row) => (row === ellipsis ? ' ...' : take())),
        column,
        format,
        options,
      )
    }
    const slices = rows[dim].map((row) => (row === ellipsis ? '...' : write(dim + 1, column + 1)))
    return `[${slices.join(`,${'\n'.repeat(shape.length - dim - 1)}${' '.repeat(column + 1)}`)}]`
  }
  return write(0, indent)
}

function vectorText(
  items: string[],
  indent: number,
  { width }: ElementFormat,
  { linewidth }: PrintOptions,
): string {
  const perLine = Math.max(1, Math.floor((linewidth - indent) / (width + 2)))
  const lines: string[] = []
  for (let i = 0; i < items.length; i += perLine) lines.push(items.slice(i, i + perLine).join(', '))
  return `[${lines.join(`,\n${' '.repeat(indent + 1)}`)}]`
}

function showsDType(dtype: DType, withoutValues: boolean): boolean {
  if (dtype === getDefaultDtype()) return false
  if (dtype === complexOf(defaultFloatInfo()).name) return withoutValues
  return withoutValues || (dtype !== 'int64' && dtype !== 'bool')
}

function addSuffixes(text: string, suffixes: readonly string[], indent: number, linewidth: number): string {
  let result = text
  let lineLength = text.length - text.lastIndexOf('\n') + 1
  for (const suffix of suffixes) {
    if (lineLength + suffix.length + 2 > linewidth) {
      result += `,\n${' '.repeat(indent)}${suffix}`
      lineLength = indent + suffix.length
    } else {
      result += `, ${suffix}`
      lineLength += suffix.length + 2
    }
  }
  return `${result})`
}
