// Modules that hold other modules or parameters under names or numbers.
import { ArgumentError, IndexError, check } from '@tt/autograd'
import type { Tensor } from '@tt/autograd'
import { Module } from '../module/module.ts'
import type { Layer, Member } from '../module/module.ts'
import { Parameter } from '../parameter.ts'

type Named<T> = Readonly<Record<string, T>> | ReadonlyMap<string, T>

const entriesOf = <T>(named: Named<T>): [string, T][] =>
  named instanceof Map
    ? [...(named as ReadonlyMap<string, T>)]
    : Object.entries(named as Readonly<Record<string, T>>)

const isNamed = (value: unknown): value is Named<never> =>
  typeof value === 'object' && value !== null && !(value instanceof Module)

/** Throws unless the value is a module. */
function checkModule<M>(op: string, value: M): M {
  check(
    value instanceof Module,
    () =>
      new ArgumentError(op, `every member must be a module, got ${value === null ? 'null' : typeof value}`),
  )
  return value
}

const moduleMember = (name: string, value: Module): Member => ({ kind: 'module', name, value })

/** The position in a list, negative ones from its end. @throws IndexError */
function position(op: string, index: number, length: number): number {
  check(
    Number.isInteger(index) && index >= -length && index < length,
    () => new IndexError(op, `the index must be in [${-length}, ${length - 1}], got ${index}`),
  )
  return index < 0 ? index + length : index
}

/**
 * Layers one after the other: the output of each is the input of the next.
 *
 * @example
 * new Sequential(new Linear(4, 8), new ReLU(), new Linear(8, 1))
 * new Sequential({ hidden: new Linear(4, 8), act: new ReLU() })
 * @see torch.nn.Sequential
 */
export class Sequential extends Module {
  readonly #layers: Map<string, Layer>

  /** @param layers in order; or one object or Map of them, by name */
  constructor(...layers: readonly Layer[] | readonly [Named<Layer>]) {
    super()
    const [first] = layers
    const entries =
      layers.length === 1 && isNamed(first)
        ? entriesOf(first as Named<Layer>)
        : (layers as readonly Layer[]).map((layer, i): [string, Layer] => [String(i), layer])
    for (const [, layer] of entries) checkModule('Sequential', layer)
    this.#layers = new Map(entries)
  }

