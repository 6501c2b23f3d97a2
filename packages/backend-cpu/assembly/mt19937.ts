// The Mersenne Twister MT19937 in blocks. State at a pointer: 624 words, then the index of the next word.

// @ts-ignore: decorator
@inline const N: i32 = 624
// @ts-ignore: decorator
@inline const M: i32 = 397

// @ts-ignore: decorator
@inline function twist(state: usize, i: i32, next: i32, far: i32): void {
  const y = (load<u32>(state + (<usize>i << 2)) & 0x80000000) | (load<u32>(state + (<usize>next << 2)) & 0x7fffffff)
  const mix: u32 = y & 1 ? 0x9908b0df : 0
  store<u32>(state + (<usize>i << 2), load<u32>(state + (<usize>far << 2)) ^ (y >> 1) ^ mix)
}

function refill(state: usize): void {
  for (let i = 0; i < N - M; i++) twist(state, i, i + 1, i + M)
  for (let i = N - M; i < N - 1; i++) twist(state, i, i + 1, i + M - N)
  twist(state, N - 1, 0, M - 1)
  store<i32>(state + 2496, 0)
}

// @ts-ignore: decorator
@inline function next(state: usize): u32 {
  let i = load<i32>(state + 2496)
  if (i >= N) {
    refill(state)
    i = 0
  }
  let y = load<u32>(state + (<usize>i << 2))
  store<i32>(state + 2496, i + 1)
  y ^= y >> 11
  y ^= (y << 7) & 0x9d2c5680
  y ^= (y << 15) & 0xefc60000
  return y ^ (y >> 18)
}

/** Fills the state from a 32-bit seed, as init_genrand. */
export function mtSeed(state: usize, seed: u32): void {
  store<u32>(state, seed)
  for (let i = 1; i < N; i++) {
    seed = 1812433253 * (seed ^ (seed >> 30)) + <u32>i
    store<u32>(state + (<usize>i << 2), seed)
  }
  store<i32>(state + 2496, N)
}

/** The next `n` tempered words. */
export function mtWords(state: usize, out: usize, n: i32): void {
  for (let i = 0; i < n; i++) store<u32>(out + (<usize>i << 2), next(state))
}

/** n uniform numbers in [from, to): 24 bits of one word each, as PyTorch's CPU generator for float32. */
export function mtUniform_f32(state: usize, out: usize, n: i32, from: f32, to: f32): void {
  const width = to - from
  for (let i = 0; i < n; i++) {
    store<f32>(out + (<usize>i << 2), <f32>(next(state) & 0xffffff) * <f32>(1.0 / 16777216.0) * width + from)
  }
}

/** n uniform numbers in [from, to): 53 bits of two words each (the first word is the high one). */
export function mtUniform_f64(state: usize, out: usize, n: i32, from: f64, to: f64): void {
  const width = to - from
  for (let i = 0; i < n; i++) {
    const high = <u64>next(state)
    const bits = ((high << 32) | <u64>next(state)) & 0x1fffffffffffff
    store<f64>(out + (<usize>i << 3), <f64>bits * (1.0 / 9007199254740992.0) * width + from)
  }
}
