// Average pooling of planes and its gradient: a thread for each result goes over the window, or over the windows that
// hold its element.
import type { AvgPoolOptions, FusedKernels, Operand, PoolGeometry } from '@tt/tensor'
import type { Runtime } from '../device/runtime.ts'
import { decodeWord, encodeWord, storeKind, wordType } from '../wgsl/storage-format.ts'
import { count } from './iteration.ts'
import { Bindings, Words, address, elementHead, put, runElements, sourceOf, splitIndex } from './program.ts'

// WGSL: the divisor of the window at row y and column x of the results.
const divisorCode = (
  { countIncludePad, divisorOverride }: AvgPoolOptions,
  [height, width, kh, kw, sh, sw, ph, pw, fixed]: readonly string[],
): string =>
  divisorOverride !== null
    ? `fn divisor(y: u32, x: u32) -> f32 { return bitcast<f32>(${fixed}); }`
    : `
fn extent(at: u32, stride: u32, size: u32, kernel: u32, padding: u32) -> i32 {
  let start = i32(at * stride) - i32(padding);
  let end = min(start + i32(kernel), i32(size + padding));
  return ${countIncludePad ? 'end - start' : 'min(end, i32(size)) - max(start, 0)'};
}
fn divisor(y: u32, x: u32) -> f32 {
  return f32(extent(y, ${sh}, ${height}, ${kh}, ${ph}) * extent(x, ${sw}, ${width}, ${kw}, ${pw}));
}`

/** The fused average pooling kernels of the backend. */
export function createAvgPool(runtime: Runtime): Pick<FusedKernels, 'avgPool2d' | 'avgPool2dBackward'> {
  // A thread for each element (d0 = column, d1 = row) of `out`; `body` makes `total` of the words of `from`.
  const run = (
    name: string,
    from: Operand,
    out: Operand,
    [inputShape, outputShape]: readonly (readonly number[])[],
    { kernelSize, stride, padding, dilation }: PoolGeometry,
    options: AvgPoolOptions,
    body: (load: (y: string, x: string) => string, sizes: readonly string[]) => string,
  ): boolean => {
    if (out.shape.length !== 4 || wordType(from.dtypeInfo) !== 'f32' || dilation.some((d) => d !== 1))
      return false
    const bindings = new Bindings(runtime).add(from, 'read').add(out, 'write')
    const { countIncludePad, divisorOverride } = options
    const kind = divisorOverride === null ? `${countIncludePad}` : 'fixed'
    const program = runtime.program(`${name}:${storeKind(out.dtypeInfo)}:${kind}:${bindings.key}`, () => {
      const words = new Words()
      const head = elementHead(words.next(), words.next())
      const split = splitIndex('i', words.row(4), 'd')
      const sizes = words.row(11)
      const [source, target] = [0, 1].map(() => ({ offset: words.next(), strides: words.row(4) }))
      const plane = address(source.offset, ['0u', '0u', split.index[2], split.index[3]], source.strides)
      const load = (y: string, x: string): string =>
        decodeWord(
          `b${bindings.slots[0]}[plane + ${y} * ${source.strides[1]} + ${x} * ${source.strides[0]}]`,
          from.dtypeInfo,
          'f32',
        )
      const result = encodeWord('total', 'f32', out.dtypeInfo)
      return sourceOf(
        name,
        bindings,
        words,
        `${divisorCode(options, sizes)}${head}${split.code}
  let plane = ${plane};
  var total = 0f;
  ${body(load, sizes)}
  b${bindings.slots[1]}[${address(target.offset, split.index, target.strides)}] = ${result};
}`,
      )
    })
    runElements(
      runtime,
      program,
      bindings,
      count(out.shape),
      (words, at) => {
        let next = put(words, at, out.shape.toReversed())
        next = put(words, next, [...inputShape.slice(2), ...kernelSize, ...stride, ...padding])
        runtime.floats[next++] = divisorOverride ?? 0
        next = put(words, next, outputShape.slice(2))
        for (const { offset, strides } of [from, out])
          next = put(words, next, [offset, ...strides.toReversed()])
      },
      program.uniformBytes / 4,
    )
    return true
  }

  return {
    avgPool2d: (input, geometry, options, out) =>
      run(
        'avgPool2d',
        input,
        out,
        [input.shape, out.shape],
        geometry,
        options,
        (load, [height, width, kh, kw, sh, sw, ph, pw]) => `
  for (var y = 0u; y < ${kh}; y++) {
    let h = d1 * ${sh} + y;
    if (h < ${ph} || h - ${ph} >= ${height}) { continue; }
    for (var x = 0u; x < ${kw}; x++) {
      let w = d0 * ${sw} + x;
      if (w < ${pw} || w - ${pw} >= ${width}) { continue; }
      total += ${load(`(h - ${ph})`, `(w - ${pw})`)};
    }
  }
  total /= divisor(d1, d0);`,
      ),

    // Windows start at multiples of the stride, so those that hold an element are neighbours.
    avgPool2dBackward: (gradient, geometry, options, out) =>
      run(
        'avgPool2dBackward',
        gradient,
        out,
        [out.shape, gradient.shape],
        geometry,
        options,
        (load, [, , kh, kw, sh, sw, ph, pw, , rows, columns]) => `
  let h = d1 + ${ph};
  let w = d0 + ${pw};
  let top = select(0u, (h - ${kh}) / ${sh} + 1u, h >= ${kh});
  let left = select(0u, (w - ${kw}) / ${sw} + 1u, w >= ${kw});
  for (var y = top; y <= h / ${sh} && y < ${rows}; y++) {
    for (var x = left; x <= w / ${sw} && x < ${columns}; x++) { total += ${load('y', 'x')} / divisor(y, x); }
  }`,
      ),
  }
}