  override forward(input: Tensor): Tensor {
    let x = input
    for (const layer of this.#layers.values()) x = layer.call(x)
    return x
  }

  override members(): Member[] {
    return [...[...this.#layers].map(([name, layer]) => moduleMember(name, layer)), ...super.members()]
  }

  /** Number of layers. */
  get length(): number {
    return this.#layers.size
  }
  /** The layer at a position (negative: from the end) or of a name. @throws IndexError if there is none */
  at(index: number | string): Layer {
    if (typeof index === 'number') return [...this.#layers.values()][position('at', index, this.length)]
    const layer = this.#layers.get(index)
    check(
      layer !== undefined,
      () =>
        new IndexError(
          'at',
          `the name must be one of [${[...this.#layers.keys()].join(', ')}], got '${index}'`,
        ),
    )
    return layer
  }
  /** Adds a layer at the end; its name is its number. */
  append(layer: Layer): this {
    this.#layers.set(String(this.length), checkModule('append', layer))
    return this
  }
  [Symbol.iterator](): IterableIterator<Layer> {
    return this.#layers.values()
  }
}

/**
 * A list of modules that are found as parts of the module that holds it. It has no forward.
 *
 * @example
 * class Net extends Module { layers = new ModuleList([new Linear(4, 4), new Linear(4, 4)]) }
 * new Net().parameters().length // => 4
 * @see torch.nn.ModuleList
 */
export class ModuleList<M extends Module = Module> extends Module {
  readonly #modules: M[]

  constructor(modules: Iterable<M> = []) {
    super()
    this.#modules = Array.from(modules, (module) => checkModule('ModuleList', module))
  }

  override members(): Member[] {
    return [...this.#modules.map((module, i) => moduleMember(String(i), module)), ...super.members()]
  }

  get length(): number {
    return this.#modules.length
  }
  /** The module at a position, negative: from the end. @throws IndexError if there is none */
  at(index: number): M {
    return this.#modules[position('at', index, this.length)]
  }
  /** Adds a module at the end. */
  append(module: M): this {
    return this.extend([module])
  }
  /** Adds modules at the end. */
  extend(modules: Iterable<M>): this {
    this.#modules.push(...Array.from(modules, (module) => checkModule('extend', module)))
    return this
  }
  /** Puts a module before the position. */
  insert(index: number, module: M): this {
    this.#modules.splice(index, 0, checkModule('insert', module))
    return this
  }
  /** What `fn` gives for each module, in order. */
  map<T>(fn: (module: M, index: number) => T): T[] {
    return this.#modules.map(fn)
  }
  [Symbol.iterator](): IterableIterator<M> {
    return this.#modules[Symbol.iterator]()
  }
}

/**
 * Modules by name, in order of insertion. It has no forward.
 *
 * @example
 * const layers = new ModuleDict({ first: new ReLU(), second: new Tanh() })
 * [...layers.keys()] // => ['first', 'second']
 * @see torch.nn.ModuleDict
 */
export class ModuleDict<M extends Module = Module> extends Module {
  readonly #modules = new Map<string, M>()

  constructor(modules: Named<M> = {}) {
    super()
    for (const [name, module] of entriesOf(modules)) this.set(name, module)
  }

  override members(): Member[] {
    return [...[...this.#modules].map(([name, module]) => moduleMember(name, module)), ...super.members()]
  }

  /** Number of modules. */
  get size(): number {
    return this.#modules.size
  }
  /** The module of this name. @throws IndexError if there is none */
  get(name: string): M {
    const module = this.#modules.get(name)
    check(
      module !== undefined,
      () => new IndexError('get', `the name must be one of [${[...this.keys()].join(', ')}], got '${name}'`),
    )
    return module
  }
  /** Whether there is a module of this name. */
  has(name: string): boolean {
    return this.#modules.has(name)
  }
  /** Adds or replaces a module. @throws ArgumentError for an empty name or one with a dot */
  set(name: string, module: M): this {
    check(
      name !== '' && !name.includes('.'),
      () => new ArgumentError('set', `name must not be empty or contain a dot, got '${name}'`),
    )
    this.#modules.set(name, checkModule('set', module))
    return this
  }
  /** Takes a module out. @returns whether there was one */
  delete(name: string): boolean {
    return this.#modules.delete(name)
  }
  /** The names, in order of insertion. */
  keys(): IterableIterator<string> {
    return this.#modules.keys()
  }
  /** The modules, in order of insertion. */
  values(): IterableIterator<M> {
    return this.#modules.values()
  }
  /** Names and modules, in order of insertion. */
  entries(): IterableIterator<[string, M]> {
    return this.#modules.entries()
  }
  [Symbol.iterator](): IterableIterator<[string, M]> {
    return this.#modules.entries()
  }
}

/**
 * A list of parameters that are found as parts of the module that holds it; tensors become parameters.
 *
 * @example
 * new ParameterList([ones([2]), ones([3])]).length // => 2
 * @see torch.nn.ParameterList
 */
export class ParameterList extends Module {
  readonly #parameters: Parameter[] = []

  constructor(parameters: Iterable<Tensor> = []) {
    super()
    for (const parameter of parameters) this.append(parameter)
  }

  override members(): Member[] {
    return [
      ...this.#parameters.map((value, i): Member => ({ kind: 'parameter', name: String(i), value })),
      ...super.members(),
    ]
  }

  get length(): number {
    return this.#parameters.length
  }
  /** The parameter at a position, negative: from the end. @throws IndexError if there is none */
  at(index: number): Parameter {
    return this.#parameters[position('at', index, this.length)]
  }
  /** Adds a parameter at the end. */
  append(parameter: Tensor): this {
    this.#parameters.push(parameter instanceof Parameter ? parameter : new Parameter(parameter))
    return this
  }
  [Symbol.iterator](): IterableIterator<Parameter> {
    return this.#parameters[Symbol.iterator]()
  }

  override extraRepr(): string {
    return this.#parameters
      .map(
        ({ dtype, shape }, i) =>
          `  (${i}): Parameter containing: [torch.${dtype} of size ${shape.join('x')}]`,
      )
      .join('\n')
  }
}
