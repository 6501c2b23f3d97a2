// Optimizer: the base class of all optimizers. It keeps groups of parameters, their options and their state.
import { ArgumentError, AutogradError, Tensor, check, tensor as makeTensor, withGradMode } from '@tt/autograd'
import { camelCase, snakeCase } from './names.ts'
import { optimizerRepr } from './repr.ts'

/** What every group of parameters has. */
export interface GroupOptions {
  /** Learning rate. */
  lr: number
}

/** ParameterInput that share their options; change an option and the next step uses it. */
export type ParamGroup<Options extends GroupOptions = GroupOptions> = Options & { params: Tensor[] }

/** A group as it is given: the options that are left out are the optimizer's defaults. */
export type ParamGroupInput<Options extends GroupOptions> = Partial<Options> & {
  params: Tensor | Iterable<Tensor>
}

/** What an optimizer may be made for: tensors, or groups of them. */
export type ParameterInput<Options extends GroupOptions> =
  | Iterable<Tensor>
  | Iterable<ParamGroupInput<Options>>

/** The state of one parameter: numbers, and tensors of its shape. */
export type ParameterState = Record<string, Tensor | number | null>

/** An optimizer's state, laid out and named as PyTorch's. */
export interface OptimizerStateDict {
  /** By number of the parameter, in order of the groups. */
  readonly state: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly param_groups: readonly (Readonly<Record<string, unknown>> & {
    readonly params: readonly number[]
  })[]
}

/**
 * Base of the optimizers. A subclass says what the state of a parameter is and how one step changes it.
 *
 * @example
 * optimizer instanceof Optimizer // => true
 * @see torch.optim.Optimizer
 */
export abstract class Optimizer<
  Options extends GroupOptions = GroupOptions,
  State extends ParameterState = ParameterState,
