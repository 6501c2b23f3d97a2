// Module: the base class of everything that has parameters.
import { ArgumentError, NotImplementedError, Tensor, check, withGradMode } from '@tt/autograd'
import { Parameter } from '../parameter.ts'
import type { FullBackwardHook } from './backward-hooks.ts'
import { ModuleHooks, addHook } from './hooks.ts'
import type { ForwardHook, ForwardPreHook } from './hooks.ts'
import { parseTarget, replaceTensors, tensorsOf } from './move.ts'
import type { ModuleTarget } from './move.ts'
import { joinName, snakeCase } from './names.ts'
import { moduleRepr } from './repr.ts'
import { collectState, emptyStateDict, loadState } from './state-dict.ts'
import type { LoadReport, StateDict } from './state-dict.ts'

/** Something registered on a module. */
export type Member =
  | { readonly kind: 'parameter'; readonly name: string; readonly value: Parameter }
  | { readonly kind: 'module'; readonly name: string; readonly value: Module }
  | {
      readonly kind: 'buffer'
      readonly name: string
      readonly value: Tensor
      readonly persistent: boolean
      replace(value: Tensor): void
    }

/** A module that takes one tensor and gives one: what Sequential is made of. */
export type Layer = Module & { forward(input: Tensor): Tensor }

/** Options of the functions that walk a module. */
export interface WalkOptions {
  /** Put before each name. */
  prefix?: string
  /** Whether submodules are walked too. */
  recurse?: boolean
  /** Whether what is shared is given once, under its first name. */
  removeDuplicate?: boolean
}

/**
 * The base class of all layers and models.
 *
 * Assign parameters and modules to fields, and they are found, in order of definition, when they are asked for: there is
 * nothing to register, and no order of construction to respect. Names are the fields' in PyTorch's spelling
 * (`runningMean` is `running_mean`), so that state dicts move both ways. `#private` fields and arrays are not seen: use
 * ModuleList. Call a model by `call(x)`, or by `forward(x)`, which skips the hooks: JavaScript objects cannot be called.
 *
 * @example
 * class Net extends Module {
 *   hidden = new Linear(4, 8)
 *   output = new Linear(8, 1)
 *   override forward(x: Tensor): Tensor { return this.output.call(this.hidden.call(x).relu()) }
 * }
 * new Net().namedParameters().map(([name]) => name)
 * // => ['hidden.weight', 'hidden.bias', 'output.weight', 'output.bias']
 * @see torch.nn.Module
 */
export class Module {
  /** Whether the module is in training mode: layers such as Dropout and BatchNorm differ. Set it by train() and eval(). */
  training = true
  readonly #persistence = new Map<string, boolean>()
  #hooks: ModuleHooks | null = null

  /**
   * What the module computes; every subclass defines it.
   *
   * @throws NotImplementedError if the subclass does not
   */
  forward(..._args: never[]): unknown {
    throw new NotImplementedError(
      'forward',
      `a module must define what it computes, got none in ${this.reprName()}. ` +
        'Add: override forward(x: Tensor): Tensor { ... }',
    )
  }

  /** Runs the forward pre-hooks, `forward`, and the forward hooks. @see torch.nn.Module.__call__ */
  call(...args: Parameters<this['forward']>): ReturnType<this['forward']> {
    const output = this.#hooks === null ? this.forward(...(args as never[])) : this.#hooks.run(this, args)
    return output as ReturnType<this['forward']>
  }

  // ── registration ──

  /**
   * Registers a tensor that is state but no parameter, and returns it: `this.runningMean = this.registerBuffer('runningMean', t)`.
   *
   * @param name that of the field
   * @param options persistent: whether it is a part of the state dict (default true)
   * @throws ArgumentError if the name is taken
   * @see torch.nn.Module.register_buffer
   */
  registerBuffer<T extends Tensor | null>(
    name: string,
    tensor: T,
    { persistent = true }: { persistent?: boolean } = {},
  ): T {
    this.#define('registerBuffer', name, tensor)
    this.#persistence.set(name, persistent)
    return tensor
  }

  /** Adds a parameter under a computed name. @throws ArgumentError if the name is taken @see torch.nn.Module.register_parameter */
  registerParameter(name: string, parameter: Parameter | null): void {
    this.#define('registerParameter', name, parameter)
  }

  /** Adds a module under a computed name. @throws ArgumentError if the name is taken @see torch.nn.Module.add_module */
  addModule(name: string, module: Module | null): void {
    this.#define('addModule', name, module)
  }

