// Checks gradients against differences: gradcheck, and gradgradcheck for gradients of gradients.
import {
  AutogradError,
  NotImplementedError,
  Tensor,
  check,
  formatShape,
  isComplex,
  randn,
  tensor,
  viewAsComplex,
  viewAsReal,
} from '@tt/tensor'
import { grad } from './backward.ts'
import { noGrad } from './grad-mode.ts'

/** Options of {@link gradcheck}; those of PyTorch for modes that are not there (fastMode, checkForwardAd, ...) throw. */
export interface GradcheckOptions {
  /** Step of the central differences; default 1e-6. */
  eps?: number
  /** Absolute tolerance; default 1e-5. */
  atol?: number
  /** Relative tolerance; default 1e-3. */
  rtol?: number
  /** How much two backward passes may differ; default 0. */
  nondetTol?: number
  /** Throw what differs (default), or answer false. */
  raiseException?: boolean
}
const knownOptions = ['eps', 'atol', 'rtol', 'nondetTol', 'raiseException']

/** A function of tensors, with one or several tensors as result. */
export type TensorFunction = (...inputs: Tensor[]) => Tensor | readonly Tensor[]

// Complex tensors are checked part by part: as the real tensors that hold their parts.
function ofParts(fn: TensorFunction, inputs: readonly Tensor[]): [TensorFunction, Tensor[]] {
  const complex = inputs.map(isComplex)
  const parts = inputs.map((x, i) =>
    complex[i] ? viewAsReal(x.detach()).clone().requiresGrad_(x.requiresGrad) : x,
  )
  const real = (...xs: Tensor[]): Tensor[] =>
    [fn(...xs.map((x, i) => (complex[i] ? viewAsComplex(x) : x)))]
      .flat()
      .map((y) => (isComplex(y) ? viewAsReal(y) : y))
  return [real, parts]
}

const isDifferentiable = (t: Tensor): boolean => t.isFloatingPoint() && t.requiresGrad
const outputsOf = (fn: TensorFunction, inputs: readonly Tensor[]): Tensor[] => {
  const result = fn(...inputs)
  return (result instanceof Tensor ? [result] : [...result]).filter((t) => t.isFloatingPoint())
}
const numbers = (t: Tensor): Float64Array => {
  const array = noGrad(() => t.detach().contiguous()).toTypedArray()
  return Float64Array.from(array as Float64Array)
}

/**
 * Compares the gradients of `fn` with central differences, one column of the Jacobian at a time.
 *
 * @param fn pure; called about twice for each element of the inputs
 * @param inputs tensors of float64 or complex128 (others are too coarse) on a device that can block; those with requiresGrad are checked
 * @returns true; or false where something differs and `raiseException` is false
 * @throws AutogradError that says which Jacobian differs, and how
 * @example
 * const x = tensor([1, 2], { dtype: 'float64', requiresGrad: true })
 * gradcheck((t) => t.pow(2).sum(), [x]) // => true
 * @see torch.autograd.gradcheck
 */
export function gradcheck(
  fn: TensorFunction,
  inputs: Tensor | readonly Tensor[],
  options: GradcheckOptions = {},
): boolean {
  const [real, list] = ofParts(fn, inputs instanceof Tensor ? [inputs] : inputs)
  return judged('gradcheck', options, () => compare('gradcheck', real, list, options))
}

/**
 * Compares the gradients of the gradients of `fn` with central differences of its gradients.
 *
 * @param gradOutputs gradients of the outputs of fn; random ones if left out
 * @example
 * gradgradcheck((x) => x.pow(3), tensor([2], { dtype: 'float64', requiresGrad: true })) // => true
 * @see torch.autograd.gradgradcheck
 */
export function gradgradcheck(
  fn: TensorFunction,
  inputs: Tensor | readonly Tensor[],
  gradOutputs: readonly Tensor[] | null = null,
  options: GradcheckOptions = {},
): boolean {
  const [real, list] = ofParts(fn, inputs instanceof Tensor ? [inputs] : inputs)
  return judged('gradgradcheck', options, () => {
    const outputs = outputsOf(real, list).filter((output) => output.requiresGrad)
    const seeds = (
      gradOutputs ??
      outputs.map((output) => randn(output.shape, { dtype: output.dtype, device: output.device }))
    ).map((seed) => (isComplex(seed) ? viewAsReal(seed) : seed).detach().requiresGrad_())
    const gradients = (...all: Tensor[]): Tensor[] => {
      const xs = all.slice(0, list.length)
      const ys = outputsOf(real, xs).filter((output) => output.requiresGrad)
      const wanted = xs.filter(isDifferentiable)
      const found = grad(ys, wanted, {
        gradOutputs: all.slice(list.length),
        createGraph: true,
        allowUnused: true,
      })
      return found.map((gradient, i) => gradient ?? wanted[i].zerosLike())
    }
    compare('gradgradcheck', gradients, [...list, ...seeds], options)
  })
}

