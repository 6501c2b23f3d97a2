// Convolution and its two gradients, straight from their sums: a thread makes four channels at one place, so that
// what it reads of the other operand serves four times.
import { dtypes, input as operandExpr, nextKernelId } from '@tt/tensor'
import type { ConvolutionGeometry, CoreKernels, DTypeInfo, Operand, ReduceKernel } from '@tt/tensor'
import { WebGpuBuffer } from '../device/memory.ts'
import type { Runtime } from '../device/runtime.ts'
import { decodeWord, encodeWord, storeKind, wordType } from '../wgsl/storage-format.ts'
import type { Scalar } from '../wgsl/storage-format.ts'
import { count } from './iteration.ts'
import { Bindings, Words, elementHead, put, runElements, sourceOf, splitIndex } from './program.ts'

type Convolutions = Pick<CoreKernels, 'convolution' | 'convolutionInput' | 'convolutionWeight'>
const four = [0, 1, 2, 3]

/** Uniform words that all three share: sizes, geometry and the three windows. */
interface Geometry {
  readonly spatial: number
  readonly inputSize: string[]
  readonly outputSize: string[]
  readonly kernel: string[]
  readonly stride: string[]
  readonly padding: string[]
  readonly dilation: string[]
  readonly batch: string
  readonly groups: string
  /** Channels of a group, in the input and in the output. */
  readonly inner: string
  readonly outer: string
  /** Address of an element of each operand. */
  readonly at: (operand: number, index: readonly string[]) => string
}

function geometryWords(words: Words, spatial: number, operands: number): Geometry {
  const [inputSize, outputSize, kernel, stride, padding, dilation] = Array.from({ length: 6 }, () =>
    words.row(spatial),
  )
  const [batch, groups, inner, outer] = words.row(4)
  const windows = Array.from({ length: operands }, () => ({
    offset: words.next(),
    strides: words.row(spatial + 2),
  }))
  const at = (operand: number, index: readonly string[]): string =>
    [windows[operand].offset, ...index.map((i, d) => `(${i}) * ${windows[operand].strides[d]}`)].join(' + ')
  return {
    spatial,
    inputSize,
    outputSize,
    kernel,
    stride,
    padding,
    dilation,
    batch,
    groups,
    inner,
    outer,
    at,
  }
}

function putGeometry(
  words: Uint32Array,
  at: number,
  input: Operand,
  weight: Operand,
  output: Operand,
  geometry: ConvolutionGeometry,
): number {
  let next = at
  for (const sizes of [
    input.shape.slice(2),
    output.shape.slice(2),
    weight.shape.slice(2),
    geometry.stride,
    geometry.padding,
    geometry.dilation,
  ]) {
    next = put(words, next, sizes)
  }
  next = put(words, next, [
    input.shape[0],
    geometry.groups,
    weight.shape[1],
    weight.shape[0] / geometry.groups,
  ])
  for (const { offset, strides } of [input, weight, output]) next = put(words, next, [offset, ...strides])
  return next
}
const geometryCount = (spatial: number): number => 6 * spatial + 4 + 3 * (spatial + 3)

const sumKernels = new Map<string, ReduceKernel>()
/** The kernel that adds up partial sums. */
function sumKernel(from: DTypeInfo, to: DTypeInfo): ReduceKernel {
  const key = `${from.name},${to.name}`
  let kernel = sumKernels.get(key)
  if (kernel === undefined) {
    kernel = {
      kind: 'reduce',
      id: nextKernelId(),
      name: 'convolutionWeight',
      inputs: [from],
      paramCount: 0,
      compute: from.compute,
      combine: 'sum',
      map: operandExpr(0),
      finish: null,
      output: to,
    }
    sumKernels.set(key, kernel)
  }
  return kernel
}

