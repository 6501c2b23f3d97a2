// Generators of random numbers: PyTorch's CPU generator, its saved state, and the default one.
import { ArgumentError, check } from '../errors.ts'
import { Mt19937 } from './mt19937.ts'

/**
 * Seed of the default generator until `manualSeed` is called, as in PyTorch.
 *
 * @example
 * new Generator().initialSeed() === defaultSeed // => true
 */
export const defaultSeed = 67280421310721

/**
 * A stream of random numbers on the CPU that gives the same numbers as PyTorch's for the same seed.
 *
 * @example
 * const generator = new Generator().manualSeed(10)
 * generator.initialSeed() // => 10
 * @see torch.Generator
 */
export class Generator {
  readonly device: 'cpu'
  /** The source of words; the samplers read it directly. */
  readonly engine: Mt19937
  /** Second value of the last Box-Muller pair, if it is still to be given out. */
  cachedNormal: number | null = null
  #seed: bigint
  #blocks = 0

  /** @param device only `'cpu'`; other devices bring their own generators */
  constructor(device: 'cpu' = 'cpu') {
    check(device === 'cpu', () => new ArgumentError('Generator', `the device must be 'cpu', got '${device}'`))
    this.device = device
    this.#seed = BigInt(defaultSeed)
    this.engine = new Mt19937(lowWord(this.#seed))
  }

  /**
   * Restarts the stream.
   *
   * @param seed integer in [-2⁶³, 2⁶⁴ - 1]; a negative one means 2⁶⁴ + seed. Only its low 32 bits matter to the numbers.
   * @returns this generator
   * @throws ArgumentError if `seed` is not such an integer
   * @see torch.Generator.manual_seed
   */
  manualSeed(seed: number | bigint): this {
    const wide = checkSeed(seed)
    this.#seed = wide
    this.cachedNormal = null
    this.#blocks = 0
    this.engine.reseed(lowWord(wide))
    return this
  }

  /** The seed from which the stream started: a bigint where a number would not be exact. */
  initialSeed(): number | bigint {
    return this.#seed <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(this.#seed) : this.#seed
  }

  /** Restarts the stream from 53 bits of the system's randomness, and returns that seed. */
  seed(): number {
    const [low, high] = globalThis.crypto.getRandomValues(new Uint32Array(2))
    const seed = (high & 0x1fffff) * 2 ** 32 + low
    this.manualSeed(seed)
    return seed
  }

  /**
   * Blocks of four words for a device that draws by itself, from Philox 4x32-10 under the key `seed`: the next `count`
   * ones of this generator's second, counted stream, from number `first` on.
   *
   * @example
   * const generator = new Generator().manualSeed(7)
   * generator.takeBlocks(10) // => { seed: 7n, first: 0n }
   * generator.takeBlocks(1) // => { seed: 7n, first: 10n }
   */
  takeBlocks(count: number): { seed: bigint; first: bigint } {
    const first = BigInt(this.#blocks)
    this.#blocks += count
    return { seed: this.#seed, first }
  }

  /**
   * The whole state, 5056 bytes: the very bytes of `torch.get_rng_state()`, so that checkpoints move both ways.
   *
   * @see torch.Generator.get_state
   */
  getState(): Uint8Array {
    const bytes = new Uint8Array(stateBytes)
    const view = new DataView(bytes.buffer)
    const { engine } = this
    const used = engine.fresh ? 0 : engine.position
    view.setBigUint64(0, this.#seed, true)
    view.setInt32(8, engine.fresh ? 1 : wordCount + 1 - used, true) // words left, counting the next refill
    view.setInt32(12, 1, true) // seeded
    view.setUint32(16, used, true)
    engine.getWords().forEach((word, i) => view.setUint32(wordsAt + 8 * i, word, true))
    if (this.cachedNormal !== null) {
      view.setFloat64(normalAt, this.cachedNormal, true)
      view.setInt32(normalValidAt, 1, true)
    }
    view.setFloat64(blocksAt, this.#blocks, true)
    return bytes
  }

  /**
   * Continues from a state made by `getState` or by PyTorch.
   *
   * @param state 5056 bytes
   * @returns this generator
   * @throws ArgumentError if it is not such a state; the generator is left as it was
   * @see torch.Generator.set_state
   */
  setState(state: Uint8Array): this {
    check(
      state.byteLength === stateBytes,
      () => new ArgumentError('setState', `the state must have ${stateBytes} bytes, got ${state.byteLength}`),
    )
    const view = new DataView(state.buffer, state.byteOffset, state.byteLength)
    const left = view.getInt32(8, true)
    const used = view.getUint32(16, true)
    const fresh = left === 1 && used === 0
    check(
      view.getInt32(12, true) === 1 && (fresh || (used >= 1 && left === wordCount + 1 - used && left >= 1)),
      () =>
        new ArgumentError(
          'setState',
          `the state must be one made by getState, got bytes that are no mt19937 state`,
        ),
    )
    const saved = new Int32Array(wordCount)
    for (let i = 0; i < wordCount; i++) saved[i] = view.getInt32(wordsAt + 8 * i, true)
    this.#seed = view.getBigUint64(0, true)
    this.cachedNormal = view.getInt32(normalValidAt, true) ? view.getFloat64(normalAt, true) : null
    this.#blocks = view.getFloat64(blocksAt, true)
    this.engine.setWords(saved, fresh ? wordCount : used, fresh)
    return this
  }

  /** A second generator that goes on from the same state. @see torch.Generator.clone_state */
  clone(): Generator {
    return new Generator().setState(this.getState())
  }

  /** A uniform number in [0, 1) with 24 random bits, from one word. */
  uniform24(): number {
    return (this.engine.next() & 0xffffff) / 2 ** 24
  }

  /** A uniform number in [0, 1) with 53 random bits, from two words. */
  uniform53(): number {
    const high = this.engine.next() & 0x1fffff
    return (high * 2 ** 32 + (this.engine.next() >>> 0)) / 2 ** 53
  }

  /** 64 random bits: the first word is the high half. */
  random64(): bigint {
    const high = this.engine.next() >>> 0
    return (BigInt(high) << 32n) | BigInt(this.engine.next() >>> 0)
  }
}

/**
 * The generator that is used where none is given.
 *
 * @example
 * manualSeed(5) === defaultGenerator // => true
 * @see torch.default_generator
 */
export const defaultGenerator: Generator = new Generator()

/**
 * Restarts the default generator; the numbers that follow are PyTorch's for that seed. A device that draws by itself
 * ('webgpu', as CUDA) has numbers of its own, the same each time for the same seed.
 *
 * @param seed integer in [-2⁶³, 2⁶⁴ - 1]
 * @returns the default generator
 * @throws ArgumentError if `seed` is not such an integer
 * @example
 * manualSeed(0)
 * rand([2]).tolist() // => [0.496257, 0.768222]
 * @see torch.manual_seed
 */
export const manualSeed = (seed: number | bigint): Generator => defaultGenerator.manualSeed(seed)

/**
 * The seed from which the default generator started.
 *
 * @example
 * manualSeed(7)
 * initialSeed() // => 7
 * @see torch.initial_seed
 */
export const initialSeed = (): number | bigint => defaultGenerator.initialSeed()

/**
 * Restarts the default generator from the system's randomness, and returns the seed.
 *
 * @example
 * seed() === initialSeed() // => true
 * @see torch.seed
 */
export const seed = (): number => defaultGenerator.seed()

/**
 * The default generator's state as 5056 bytes.
 *
 * @example
 * getRngState().length // => 5056
 * @see torch.get_rng_state
 */
export const getRngState = (): Uint8Array => defaultGenerator.getState()

/**
 * Sets the default generator's state.
 *
 * @param state what `getRngState` or `torch.get_rng_state` returned
 * @throws ArgumentError if it is no such state
 * @example
 * const state = getRngState()
 * const first = rand([3])
 * setRngState(state)
 * rand([3]).equal(first) // => true
 * @see torch.set_rng_state
 */
export function setRngState(state: Uint8Array): void {
  defaultGenerator.setState(state)
}

/**
 * Calls `run` and then puts the default generator back to where it was; if `run` returns a promise, once it settles.
 *
 * @returns what `run` returned
 * @example
 * manualSeed(0)
 * forkRng(() => rand([100])).shape // => [100]
 * rand([2]).tolist() // => [0.496257, 0.768222]
 * @see torch.random.fork_rng
 */
export function forkRng<T>(run: () => T): T {
  const saved = getRngState()
  const restore = () => setRngState(saved)
  let result: T
  try {
    result = run()
  } catch (error) {
    restore()
    throw error
  }
  if (result instanceof Promise) return result.finally(restore) as T
  restore()
  return result
}

// Layout of PyTorch's CPUGeneratorImplState: seed u64, left i32, seeded i32, next u64, 624 words as u64,
// normal_x, normal_y, normal_rho f64, normal_is_valid i32, padding, then a float cache that no kernel fills.
const wordCount = 624
const wordsAt = 24
const normalAt = wordsAt + 8 * wordCount + 8
const normalValidAt = normalAt + 16
// PyTorch leaves normal_rho at 0 and does not read it: the blocks that devices have drawn are counted there.
const blocksAt = normalAt + 8
const stateBytes = 5056

function lowWord(seed: bigint): number {
  return Number(BigInt.asIntN(32, seed))
}

function checkSeed(seed: number | bigint): bigint {
  const integer = typeof seed === 'bigint' || Number.isInteger(seed)
  const wide = integer ? BigInt(seed) : null
  if (wide === null || wide < -(2n ** 63n) || wide >= 2n ** 64n) {
    throw new ArgumentError(
      'manualSeed',
      `the seed must be an integer in [-2^63, 2^64 - 1], got ${String(seed)}`,
    )
  }
  return BigInt.asUintN(64, wide)
}