> {
  /** The options of groups that do not state their own. */
  readonly defaults: Options
  /** The groups; schedulers change their `lr`. */
  readonly paramGroups: ParamGroup<Options>[] = []
  /** State by parameter; empty before the first step. */
  readonly state = new Map<Tensor, State>()
  /** How many steps were made; schedulers look at it. */
  stepCount = 0

  /**
   * @param params tensors, or groups `{ params, ...options }`
   * @param defaults of all options
   * @param options those that were given, for groups that do not state their own
   * @throws ArgumentError for no parameters, for unknown options, for a parameter in two groups
   * @throws AutogradError for tensors that are no leaves
   */
  constructor(params: ParameterInput<Options>, defaults: Options, options: Partial<Options>) {
    this.defaults = defaults
    this.#checkNames(options)
    this.defaults = { ...defaults, ...given(options) }
    check(
      !(params instanceof Tensor),
      () =>
        new ArgumentError(
          this.name,
          'params must be a list of tensors or of groups, got one tensor. Put it in an array',
        ),
    )
    const list = [...params] as (Tensor | ParamGroupInput<Options>)[]
    check(list.length > 0, () => new ArgumentError(this.name, 'params must not be empty, got none'))
    if (list[0] instanceof Tensor) this.addParamGroup({ params: list } as unknown as ParamGroupInput<Options>)
    else for (const group of list) this.addParamGroup(group as ParamGroupInput<Options>)
  }

  /** The class's name, for messages. */
  get name(): string {
    return this.constructor.name
  }

  /** The state of a parameter before its first step. */
  protected abstract initialState(parameter: Tensor, options: Options): State
  /** Changes one parameter, without gradients. `state.step`, if there is one, was raised already. */
  protected abstract update(parameter: Tensor, gradient: Tensor, options: Options, state: State): void
  /** Refuses options out of range. */
  protected checkOptions(_options: Options): void {}

  /**
   * One step: changes every parameter that has a gradient.
   *
   * @param closure computes the loss anew, calls backward, and returns the loss; most optimizers need none
   * @returns what the closure returned, or null
   * @see torch.optim.Optimizer.step
   */
  step(): null
  step<T>(closure: () => T): T
  step<T>(closure?: () => T): T | null {
    const loss = closure === undefined ? null : withGradMode(true, closure)
    withGradMode(false, () => {
      for (const group of this.paramGroups) {
        for (const parameter of group.params) {
          const { grad } = parameter
          if (grad !== null) this.#updateOne(parameter, grad, group)
        }
      }
    })
    this.stepCount++
    return loss
  }

  #updateOne(parameter: Tensor, gradient: Tensor, group: ParamGroup<Options>): void {
    let state = this.state.get(parameter)
    if (state === undefined) {
      state = this.initialState(parameter, group)
      this.state.set(parameter, state)
    }
    if (typeof state.step === 'number') (state as ParameterState).step = state.step + 1
    this.update(parameter, gradient, group, state)
  }

  /**
   * Drops the gradients of all parameters, or sets them to zero.
   *
   * @param options setToNone: false to keep the memory and fill it with zeros (default true)
   * @see torch.optim.Optimizer.zero_grad
   */
  zeroGrad({ setToNone = true }: { setToNone?: boolean } = {}): void {
    for (const { params } of this.paramGroups) {
      for (const parameter of params) {
        const { grad } = parameter
        if (grad === null) continue
        if (setToNone) parameter.grad = null
        else grad.detach().zero_()
      }
    }
  }

  /**
   * Adds parameters with options of their own, for example layers that are thawed during training.
   *
   * @throws ArgumentError for tensors that are no leaves, and for parameters that are in a group already
   * @see torch.optim.Optimizer.add_param_group
   */
  addParamGroup(input: ParamGroupInput<Options>): void {
    const params = input.params instanceof Tensor ? [input.params] : [...input.params]
    const known = new Set(this.paramGroups.flatMap((group) => group.params))
    for (const parameter of params) {
      check(
        parameter instanceof Tensor,
        () => new ArgumentError(this.name, `parameters must be tensors, got ${typeof parameter}`),
      )
      check(
        parameter.isLeaf,
        () =>
          new AutogradError(
            this.name,
            'parameters must be leaves, got the result of an op. Optimize what it was computed from, or detach() it',
          ),
      )
      check(
        !known.has(parameter),
        () => new ArgumentError(this.name, 'a parameter must be in one group, got one that is there twice'),
      )
      known.add(parameter)
    }
    const group = { ...this.defaults, ...given(input), params } as ParamGroup<Options>
    this.#checkNames(group)
    this.checkOptions(group)
    this.paramGroups.push(group)
  }

  #checkNames(options: object): void {
    for (const key of Object.keys(options)) {
      check(
        key === 'params' || key === 'initialLr' || Object.hasOwn(this.defaults, key),
        () =>
          new ArgumentError(
            this.name,
            `options must be among [${Object.keys(this.defaults).join(', ')}], got ${key}`,
          ),
      )
    }
  }

  /**
   * The state in PyTorch's layout: `{ state: { 0: {...} }, param_groups: [{ lr, ..., params: [0, 1] }] }`, in PyTorch's
   * names. Tensors are shared with the optimizer: clone what is to stay.
   *
   * @see torch.optim.Optimizer.state_dict
   */
  stateDict(): OptimizerStateDict {
    const numbers = new Map(
      this.paramGroups.flatMap((group) => group.params).map((parameter, i) => [parameter, i]),
    )
    const state: Record<string, Record<string, unknown>> = {}
    for (const [parameter, values] of this.state) {
      const number = numbers.get(parameter)
      if (number === undefined) continue
      state[number] = Object.fromEntries(
        Object.entries(values)
          .filter(([, value]) => value !== null)
          .map(([key, value]) => [
            snakeCase(key),
            typeof value === 'number' ? makeTensor(value, { dtype: 'float32', device: 'cpu' }) : value,
          ]),
      )
    }
    return {
      state,
      param_groups: this.paramGroups.map(({ params, ...options }) => ({
        ...Object.fromEntries(Object.entries(options).map(([key, value]) => [snakeCase(key), value])),
        params: params.map((parameter) => numbers.get(parameter)!),
      })),
    }
  }

  /**
   * Takes over options and state from a state dict, this optimizer's own or PyTorch's. Tensors are copied, cast and moved
   * to their parameters.
   *
   * @throws ArgumentError if groups, sizes or shapes differ; then nothing is changed
   * @see torch.optim.Optimizer.load_state_dict
   */
  loadStateDict(stateDict: OptimizerStateDict): void {
    const groups = stateDict.param_groups
    check(
      groups.length === this.paramGroups.length,
      () =>
        new ArgumentError(
          'loadStateDict',
          `the state dict must have as many groups as the optimizer, got ${groups.length} and ${this.paramGroups.length}`,
        ),
    )
    groups.forEach(({ params }, i) =>
      check(
        params.length === this.paramGroups[i].params.length,
        () =>
          new ArgumentError(
            'loadStateDict',
            `group ${i} must have as many parameters as the optimizer's, got ${params.length} and ${this.paramGroups[i].params.length}`,
          ),
      ),
    )
    const byNumber = new Map(
      groups.flatMap(({ params }, i) =>
        params.map(
          (number, k) =>
            [
              String(number),
              { parameter: this.paramGroups[i].params[k], group: this.paramGroups[i] },
            ] as const,
        ),
      ),
    )
    const loaded = new Map<Tensor, State>()
    for (const [number, values] of Object.entries(stateDict.state)) {
      const owner = byNumber.get(number)
      check(
        owner !== undefined,
        () =>
          new ArgumentError(
            'loadStateDict',
            `state must belong to a parameter of a group, got number ${number}`,
          ),
      )
      const { parameter, group } = owner
      const entries = Object.entries(values).map(([key, value]) => [
        camelCase(key),
        loadValue(key, value, parameter),
      ])
      loaded.set(parameter, {
        ...this.initialState(parameter, group),
        ...(Object.fromEntries(entries) as State),
      })
    }
    const options = groups.map(
      ({ params: _params, ...rest }) =>
        Object.fromEntries(
          Object.entries(rest)
            .map(([key, value]) => [camelCase(key), value])
            .filter(([key]) => key === 'initialLr' || Object.hasOwn(this.defaults, key as string)),
        ) as Partial<Options>,
    )
    options.forEach((values, i) => this.checkOptions({ ...this.paramGroups[i], ...values }))
    options.forEach((values, i) => Object.assign(this.paramGroups[i], values))
    this.state.clear()
    for (const [parameter, state] of loaded) this.state.set(parameter, state)
  }

  /** The groups with their options, as PyTorch prints them. */
  toString(): string {
    return optimizerRepr(this.name, this.paramGroups)
  }
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return optimizerRepr(this.name, this.paramGroups)
  }
}

// A step may be a number or a 0-dim tensor; all other tensors have the parameter's shape and get its dtype and device.
function loadValue(key: string, value: unknown, parameter: Tensor): Tensor | number | null {
  if (value === null || typeof value === 'number') return value
  check(
    value instanceof Tensor,
    () =>
      new ArgumentError(
        'loadStateDict',
        `state values must be tensors or numbers, got ${typeof value} for ${key}`,
      ),
  )
  if (value.ndim === 0 && (key === 'step' || parameter.ndim > 0)) return value.item()
  check(
    value.shape.join() === parameter.shape.join(),
    () =>
      new ArgumentError(
        'loadStateDict',
        `${key} must have the shape of its parameter, got [${value.shape.join(', ')}] for [${parameter.shape.join(', ')}]`,
      ),
  )
  return withGradMode(false, () =>
    value.detach().to({ dtype: parameter.dtype, device: parameter.device, copy: true }),
  )
}

/** The options that have a value. */
const given = <T extends object>(options: T): T =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T
