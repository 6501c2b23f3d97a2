// Einstein summation: operands are contracted from left to right, each pair by one batched matrix product.
import { ArgumentError, ShapeError, check } from '../errors.ts'
import { formatShape, numelOf } from '../shape/shape.ts'
import { Tensor } from '../tensor.ts'
import { mul } from './arithmetic.ts'
import { bmm } from './matmul.ts'
import { sum } from './reduce.ts'
import { alias, diagonal, expand, movedim, permute, reshape, unsqueeze } from './views.ts'

/** A tensor whose dims have labels. */
interface Labelled {
  readonly tensor: Tensor
  readonly labels: readonly string[]
}

/**
 * Sums of products as an equation says: each letter is a dim, those missing on the right are summed over.
 * `...` stands for dims that broadcast; without `->` the result has the letters that occur once, in order.
 *
 * @param equation such as 'bij,bjk->bik'
 * @param operands tensors, or one list of them
 * @throws ArgumentError for a bad equation
 * @throws ShapeError if a letter has two sizes
 * @example
 * einsum('ij,j->i', ones([2, 3]), ones([3])).tolist() // => [3, 3]
 * @see torch.einsum
 */
export function einsum(equation: string, ...operands: readonly (Tensor | readonly Tensor[])[]): Tensor {
  const tensors =
    operands.length === 1 && Array.isArray(operands[0])
      ? (operands[0] as readonly Tensor[])
      : (operands as readonly Tensor[])
  check(
    tensors.length > 0 && tensors.every((x) => x instanceof Tensor),
    () => new ArgumentError('einsum', 'at least one operand must be given, all tensors, got something else'),
  )
  const { inputs, output } = parse(equation, tensors)
  const sizes = sizesOf(inputs)
  const parts = inputs.map((part) => expanded(withoutRepeats(part), sizes))
  let current = parts[0]
  for (let i = 1; i < parts.length; i++) {
    const needed = new Set([...output, ...parts.slice(i + 1).flatMap(({ labels }) => labels)])
    current = contract(current, parts[i], needed)
  }
  const reduced = sumOut(current, new Set(output))
  const result = permute(
    reduced.tensor,
    output.map((label) => reduced.labels.indexOf(label)),
  )
  return result === tensors[0] ? alias(result) : result
}

function parse(equation: string, tensors: readonly Tensor[]): { inputs: Labelled[]; output: string[] } {
  const compact = equation.replaceAll(' ', '')
  const [left, right, ...more] = compact.split('->')
  check(
    more.length === 0,
    () => new ArgumentError('einsum', `the equation must have at most one arrow, got '${equation}'`),
  )
  const terms = left.split(',')
  check(
    terms.length === tensors.length,
    () =>
      new ArgumentError(
        'einsum',
        `the equation must have one term for each operand, got ${terms.length} terms for ${tensors.length} operands`,
      ),
  )
  const inputs = terms.map((term, i) => ({ tensor: tensors[i], labels: labelsOf(term, tensors[i].ndim, i) }))
  const all = inputs.flatMap(({ labels }) => labels)
  const dots = [...new Set(all.filter(isDot))].sort((a, b) => Number(b.slice(1)) - Number(a.slice(1)))
  if (right === undefined) {
    const once = [...new Set(all)]
      .filter((label) => !isDot(label) && all.filter((other) => other === label).length === 1)
      .sort()
    return { inputs, output: [...dots, ...once] }
  }
  const [before, after, ...others] = right.split('...')
  check(
    others.length === 0,
    () => new ArgumentError('einsum', `the result must have at most one ellipsis, got '${right}'`),
  )
  const output =
    after === undefined
      ? letters(before, 'the result')
      : [...letters(before, 'the result'), ...dots, ...letters(after, 'the result')]
  output.forEach((label, i) => {
    check(
      output.indexOf(label) === i,
      () => new ArgumentError('einsum', `each letter may appear once in the result, got '${right}'`),
    )
    check(
      all.includes(label),
      () => new ArgumentError('einsum', `the letters of the result must appear in an operand, got ${label}`),
    )
  })
  return { inputs, output }
}

