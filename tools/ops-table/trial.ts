// Tries an op: runs the example of its docstring with all tensors in one dtype on one device, and looks at its calls.
import { transformSync } from '@swc/core'
import * as tt from '@tt/autograd'
import { Tensor, abs, awaitReads, dtypes, grad, randn, setDefaultDevice } from '@tt/autograd'
import type { DType } from '@tt/autograd'
import * as nn from '@tt/nn'
import { toProgram } from '../../test/doc-examples.ts'
import type { AnyFunction, Op } from './registry.ts'

/** Up to which order gradients go. */
export type Order = 'none' | 'first' | 'any'

interface Watch {
  succeeded: number
  outputs: Tensor[]
  /** Leaves that stand for the inputs of the last call, if gradients are looked for. */
  leaves: Tensor[]
}
/** How an example is run. */
export interface Way {
  readonly dtype: DType
  /** Whether tensors of bigints take the dtype too: indices should not, operands should. */
  readonly bigints: boolean
  /** Which inputs of the op get a place in the graph. */
  readonly gradients: 'all' | number | null
}

const factories = [
  'tensor',
  'ones',
  'zeros',
  'full',
  'empty',
  'eye',
  'arange',
  'linspace',
  'rand',
  'randn',
] as const
const scope: Record<string, unknown> = { ...nn, ...tt, tt, nn, F: nn.functional }
for (const name of ['var', 'default', 'Function']) delete scope[name]

const isOptions = (value: unknown): value is { dtype?: DType } =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
const tensorsIn = (value: unknown): Tensor[] =>
  value instanceof Tensor ? [value] : Array.isArray(value) ? value.flatMap(tensorsIn) : []
/** The tensors of a result: a tensor, a list, or an object of them. */
export const outputsOf = (value: unknown): Tensor[] =>
  isOptions(value) ? Object.values(value).flatMap(tensorsIn) : tensorsIn(value)

// Tensors of plain numbers take the dtype of the trial; those of truth values or a dtype of their own keep it.
function inDType(make: AnyFunction, { dtype, bigints }: Way): AnyFunction {
  return (...args) => {
    const made = make(...args) as Tensor
    const keeps =
      args.some((arg) => isOptions(arg) && arg.dtype !== undefined) ||
      (!made.dtypeInfo.differentiable && made.dtype !== 'int64') ||
      (made.isComplex() && dtypes[dtype].component === null) ||
      ArrayBuffer.isView(args[0]) ||
      (!bigints && [args[0]].flat(Infinity as 1).some((x) => typeof x === 'bigint'))
    return keeps ? made : tt.to(made, dtype)
  }
}

// In place of each tensor (or of the `only`-th) one of the same elements in the graph of gradients; no leaf, so that it
// may be changed. By functions: the methods may be watched.
function inGraph(value: unknown, leaves: Tensor[], only: 'all' | number): unknown {
  if (Array.isArray(value)) return value.map((entry) => inGraph(entry, leaves, only))
  if (!(value instanceof Tensor && value.dtypeInfo.differentiable)) return value
  const leaf = tt.clone(tt.detach(value))
  leaves.push(leaf)
  return only === 'all' || only === leaves.length - 1 ? tt.mul(leaf.requiresGrad_(), 1) : value
}

const programs = new Map<Op, AnyFunction | null>()

// The example as a synchronous function of its scope; null if it must await something.
function programOf(op: Op, names: readonly string[]): AnyFunction | null {
  let program = programs.get(op)
  if (program === undefined) {
    const code = toProgram(op.example)
    program = /\bawait\b/.test(code) ? null : compile(code, names)
    programs.set(op, program)
  }
  return program
}

function compile(code: string, names: readonly string[]): AnyFunction {
  const { code: body } = transformSync(`function example() {\n${code}\n}`, {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2024' },
    isModule: true,
  })
  return new Function(...names, '__check', `${body}\nreturn example()`) as AnyFunction
}

/** A call of the op in its example: `run` takes the arguments, self first for methods. */
export type Around = (run: AnyFunction, args: readonly unknown[]) => unknown

/** Runs the example of `op` with `around` about each of its calls; `begin` is called before, and again for each replay. */
export async function runExample(op: Op, way: Way, around: Around, begin = () => {}): Promise<void> {
  const asFunction =
    (fn: AnyFunction): AnyFunction =>
    (...args) =>
      around(fn, args)
  const asMethod = (fn: AnyFunction): AnyFunction =>
    function (this: unknown, ...args) {
      return around((self, ...rest) => fn.apply(self, rest), [this, ...args])
    }
  const local: Record<string, unknown> = { ...scope, ...((await import(op.file)) as object) }
  for (const space of ['fft', 'linalg', 'masked', 'special']) local[space] = scope[space] // fft is a function of its file too
  for (const name of factories) if (name !== op.name) local[name] = inDType(scope[name] as AnyFunction, way)
  const called = asFunction(isFactory(op) ? withOptions(op.fn, { dtype: way.dtype }) : op.fn)
  for (const name of [op.name, ...op.aliases]) {
    const [space, member = space] = name.split('.')
    if (name.includes('.')) local[space] = { ...(local[space] as object), [member]: called }
    if (local[member] === op.fn) local[member] = called
  }
  local.tt = local
  const prototype = Tensor.prototype as unknown as Record<string, AnyFunction>
  const methods = [op.name, ...op.aliases].filter((name) => Object.hasOwn(prototype, name))
  const originals = methods.map((name) => prototype[name])
  const names = Object.keys(local).filter((name) => name !== 'var' && name !== 'default')
  const program = programOf(op, names)
  if (program === null) return
  for (const name of methods) prototype[name] = asMethod(prototype[name])
  try {
    await awaitReads(() => {
      begin()
      return program(...names.map((name) => local[name]), () => {})
    })
  } finally {
    methods.forEach((name, i) => {
      prototype[name] = originals[i]
    })
  }
}

