// Convolution and its two gradients: as products (product.ts) where that is better, else straight from their sums. Then a
// thread makes four channels at four neighbouring places (the gradient by the weight: four by four channels), so that
// everything it reads serves four times.
import { dtypes } from '@tt/tensor'
import type { ConvolutionGeometry, CoreKernels, Operand } from '@tt/tensor'
import { WebGpuBuffer } from '../../device/handle.ts'
import type { Runtime } from '../../device/runtime.ts'
import { encodeWord, storeKind, wordType } from '../../wgsl/storage-format.ts'
import { foursOf, geometryCount, geometryWords, loads, places, putGeometry, tapLoops } from './geometry.ts'
import type { Geometry } from './geometry.ts'
import { convolutionProduct } from './product.ts'
import { count } from '../iteration.ts'
import { Products } from '../product/run.ts'
import { sumKernel } from '../product/sum-kernel.ts'
import { Bindings, Words, elementHead, put, runElements, sourceOf, splitIndex } from '../program.ts'

type Convolutions = Pick<CoreKernels, 'convolution' | 'convolutionInput' | 'convolutionWeight'>
const four = [0, 1, 2, 3]
/** Which of a thread's four channels it reads for a vector of them: where a group has one, that one for all. */
const channelsRead = (channels: number): readonly number[] => (channels === 1 ? [0] : four)

// WGSL: what a thread makes, four channels of a group at four places from `place` on, of images of `sizes`.
function splitFours(g: Geometry, sizes: readonly string[], channels: string) {
  const rest = sizes.slice(0, -1).toReversed()
  const fours = (n: string): string => `((${n} + 3u) / 4u)`
  const split = splitIndex('i', [fours(sizes.at(-1)!), ...rest, fours(channels), g.groups, g.batch], 'q')
  const place = [...split.index.slice(1, g.spatial).toReversed(), 'o0']
  const [block, group, n] = split.index.slice(g.spatial)
  return { split, place, block, group, n }
}