const isDot = (label: string): boolean => label.startsWith('.')
function letters(text: string, where: string): string[] {
  check(
    /^[a-zA-Z]*$/.test(text),
    () =>
      new ArgumentError(
        'einsum',
        `subscripts must be letters from a to z or A to Z, got '${text}' in ${where}`,
      ),
  )
  return [...text]
}
/** One label per dim; dims of the ellipsis are numbered from the right: '.1' is the last of them. */
function labelsOf(term: string, rank: number, operand: number): string[] {
  const where = `operand ${operand}`
  const [before, after, ...more] = term.split('...')
  check(
    more.length === 0,
    () => new ArgumentError('einsum', `an operand must have at most one ellipsis, got '${term}'`),
  )
  const [first, last] = [letters(before, where), letters(after ?? '', where)]
  const rest = rank - first.length - last.length
  check(
    after === undefined ? rest === 0 : rest >= 0,
    () =>
      new ArgumentError(
        'einsum',
        `the term must have a subscript for each dim, got '${term}' for ${where} of ${rank} dims`,
      ),
  )
  return [...first, ...Array.from({ length: rest }, (_, i) => `.${rest - i}`), ...last]
}

function sizesOf(inputs: readonly Labelled[]): Map<string, number> {
  const sizes = new Map<string, number>()
  for (const { tensor, labels } of inputs) {
    labels.forEach((label, d) => {
      const [size, known] = [tensor.shape[d], sizes.get(label) ?? 1]
      check(
        size === known || size === 1 || known === 1,
        () =>
          new ShapeError(
            'einsum',
            `each subscript must have one size in all operands, got ${known} and ${size} for ${label}`,
          ),
      )
      sizes.set(label, known === 1 ? size : known)
    })
  }
  return sizes
}

/** Labels that occur twice in one operand: their diagonal. */
function withoutRepeats({ tensor, labels }: Labelled): Labelled {
  const at = labels.findIndex((label, i) => labels.indexOf(label) < i)
  if (at < 0) return { tensor, labels }
  const first = labels.indexOf(labels[at])
  check(
    tensor.shape[first] === tensor.shape[at],
    () =>
      new ShapeError(
        'einsum',
        `a repeated subscript must have one size, got ${tensor.shape[first]} and ${tensor.shape[at]} for ${labels[at]} in ${formatShape(tensor.shape)}`,
      ),
  )
  const rest = labels.filter((_, i) => i !== at)
  return withoutRepeats({
    tensor: movedim(diagonal(tensor, { dim1: first, dim2: at }), -1, first),
    labels: rest,
  })
}
const expanded = ({ tensor, labels }: Labelled, sizes: Map<string, number>): Labelled => {
  const shape = labels.map((label) => sizes.get(label)!)
  return { tensor: shape.every((n, i) => n === tensor.shape[i]) ? tensor : expand(tensor, shape), labels }
}

function sumOut({ tensor, labels }: Labelled, needed: ReadonlySet<string>): Labelled {
  const dims = labels.map((_, i) => i).filter((i) => !needed.has(labels[i]))
  if (dims.length === 0) return { tensor, labels }
  return {
    tensor: sum(tensor, dims, { dtype: tensor.dtype }),
    labels: labels.filter((label) => needed.has(label)),
  }
}

/** The product of two, without the labels that nobody needs any more. */
function contract(left: Labelled, right: Labelled, needed: ReadonlySet<string>): Labelled {
  const inBoth = left.labels.filter((label) => right.labels.includes(label))
  const a = sumOut(left, new Set([...needed, ...inBoth]))
  const b = sumOut(right, new Set([...needed, ...inBoth]))
  const batch = inBoth.filter((label) => needed.has(label))
  const inner = inBoth.filter((label) => !needed.has(label))
  const freeA = a.labels.filter((label) => !inBoth.includes(label))
  const freeB = b.labels.filter((label) => !inBoth.includes(label))
  const labels = [...batch, ...freeA, ...freeB]
  const arranged = ({ tensor, labels: own }: Labelled, order: readonly string[]): Tensor =>
    permute(
      tensor,
      order.map((label) => own.indexOf(label)),
    )
  if (inner.length === 0) {
    const x = freeB.reduce((y) => unsqueeze(y, -1), arranged(a, [...batch, ...freeA]))
    const z = freeA.reduce((y) => unsqueeze(y, batch.length), arranged(b, [...batch, ...freeB]))
    return { tensor: mul(x, z), labels }
  }
  const sizes = (part: Labelled, list: readonly string[]): number[] =>
    list.map((label) => part.tensor.shape[part.labels.indexOf(label)])
  const [count, rows, depth, columns] = [
    sizes(a, batch),
    sizes(a, freeA),
    sizes(a, inner),
    sizes(b, freeB),
  ].map(numelOf)
  const product = bmm(
    reshape(arranged(a, [...batch, ...freeA, ...inner]), [count, rows, depth]),
    reshape(arranged(b, [...batch, ...inner, ...freeB]), [count, depth, columns]),
  )
  return { tensor: reshape(product, [...sizes(a, batch), ...sizes(a, freeA), ...sizes(b, freeB)]), labels }
}
