// Integer arithmetic in WGSL where the built-in operators mean something else.

/** WGSL functions by name. */
export const integerFunctions: Readonly<Record<string, string>> = {
  // by zero gives 0
  tt_idiv: `
fn tt_idiv(x: i32, y: i32) -> i32 {
  if (y == 0) { return 0; }
  return x / y;
}`,
  tt_irem: `
fn tt_irem(x: i32, y: i32) -> i32 {
  if (y == 0 || y == -1) { return 0; }
  return x % y;
}`,
  tt_ipow: `
fn tt_ipow(x: i32, y: i32) -> i32 {
  if (y < 0) { return select(select(0, select(1, -1, (y & 1) != 0), x == -1), 1, x == 1); }
  var value = 1;
  var factor = x;
  for (var k = y; k > 0; k >>= 1u) {
    if ((k & 1) == 1) { value *= factor; }
    factor *= factor;
  }
  return value;
}`,
  tt_gcd: `
fn tt_gcd(x: i32, y: i32) -> i32 {
  var a = x;
  var b = y;
  while (b != 0) {
    let rest = tt_irem(a, b);
    a = b;
    b = rest;
  }
  return abs(a);
}`,
  // int64 is held in 32 bits: counts from 32 on leave nothing but the sign
  tt_shl64: `
fn tt_shl64(x: i32, y: i32) -> i32 {
  let count = u32(y) & 63u;
  return select(x << (count & 31u), 0, count > 31u);
}`,
  tt_shr64: 'fn tt_shr64(x: i32, y: i32) -> i32 { return x >> min(u32(y) & 63u, 31u); }',
  // the upper half of the product
  tt_mulhi: `
fn tt_mulhi(a: u32, b: u32) -> u32 {
  let al = a & 0xffffu; let ah = a >> 16u; let bl = b & 0xffffu; let bh = b >> 16u;
  let middle = ah * bl + ((al * bl) >> 16u);
  let rest = al * bh + (middle & 0xffffu);
  return ah * bh + (middle >> 16u) + (rest >> 16u);
}`,
  // Philox 4x32-10: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3" (2011)
  tt_philox: `
fn tt_philox(counter: vec4<u32>, seed: vec2<u32>) -> vec4<u32> {
  var c = counter;
  var key = seed;
  for (var round = 0; round < 10; round++) {
    c = vec4<u32>(tt_mulhi(0xcd9e8d57u, c.z) ^ c.y ^ key.x, 0xcd9e8d57u * c.z,
      tt_mulhi(0xd2511f53u, c.x) ^ c.w ^ key.y, 0xd2511f53u * c.x);
    key += vec2<u32>(0x9e3779b9u, 0xbb67ae85u);
  }
  return c;
}`,
}