/** The convolution kernels of the backend. */
export function createConvolutions(runtime: Runtime, reduce: CoreKernels['reduce']): Convolutions {
  // Binds input, weight, output (and bias) in this order, whichever of them is written.
  const prepare = (name: string, operands: readonly Operand[], written: number) => {
    const bindings = new Bindings(runtime)
    operands.forEach((operand, k) => bindings.add(operand, k === written ? 'write' : 'read'))
    const key = `${name}:${operands.map(({ dtypeInfo }, k) => (k === written ? storeKind(dtypeInfo) : wordType(dtypeInfo))).join()}:${operands[0].shape.length}:${bindings.key}`
    return { bindings, key }
  }

  return {
    convolution(input, weight, bias, out, geometry) {
      const spatial = input.shape.length - 2
      const operands = bias === null ? [input, weight, out] : [input, weight, out, bias]
      const { bindings, key } = prepare('convolution', operands, 2)
      const type = wordType(out.dtypeInfo)
      const program = runtime.program(key, () => {
        const words = new Words()
        const head = elementHead(words.next(), words.next())
        const g = geometryWords(words, spatial, 3)
        const [biasOffset, biasStride] = words.row(2)
        const load = loads(operands, bindings.slots, type)
        const split = splitIndex(
          'i',
          [...g.outputSize.toReversed(), `((${g.outer} + 3u) / 4u)`, g.groups, g.batch],
          'q',
        )
        const place = split.index.slice(0, spatial).toReversed()
        const [block, group, n] = split.index.slice(spatial)
        const code = `${head}${split.code}
  let c0 = ${group} * ${g.outer} + ${block} * 4u;
  let most = min(4u, ${g.outer} - ${block} * 4u);
  var sum = vec4<${type}>(0);
  for (var ci = 0u; ci < ${g.inner}; ci++) {
    ${tapLoops(
      g,
      (d) => `
    let p${d} = i32(${place[d]} * ${g.stride[d]} + t${d} * ${g.dilation[d]}) - i32(${g.padding[d]});
    if (p${d} < 0 || p${d} >= i32(${g.inputSize[d]})) { continue; }`,
      `
    let x = ${load(0, g.at(0, [n, `${group} * ${g.inner} + ci`, ...places('p', spatial, true)]))};
    sum += x * vec4<${type}>(${four.map((c) => load(1, g.at(1, [`c0 + min(${c}u, most - 1u)`, 'ci', ...places('t', spatial)]))).join(', ')});`,
    )}
  }
  for (var c = 0u; c < most; c++) {
    let value = sum[c]${bias === null ? '' : ` + ${load(3, `${biasOffset} + (c0 + c) * ${biasStride}`)}`};
    b${bindings.slots[2]}[${g.at(2, [n, 'c0 + c', ...place])}] = ${encodeWord('value', type, out.dtypeInfo)};
  }
}`
        return sourceOf('convolution', bindings, words, code)
      })
      const blocks = Math.ceil(weight.shape[0] / geometry.groups / 4)
      const n = out.shape[0] * geometry.groups * blocks * count(out.shape.slice(2))
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
      const spatial = out.shape.length - 2
      const operands = [out, weight, gradient]
      const { bindings, key } = prepare('convolutionInput', operands, 0)
      const type = wordType(out.dtypeInfo)
      const program = runtime.program(key, () => {
        const words = new Words()
        const head = elementHead(words.next(), words.next())
        const g = geometryWords(words, spatial, 3)
        const load = loads(operands, bindings.slots, type)
        const split = splitIndex(
          'i',
          [...g.inputSize.toReversed(), `((${g.inner} + 3u) / 4u)`, g.groups, g.batch],
          'q',
        )
        const place = split.index.slice(0, spatial).toReversed()
        const [block, group, n] = split.index.slice(spatial)
        const code = `${head}${split.code}
  let c0 = ${block} * 4u;
  let most = min(4u, ${g.inner} - c0);
  var sum = vec4<${type}>(0);
  for (var co = ${group} * ${g.outer}; co < (${group} + 1u) * ${g.outer}; co++) {
    ${tapLoops(
      g,
      (d) => `
    let s${d} = i32(${place[d]} + ${g.padding[d]}) - i32(t${d} * ${g.dilation[d]});
    if (s${d} < 0 || s${d} % i32(${g.stride[d]}) != 0) { continue; }
    let p${d} = s${d} / i32(${g.stride[d]});
    if (p${d} >= i32(${g.outputSize[d]})) { continue; }`,
      `
    let x = ${load(2, g.at(2, [n, 'co', ...places('p', spatial, true)]))};
    sum += x * vec4<${type}>(${four.map((c) => load(1, g.at(1, ['co', `c0 + min(${c}u, most - 1u)`, ...places('t', spatial)]))).join(', ')});`,
    )}
  }
  for (var c = 0u; c < most; c++) {
    let value = sum[c];
    b${bindings.slots[0]}[${g.at(0, [n, `${group} * ${g.inner} + c0 + c`, ...place])}] = ${encodeWord('value', type, out.dtypeInfo)};
  }
}`
        return sourceOf('convolutionInput', bindings, words, code)
      })
      const blocks = Math.ceil(weight.shape[1] / 4)
      const n = out.shape[0] * geometry.groups * blocks * count(out.shape.slice(2))
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
      const blocks = Math.ceil(out.shape[0] / geometry.groups / 4)
      const threads = geometry.groups * blocks * count(out.shape.slice(1))
      if (threads === 0) return
      const rows = gradient.shape[0] * count(gradient.shape.slice(2, -1))
      const wanted = runtime.barrierFree ? 256 : 32768
      const lanes = Math.max(1, Math.min(rows, Math.ceil(wanted / threads), 256))
      if (lanes === 1) return weightSums(gradient, input, out, geometry, 1, threads)
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
        weightSums(gradient, input, partial, geometry, lanes, threads)
        const all: Operand = { ...partial, shape: [...out.shape, lanes], strides: [...partial.strides, 1] }
        const target: Operand = {
          storage: out.storage,
          dtypeInfo: out.dtypeInfo,
          offset: out.offset,
          shape: [...out.shape, 1],
          strides: [...out.strides, 0],
        }
        // (a dim of size 1 of the output is a reduced one of one element)
        reduce(sumKernel(dtypeInfo, out.dtypeInfo), all.shape, [all], [], target)
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
    lanes: number,
    threads: number,
  ): void {
    const spatial = out.shape.length - 2
    const operands = [input, out, gradient]
    const { bindings, key } = prepare('convolutionWeight', operands, 1)
    const type = wordType(out.dtypeInfo)
    const program = runtime.program(key, () => {
      const words = new Words()
      const head = elementHead(words.next(), words.next())
      const laneCount = words.next()
      const g = geometryWords(words, spatial, 3)
      const load = loads(operands, bindings.slots, type)
      const split = splitIndex(
        `(i / ${laneCount})`,
        [...g.kernel.toReversed(), g.inner, `((${g.outer} + 3u) / 4u)`, g.groups],
        'q',
      )
      const tap = split.index.slice(0, spatial).toReversed()
      const [ci, block, group] = split.index.slice(spatial)
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
  var sum = vec4<${type}>(0);
  for (var r = lane; r < ${rowSizes.join(' * ')}; r += ${laneCount}) {
    ${row.code}
    ${four.slice(0, last).map(from).join('')}
    for (var o = 0u; o < ${g.outputSize[last]}; o++) {
      ${from(last)}
      let x = ${load(0, g.at(0, [n, `${group} * ${g.inner} + ${ci}`, ...places('p', spatial, true)]))};
      sum += x * vec4<${type}>(${four.map((c) => load(2, g.at(2, [n, `c0 + min(${c}u, most - 1u)`, ...place]))).join(', ')});
    }
  }
  for (var c = 0u; c < most; c++) {
    let value = sum[c];
    b${bindings.slots[1]}[lane + ${g.at(1, ['c0 + c', ci, ...tap])}] = ${encodeWord('value', type, out.dtypeInfo)};
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

// The value of operand k at an address.
const loads =
  (operands: readonly Operand[], slots: readonly number[], type: Scalar) =>
  (k: number, at: string): string =>
    decodeWord(`b${slots[k]}[${at}]`, operands[k].dtypeInfo, type)

const places = (name: string, spatial: number, signed = false): string[] =>
  Array.from({ length: spatial }, (_, d) => (signed ? `u32(${name}${d})` : `${name}${d}`))

// Loops over the taps of the window; `position` may `continue` the loop of its dim.
function tapLoops(g: Geometry, position: (dim: number) => string, body: string): string {
  let code = body
  for (let d = g.spatial - 1; d >= 0; d--)
    code = `for (var t${d} = 0u; t${d} < ${g.kernel[d]}; t${d}++) {${position(d)}${code}\n}`
  return code
}