/** The convolution kernels of the backend. */
export function createConvolutions(runtime: Runtime, reduce: CoreKernels['reduce']): Convolutions {
  const products = new Products(runtime, reduce)
  // Binds input, weight, output (and bias) in this order, whichever of them is written.
  const prepare = (name: string, operands: readonly Operand[], written: number) => {
    const bindings = new Bindings(runtime)
    operands.forEach((operand, k) => bindings.add(operand, k === written ? 'write' : 'read'))
    const key = `${name}:${operands.map(({ dtypeInfo }, k) => (k === written ? storeKind(dtypeInfo) : wordType(dtypeInfo))).join()}:${operands[0].shape.length}:${bindings.key}`
    return { bindings, key }
  }

  return {
    convolution(input, weight, bias, out, geometry) {
      if (convolutionProduct(products, 'output', input, weight, out, bias, geometry)) return
      const spatial = input.shape.length - 2
      const operands = bias === null ? [input, weight, out] : [input, weight, out, bias]
      const { bindings, key } = prepare('convolution', operands, 2)
      const type = wordType(out.dtypeInfo)
      const read = channelsRead(weight.shape[0] / geometry.groups)
      const program = runtime.program(`${key}:${read.length}`, () => {
        const words = new Words()
        const head = elementHead(words.next(), words.next())
        const g = geometryWords(words, spatial, 3)
        const [biasOffset, biasStride] = words.row(2)
        const load = loads(operands, bindings.slots, type)
        const last = spatial - 1
        const { split, place, block, group, n } = splitFours(g, g.outputSize, g.outer)
        const from = (d: number, at: string): string =>
          `i32((${at}) * ${g.stride[d]} + t${d} * ${g.dilation[d]}) - i32(${g.padding[d]})`
        const code = `${head}${split.code}
  let o0 = q0 * 4u;
  let c0 = ${group} * ${g.outer} + ${block} * 4u;
  let most = min(4u, ${g.outer} - ${block} * 4u);
  ${four.map((j) => `var sum${j} = vec4<${type}>(0);`).join(' ')}
  for (var ci = 0u; ci < ${g.inner}; ci++) {
    ${tapLoops(
      g,
      (d) =>
        d === last
          ? ''
          : `
    let p${d} = ${from(d, place[d])};
    if (p${d} < 0 || p${d} >= i32(${g.inputSize[d]})) { continue; }`,
      `
    let w = vec4<${type}>(${read.map((c) => load(1, g.at(1, [`c0 + min(${c}u, most - 1u)`, 'ci', ...places('t', spatial)]))).join(', ')});
    ${four
      .map((j) => {
        const at = g.at(0, [
          n,
          `${group} * ${g.inner} + ci`,
          ...places('p', last, true),
          `u32(clamp(p${last}_${j}, 0, i32(${g.inputSize[last]}) - 1))`,
        ])
        return `let p${last}_${j} = ${from(last, `o0 + ${j}u`)};
    sum${j} += w * select(${type}(0), ${load(0, at)}, p${last}_${j} >= 0 && p${last}_${j} < i32(${g.inputSize[last]}));`
      })
      .join('\n    ')}`,
    )}
  }
  var sums = array<vec4<${type}>, 4>(sum0, sum1, sum2, sum3);
  for (var j = 0u; j < min(4u, ${g.outputSize[last]} - o0); j++) {
    for (var c = 0u; c < most; c++) {
      let value = sums[j][c]${bias === null ? '' : ` + ${load(3, `${biasOffset} + (c0 + c) * ${biasStride}`)}`};
      b${bindings.slots[2]}[${g.at(2, [n, 'c0 + c', ...place.slice(0, last), 'o0 + j'])}] = ${encodeWord('value', type, out.dtypeInfo)};
    }
  }
}`
        return sourceOf('convolution', bindings, words, code)
      })
      const blocks = Math.ceil(weight.shape[0] / geometry.groups / 4)
      const n = out.shape[0] * geometry.groups * blocks * foursOf(out.shape)
      if (n === 0) return
      runElements(
        runtime,
        program,
        bindings,
        n,
        (words, at) => {
          const next = putGeometry(words, at, input, weight, out, geometry)
          if (bias !== null) put(words, next, [bias.offset, bias.strides[0]])
        },
        4 + geometryCount(spatial),
      )
    },

    convolutionInput(gradient, weight, out, geometry) {
      if (convolutionProduct(products, 'input', out, weight, gradient, null, geometry)) return
      const spatial = out.shape.length - 2
      const operands = [out, weight, gradient]
      const { bindings, key } = prepare('convolutionInput', operands, 0)
      const type = wordType(out.dtypeInfo)
      const unit = geometry.stride.every((stride) => stride === 1) // divisions are dear
      const read = channelsRead(weight.shape[1])
      const program = runtime.program(`${key}:${unit}:${read.length}`, () => {
        const words = new Words()
        const head = elementHead(words.next(), words.next())
        const g = geometryWords(words, spatial, 3)
        const load = loads(operands, bindings.slots, type)
        const last = spatial - 1
        const { split, place, block, group, n } = splitFours(g, g.inputSize, g.inner)
        // the place of the output that tap t puts on this one, and whether there is one
        const from = (d: number, name: string, at: string): string =>
          `let s${name} = i32(${at} + ${g.padding[d]}) - i32(t${d} * ${g.dilation[d]});
    let p${name} = ${unit ? `s${name}` : `s${name} / i32(${g.stride[d]})`};`
        const inside = (d: number, name: string): string =>
          `(s${name} >= 0 && p${name} < i32(${g.outputSize[d]})${unit ? '' : ` && p${name} * i32(${g.stride[d]}) == s${name}`})`
        const code = `${head}${split.code}
  let o0 = q0 * 4u;
  let c0 = ${block} * 4u;
  let most = min(4u, ${g.inner} - c0);
  ${four.map((j) => `var sum${j} = vec4<${type}>(0);`).join(' ')}
  for (var co = ${group} * ${g.outer}; co < (${group} + 1u) * ${g.outer}; co++) {
    ${tapLoops(
      g,
      (d) =>
        d === last
          ? ''
          : `
    ${from(d, `${d}`, place[d])}
    if (!${inside(d, `${d}`)}) { continue; }`,
      `
    let w = vec4<${type}>(${read.map((c) => load(1, g.at(1, ['co', `c0 + min(${c}u, most - 1u)`, ...places('t', spatial)]))).join(', ')});
    ${four
      .map((j) => {
        const name = `${last}_${j}`
        const at = g.at(2, [
          n,
          'co',
          ...places('p', last, true),
          `u32(clamp(p${name}, 0, i32(${g.outputSize[last]}) - 1))`,
        ])
        return `${from(last, name, `o0 + ${j}u`)}
    sum${j} += w * select(${type}(0), ${load(2, at)}, ${inside(last, name)});`
      })
      .join('\n    ')}`,
    )}
  }
  var sums = array<vec4<${type}>, 4>(sum0, sum1, sum2, sum3);
  for (var j = 0u; j < min(4u, ${g.inputSize[last]} - o0); j++) {
    for (var c = 0u; c < most; c++) {
      let value = sums[j][c];
      b${bindings.slots[0]}[${g.at(0, [n, `${group} * ${g.inner} + c0 + c`, ...place.slice(0, last), 'o0 + j'])}] = ${encodeWord('value', type, out.dtypeInfo)};
    }
  }
}`
        return sourceOf('convolutionInput', bindings, words, code)
      })
      const blocks = Math.ceil(weight.shape[1] / 4)
      const n = out.shape[0] * geometry.groups * blocks * foursOf(out.shape)
      if (n === 0) return
      runElements(
        runtime,
        program,
        bindings,
        n,
        (words, at) => {
          putGeometry(words, at, out, weight, gradient, geometry)
        },
        2 + geometryCount(spatial),
      )
    },

    convolutionWeight(gradient, input, out, geometry) {
      if (convolutionProduct(products, 'weight', input, out, gradient, null, geometry)) return
      const blocks = Math.ceil(out.shape[0] / geometry.groups / 4)
      const [, inner, ...taps] = out.shape
      const tile = inner >= 4 ? 4 : 1
      const threads = geometry.groups * blocks * Math.ceil(inner / tile) * count(taps)
      if (threads === 0) return
      const rows = gradient.shape[0] * count(gradient.shape.slice(2, -1))
      const wanted = runtime.barrierFree ? 256 : 262144 // threads
      const lanes = Math.max(1, Math.min(rows, Math.ceil(wanted / threads), 256))
      if (lanes === 1) return weightSums(gradient, input, out, geometry, tile, 1, threads)
      // [weights, lanes] partial sums, then their sums
      const dtypeInfo = wordType(out.dtypeInfo) === 'f32' ? dtypes.float32 : dtypes.int32
      const buffer = new WebGpuBuffer(count(out.shape) * lanes * 4)
      const dense = (shape: readonly number[], step: number): number[] =>
        shape.map((_, d) => count(shape.slice(d + 1)) * step)
      const partial: Operand = {
        storage: { buffer },
        dtypeInfo,
        shape: out.shape,
        strides: dense(out.shape, lanes),
        offset: 0,
      }
      try {
        weightSums(gradient, input, partial, geometry, tile, lanes, threads)
        const all: Operand = { ...partial, shape: [...out.shape, lanes], strides: [...partial.strides, 1] }
        const target: Operand = {
          storage: out.storage,
          dtypeInfo: out.dtypeInfo,
          offset: out.offset,
          shape: [...out.shape, 1],
          strides: [...out.strides, 0],
        }
        // (a dim of size 1 of the output is a reduced one of one element)
        reduce(sumKernel('convolutionWeight', dtypeInfo, out.dtypeInfo), all.shape, [all], [], target)
      } finally {
        runtime.memory.free(buffer)
      }
    },
  }

  function weightSums(
    gradient: Operand,
    input: Operand,
    out: Operand,
    geometry: ConvolutionGeometry,
    tile: number,
    lanes: number,
    threads: number,
  ): void {
    const spatial = out.shape.length - 2
    const operands = [input, out, gradient]
    const { bindings, key } = prepare('convolutionWeight', operands, 1)
    const type = wordType(out.dtypeInfo)
    const tiles = four.slice(0, tile)
    const read = channelsRead(out.shape[0] / geometry.groups)
    const program = runtime.program(`${key}:${tile}:${read.length}`, () => {
      const words = new Words()
      const head = elementHead(words.next(), words.next())
      const laneCount = words.next()
      const g = geometryWords(words, spatial, 3)
      const load = loads(operands, bindings.slots, type)
      const split = splitIndex(
        `(i / ${laneCount})`,
        [
          ...g.kernel.toReversed(),
          `((${g.inner} + ${tile - 1}u) / ${tile}u)`,
          `((${g.outer} + 3u) / 4u)`,
          g.groups,
        ],
        'q',
      )
      const tap = split.index.slice(0, spatial).toReversed()
      const [innerBlock, block, group] = split.index.slice(spatial)
      const last = spatial - 1
      const rowSizes = [...g.outputSize.slice(0, last).toReversed(), g.batch]
      const row = splitIndex('r', rowSizes, 'w')
      const place = [...row.index.slice(0, last).toReversed(), 'o']
      const n = row.index[last]
      const from = (d: number): string => `
    let p${d} = i32(${place[d]} * ${g.stride[d]} + ${tap[d]} * ${g.dilation[d]}) - i32(${g.padding[d]});
    if (p${d} < 0 || p${d} >= i32(${g.inputSize[d]})) { continue; }`
      const code = `${head}
  let lane = i % ${laneCount};
  ${split.code}
  let c0 = ${group} * ${g.outer} + ${block} * 4u;
  let most = min(4u, ${g.outer} - ${block} * 4u);
  let ci0 = ${innerBlock} * ${tile}u;
  ${tiles.map((k) => `var sum${k} = vec4<${type}>(0);`).join(' ')}
  for (var r = lane; r < ${rowSizes.join(' * ')}; r += ${laneCount}) {
    ${row.code}
    ${four.slice(0, last).map(from).join('')}
    for (var o = 0u; o < ${g.outputSize[last]}; o++) {
      ${from(last)}
      let w = vec4<${type}>(${read.map((c) => load(2, g.at(2, [n, `c0 + min(${c}u, most - 1u)`, ...place]))).join(', ')});
      ${tiles
        .map((k) => {
          const channel = `${group} * ${g.inner} + min(ci0 + ${k}u, ${g.inner} - 1u)`
          return `sum${k} += w * ${load(0, g.at(0, [n, channel, ...places('p', spatial, true)]))};`
        })
        .join('\n      ')}
    }
  }
  var sums = array<vec4<${type}>, ${tile}>(${tiles.map((k) => `sum${k}`).join(', ')});
  for (var k = 0u; k < min(${tile}u, ${g.inner} - ci0); k++) {
    for (var c = 0u; c < most; c++) {
      let value = sums[k][c];
      b${bindings.slots[1]}[lane + ${g.at(1, ['c0 + c', 'ci0 + k', ...tap])}] = ${encodeWord('value', type, out.dtypeInfo)};
    }
  }
}`
      return sourceOf('convolutionWeight', bindings, words, code)
    })
    runElements(
      runtime,
      program,
      bindings,
      threads * lanes,
      (words, at) => {
        words[at] = lanes
        putGeometry(words, at + 1, input, out, gradient, geometry)
      },
      3 + geometryCount(spatial),
    )
  }
}