function judged(op: string, options: GradcheckOptions, run: () => void): boolean {
  for (const name of Object.keys(options)) {
    check(
      knownOptions.includes(name),
      () => new NotImplementedError(op, `options must be among [${knownOptions.join(', ')}], got ${name}`),
    )
  }
  if (options.raiseException ?? true) {
    run()
    return true
  }
  try {
    run()
    return true
  } catch (error) {
    if (error instanceof AutogradError) return false
    throw error
  }
}

function compare(
  op: string,
  fn: TensorFunction,
  inputs: readonly Tensor[],
  { eps = 1e-6, atol = 1e-5, rtol = 1e-3, nondetTol = 0 }: GradcheckOptions,
): void {
  const checked = inputs.filter(isDifferentiable)
  check(checked.length > 0, () => new AutogradError(op, 'at least one input must require grad, got none'))
  checked.forEach((x, i) =>
    check(
      x.dtype === 'float64',
      () =>
        new AutogradError(
          op,
          `inputs must be float64, got ${x.dtype} for input ${i}. Differences of others are too coarse`,
        ),
    ),
  )
  const outputs = outputsOf(fn, inputs)
  const analytic = outputs.map((output) => jacobianRows(output, checked))
  outputs.forEach((output, k) => checkRepeats(op, output, checked, analytic[k], nondetTol))
  checked.forEach((x, i) => {
    const columns = differences(fn, inputs, x, eps)
    columns.forEach((column, j) =>
      outputs.forEach((output, k) => {
        for (let row = 0; row < output.numel(); row++) {
          const [a, n] = [analytic[k][row][i][j], column[k][row]]
          check(
            Math.abs(a - n) <= atol + rtol * Math.abs(n) || (Number.isNaN(a) && Number.isNaN(n)),
            () =>
              new AutogradError(
                op,
                `the gradient of output ${k} by input ${i} must agree with the differences, got ${a} and ${n} for element ${row} of ${formatShape(output.shape)} ` +
                  `by element ${j} of ${formatShape(x.shape)}`,
              ),
          )
        }
      }),
    )
  })
}

// A backward must give the same numbers each time; the first and last rows stand for all.
function checkRepeats(
  op: string,
  output: Tensor,
  inputs: readonly Tensor[],
  analytic: readonly Float64Array[][],
  nondetTol: number,
): void {
  for (const row of new Set([0, output.numel() - 1].filter((i) => i >= 0))) {
    jacobianRows(output, inputs, row, row + 1)[0].forEach((gradient, i) =>
      gradient.forEach((value, j) => {
        const first = analytic[row][i][j]
        check(
          Math.abs(value - first) <= nondetTol || Object.is(value, first),
          () =>
            new AutogradError(
              op,
              `backward must give the same gradient each time, got ${first} and ${value} for element ${row} of ` +
                `${formatShape(output.shape)} by element ${j} of input ${i}. Allow it with nondetTol`,
            ),
        )
      }),
    )
  }
}

// For each element of the output from `start` to before `end`, its gradients by all inputs.
function jacobianRows(
  output: Tensor,
  inputs: readonly Tensor[],
  start = 0,
  end = output.numel(),
): Float64Array[][] {
  const count = output.numel()
  const rows: Float64Array[][] = []
  for (let row = start; row < end; row++) {
    if (!output.requiresGrad) {
      rows.push(inputs.map((x) => new Float64Array(x.numel())))
      continue
    }
    const seed = new Float64Array(count)
    seed[row] = 1
    const g = tensor(seed, { dtype: output.dtype, device: output.device }).reshape(output.shape)
    const found = grad(output, inputs, { gradOutputs: g, retainGraph: true, allowUnused: true })
    rows.push(
      found.map((gradient, i) =>
        gradient === null ? new Float64Array(inputs[i].numel()) : numbers(gradient),
      ),
    )
  }
  return rows
}

// For each element of `x`: (f(x + eps) − f(x − eps)) / 2 eps, of all outputs.
function differences(
  fn: TensorFunction,
  inputs: readonly Tensor[],
  x: Tensor,
  eps: number,
): Float64Array[][] {
  const values = numbers(x)
  const at = (i: number, value: number): Float64Array[] => {
    const moved = Float64Array.from(values)
    moved[i] = value
    const y = tensor(moved, { dtype: 'float64', device: x.device }).reshape(x.shape).requiresGrad_()
    return outputsOf(
      fn,
      inputs.map((input) => (input === x ? y : input)),
    ).map(numbers)
  }
  return Array.from(values, (value, i) => {
    const [above, below] = [at(i, value + eps), at(i, value - eps)]
    return above.map((output, k) => output.map((y, row) => (y - below[k][row]) / (2 * eps)))
  })
}