  #define(op: string, name: string, value: unknown): void {
    check(
      name !== '' && !name.includes('.'),
      () => new ArgumentError(op, `name must not be empty or contain a dot, got '${name}'`),
    )
    const fields = this as unknown as Record<string, unknown>
    check(
      fields[name] === undefined,
      () =>
        new ArgumentError(
          op,
          `name must be new, got '${name}', which ${this.reprName()} has already. Choose another name, or assign to the field`,
        ),
    )
    fields[name] = value
  }

  /** What is registered directly on this module, in order of definition. Containers add what they contain. */
  members(): Member[] {
    const members: Member[] = []
    for (const [field, value] of Object.entries(this) as [string, unknown][]) {
      if (!(value instanceof Tensor || value instanceof Module)) continue
      const name = snakeCase(field)
      if (value instanceof Module) members.push({ kind: 'module', name, value })
      else if (this.#persistence.has(field)) {
        const replace = (next: Tensor): void =>
          void ((this as unknown as Record<string, Tensor>)[field] = next)
        members.push({ kind: 'buffer', name, value, persistent: this.#persistence.get(field)!, replace })
      } else if (value instanceof Parameter) members.push({ kind: 'parameter', name, value })
    }
    return members
  }

  // ── walking ──

  /** This module and all below it, each once, with their names; its own is the prefix. @see torch.nn.Module.named_modules */
  namedModules({ prefix = '', removeDuplicate = true }: Omit<WalkOptions, 'recurse'> = {}): [
    string,
    Module,
  ][] {
    const seen = new Set<Module>()
    const found: [string, Module][] = []
    const visit = (module: Module, path: string): void => {
      if (removeDuplicate && seen.has(module)) return
      seen.add(module)
      found.push([path, module])
      for (const member of module.members())
        if (member.kind === 'module') visit(member.value, joinName(path, member.name))
    }
    visit(this, prefix)
    return found
  }
  /** This module and all below it, each once. @see torch.nn.Module.modules */
  modules(): Module[] {
    return this.namedModules().map(([, module]) => module)
  }

  /** The modules directly below, with their names. @see torch.nn.Module.named_children */
  namedChildren({ removeDuplicate = true }: Pick<WalkOptions, 'removeDuplicate'> = {}): [string, Module][] {
    const seen = new Set<Module>()
    const found: [string, Module][] = []
    for (const member of this.members()) {
      if (member.kind !== 'module' || (removeDuplicate && seen.has(member.value))) continue
      seen.add(member.value)
      found.push([member.name, member.value])
    }
    return found
  }
  /** The modules directly below. @see torch.nn.Module.children */
  children(): Module[] {
    return this.namedChildren().map(([, child]) => child)
  }

  /** Parameters with their names, such as `features.0.weight`. @see torch.nn.Module.named_parameters */
  namedParameters(options: WalkOptions = {}): [string, Parameter][] {
    return this.#namedTensors('parameter', options) as [string, Parameter][]
  }
  /** All parameters, each once: what an optimizer takes. @see torch.nn.Module.parameters */
  parameters(options: Pick<WalkOptions, 'recurse'> = {}): Parameter[] {
    return this.namedParameters(options).map(([, parameter]) => parameter)
  }

  /** Buffers with their names. @see torch.nn.Module.named_buffers */
  namedBuffers(options: WalkOptions = {}): [string, Tensor][] {
    return this.#namedTensors('buffer', options)
  }
  /** All buffers, each once. @see torch.nn.Module.buffers */
  buffers(options: Pick<WalkOptions, 'recurse'> = {}): Tensor[] {
    return this.namedBuffers(options).map(([, buffer]) => buffer)
  }

  #namedTensors(
    kind: 'parameter' | 'buffer',
    { prefix = '', recurse = true, removeDuplicate = true }: WalkOptions,
  ): [string, Tensor][] {
    const seen = new Set<Tensor>()
    const found: [string, Tensor][] = []
    const modules: [string, Module][] = recurse
      ? this.namedModules({ prefix, removeDuplicate })
      : [[prefix, this]]
    for (const [path, module] of modules) {
      for (const member of module.members()) {
        if (member.kind !== kind || (removeDuplicate && seen.has(member.value))) continue
        seen.add(member.value)
        found.push([joinName(path, member.name), member.value])
      }
    }
    return found
  }

  /**
   * The module at a path of names, such as 'features.0'.
   *
   * @throws ArgumentError if there is none
   * @see torch.nn.Module.get_submodule
   */
  getSubmodule(path: string): Module {
    return memberAt('getSubmodule', this, path, this.namedModules({ removeDuplicate: false }))
  }
  /** The parameter at a path of names. @throws ArgumentError if there is none @see torch.nn.Module.get_parameter */
  getParameter(path: string): Parameter {
    return memberAt('getParameter', this, path, this.namedParameters({ removeDuplicate: false }))
  }
  /** The buffer at a path of names. @throws ArgumentError if there is none @see torch.nn.Module.get_buffer */
  getBuffer(path: string): Tensor {
    return memberAt('getBuffer', this, path, this.namedBuffers({ removeDuplicate: false }))
  }

  /** Calls `fn` with every module, children before parents. @see torch.nn.Module.apply */
  apply(fn: (module: Module) => void): this {
    for (const child of this.children()) child.apply(fn)
    fn(this)
    return this
  }

  // ── modes and gradients ──

  /** Sets training mode, here and below. @see torch.nn.Module.train */
  train(mode = true): this {
    this.training = mode
    for (const child of this.children()) child.train(mode)
    return this
  }
  /** Sets evaluation mode, here and below. @see torch.nn.Module.eval */
  eval(): this {
    return this.train(false)
  }

  /** Sets whether gradients are computed for all parameters. @see torch.nn.Module.requires_grad_ */
  requiresGrad_(value = true): this {
    for (const parameter of this.parameters()) parameter.requiresGrad_(value)
    return this
  }

  /** Drops all gradients, or sets them to zero. @see torch.nn.Module.zero_grad */
  zeroGrad({ setToNone = true }: { setToNone?: boolean } = {}): void {
    for (const parameter of this.parameters()) {
      const { grad } = parameter
      if (grad === null) continue
      if (setToNone) parameter.grad = null
      else grad.detach().zero_()
    }
  }

  // ── devices and dtypes ──

  /**
   * Moves all parameters and buffers to a device, or casts the floating-point ones, in place: optimizers that hold the
   * parameters go on with them.
   *
   * @throws DTypeError or ArgumentError before anything is changed
   * @see torch.nn.Module.to
   */
  to(target: ModuleTarget): this {
    const move = parseTarget('to', target)
    replaceTensors(
      this,
      withGradMode(false, () => new Map(tensorsOf(this).map((tensor) => [tensor, tensor.to(move(tensor))]))),
    )
    return this
  }

  /** As to, for devices that cannot block. */
  async toAsync(target: ModuleTarget): Promise<this> {
    const move = parseTarget('toAsync', target)
    const moved = new Map<Tensor, Tensor>()
    for (const tensor of tensorsOf(this)) moved.set(tensor, await tensor.detach().toAsync(move(tensor)))
    replaceTensors(this, moved)
    return this
  }

  /** Casts floating-point tensors to float32. @see torch.nn.Module.float */
  float(): this {
    return this.to('float32')
  }
  /** Casts floating-point tensors to float64. @see torch.nn.Module.double */
  double(): this {
    return this.to('float64')
  }
  /** Casts floating-point tensors to float16. @see torch.nn.Module.half */
  half(): this {
    return this.to('float16')
  }
  /** Casts floating-point tensors to bfloat16. @see torch.nn.Module.bfloat16 */
  bfloat16(): this {
    return this.to('bfloat16')
  }

  // ── state ──

  /**
   * The parameters and persistent buffers by PyTorch's names. They share memory with the module: clone what is to stay.
   *
   * @param options prefix: put before each name; keepVars: the parameters themselves, not detached
   * @see torch.nn.Module.state_dict
   */
  stateDict({ prefix = '', keepVars = false }: { prefix?: string; keepVars?: boolean } = {}): StateDict {
    return collectState(this, prefix.replace(/\.$/, ''), keepVars, emptyStateDict())
  }

  /**
   * Copies the tensors of a state dict into those of this module, casting and moving them.
   *
   * @param options strict: whether all names must match (default true); sizes always must
   * @returns the names that did not match
   * @throws StateDictError, with the full report, before anything is changed
   * @see torch.nn.Module.load_state_dict
   */
  loadStateDict(stateDict: Readonly<StateDict>, { strict = true }: { strict?: boolean } = {}): LoadReport {
    return loadState(this, stateDict, strict)
  }

  // ── hooks ──

  /** Calls `hook(module, args)` before each forward made by `call`. @returns a function that removes it @see torch.nn.Module.register_forward_pre_hook */
  registerForwardPreHook(hook: ForwardPreHook): () => void {
    return addHook((this.#hooks ??= new ModuleHooks()).forwardPre, hook)
  }
  /** Calls `hook(module, args, output)` after each forward made by `call`. @returns a function that removes it @see torch.nn.Module.register_forward_hook */
  registerForwardHook(hook: ForwardHook): () => void {
    return addHook((this.#hooks ??= new ModuleHooks()).forward, hook)
  }

  /**
   * Calls `hook(module, gradInput, gradOutput)` in each backward through a forward made by `call`.
   *
   * @returns a function that removes it
   * @see torch.nn.Module.register_full_backward_hook
   */
  registerFullBackwardHook(hook: FullBackwardHook): () => void {
    return addHook((this.#hooks ??= new ModuleHooks()).fullBackward, hook)
  }

  // ── printing ──

  /** The arguments, as they are printed between the parentheses. Subclasses override it. @see torch.nn.Module.extra_repr */
  extraRepr(): string {
    return ''
  }
  /** The name that is printed: the class's. */
  reprName(): string {
    return this.constructor.name
  }
  /** The tree of modules, as PyTorch prints it. */
  toString(): string {
    return moduleRepr(this)
  }
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return moduleRepr(this)
  }
}

function memberAt<T>(op: string, module: Module, path: string, candidates: readonly [string, T][]): T {
  const entry = candidates.find(([name]) => name === path)
  check(
    entry !== undefined,
    () =>
      new ArgumentError(
        op,
        `the path must be one of ${module.reprName()}, got '${path}'. It has: ${candidates
          .slice(0, 20)
          .map(([name]) => name)
          .join(', ')}`,
      ),
  )
  return entry[1]
}