/** Runs the example of `op`; tells what its calls gave. */
async function watch(op: Op, way: Way): Promise<Watch> {
  const seen: Watch = { succeeded: 0, outputs: [], leaves: [] }
  const forget = () => {
    seen.succeeded = 0
    seen.outputs = []
  }
  const note: Around = (run, args) => {
    const counts = isFactory(op) || tensorsIn(args).some((t) => t.dtype === way.dtype)
    if (way.gradients !== null) {
      seen.leaves = []
      seen.outputs = []
    }
    const given = way.gradients === null ? args : (inGraph(args, seen.leaves, way.gradients) as unknown[])
    const result = run(...given)
    if (counts) {
      seen.succeeded++
      seen.outputs.push(...outputsOf(result))
    }
    return result
  }
  try {
    await runExample(op, way, note, forget)
  } catch {
    // the op, which is not counted then, or another line of the example, which says nothing of it
  }
  return seen
}

const isFactory = ({ name, file }: Op): boolean =>
  /\/(creation|frequencies|signal-windows)\.ts$/.test(file) ||
  ['rand', 'randn', 'randint', 'randperm', 'trilIndices', 'triuIndices'].includes(name)
// Which parameter of a function, given its source, is the first one that is an object.
function optionsAt(source: string): number {
  const parameters = source.slice(source.indexOf('(') + 1)
  let depth = 0
  let position = 0
  for (let i = 0; i < parameters.length; i++) {
    const rest = parameters.slice(i)
    if (depth === 0 && /^(options\b|\{)/.test(rest)) break
    if (/^[[(]/.test(rest)) depth++
    if (/^[\])]/.test(rest)) depth--
    if (depth === 0 && rest[0] === ',') position++
  }
  return position
}

/** The function with further options: in its first parameter that is an object. */
export const withOptions = (fn: AnyFunction, more: object): AnyFunction => {
  const position = optionsAt(fn.toString())
  return (...args) => {
    const all = Array.from({ length: Math.max(args.length, position + 1) }, (_, i) => args[i])
    all[position] = { ...(all[position] as object), ...more }
    return fn(...all)
  }
}

/** Whether the op takes tensors of `dtype` on `device`. */
export async function takes(op: Op, dtype: DType, device: string): Promise<boolean> {
  return (await works(op, dtype, device, false)) || (await works(op, dtype, device, true))
}

const hasBigints = ({ example }: Op): boolean => /\dn\b/.test(example)

async function works(op: Op, dtype: DType, device: string, bigints: boolean): Promise<boolean> {
  if (bigints && !hasBigints(op)) return false
  setDefaultDevice(device)
  try {
    const { succeeded, outputs } = await watch(op, { dtype, bigints, gradients: null })
    if (succeeded === 0) return false
    await Promise.all(outputs.map((output) => output.toTypedArrayAsync())) // errors of a device come late
    return true
  } catch {
    return false
  } finally {
    setDefaultDevice('cpu')
  }
}

/** Up to which order the op has gradients by one of its inputs, in float64 on the cpu. */
export async function tryGradients(op: Op): Promise<Order> {
  const orders: Order[] = []
  const tryWay = async (bigints: boolean, gradients: 'all' | number): Promise<number> => {
    const { outputs, leaves } = await watch(op, { dtype: 'float64', bigints, gradients })
    orders.push(...leaves.map((leaf) => orderBy(outputs, leaf)))
    return leaves.length
  }
  const none = (): boolean => orders.every((order) => order === 'none')
  const count = await tryWay(false, 'all')
  if (none() && count > 1) for (let i = 0; i < count; i++) await tryWay(false, i) // of some inputs there is none
  if (none() && hasBigints(op)) await tryWay(true, 'all')
  return orders.includes('any') ? 'any' : orders.includes('first') ? 'first' : 'none'
}

function orderBy(outputs: readonly Tensor[], leaf: Tensor): Order {
  // of complex results the absolute values, which the free phases of eigenvectors do not change
  const results = outputs
    .filter((t) => t.requiresGrad && t.dtypeInfo.differentiable)
    .map((t) => (t.isComplex() ? abs(t) : t))
  if (results.length === 0 || !leaf.requiresGrad) return 'none'
  const seeds = results.map((t) => randn(t.shape, { dtype: t.dtype, requiresGrad: true }))
  const options = { createGraph: true, allowUnused: true }
  let first: Tensor | null
  try {
    ;[first] = grad(results, leaf, { gradOutputs: seeds, ...options })
  } catch {
    return 'none'
  }
  if (first === null) return 'none'
  try {
    if (first.requiresGrad) grad(first, [leaf, ...seeds], { gradOutputs: first.detach(), ...options })
    return 'any'
  } catch {
    return 'first'
  }
}
