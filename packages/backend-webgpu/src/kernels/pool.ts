// Max pooling of planes: a thread for each output goes over its window.
import type { FusedKernels } from '@tt/tensor'
import type { Runtime } from '../device/runtime.ts'
import { decodeWord, encodeWord, storeKind, wordType } from '../wgsl/storage-format.ts'
import { count } from './iteration.ts'
import { Bindings, Words, address, elementHead, put, runElements, sourceOf, splitIndex } from './program.ts'

/** The fused pooling kernel of the backend. */
export function createPool(runtime: Runtime): Pick<FusedKernels, 'maxPool2d'> {
  return {
    maxPool2d(input, { kernelSize, stride, padding, dilation }, out, indices) {
      const n = count(out.shape)
      if (n === 0 || out.shape.length !== 4) return false
      const type = wordType(input.dtypeInfo)
      const bindings = new Bindings(runtime).add(input, 'read').add(out, 'write').add(indices, 'write')
      const program = runtime.program(`maxPool2d:${type}:${storeKind(out.dtypeInfo)}:${bindings.key}`, () => {
        const words = new Words()
        const head = elementHead(words.next(), words.next())
        const split = splitIndex('i', words.row(4), 'd')
        const [height, width, kh, kw, sh, sw, ph, pw, dh, dw] = words.row(10)
        const [from, to, place] = Array.from({ length: 3 }, () => ({
          offset: words.next(),
          strides: words.row(4),
        }))
        const at = address(from.offset, ['0u', '0u', split.index[2], split.index[3]], from.strides)
        return sourceOf(
          'maxPool2d',
          bindings,
          words,
          `${head}${split.code}
  let plane = ${at};
  var best = ${type}(0);
  var found = 0u;
  var any = false;
  for (var y = 0u; y < ${kh}; y++) {
    let h = i32(d1 * ${sh} + y * ${dh}) - i32(${ph});
    if (h < 0 || h >= i32(${height})) { continue; }
    for (var x = 0u; x < ${kw}; x++) {
      let w = i32(d0 * ${sw} + x * ${dw}) - i32(${pw});
      if (w < 0 || w >= i32(${width})) { continue; }
      let value = ${decodeWord(`b${bindings.slots[0]}[plane + u32(h) * ${from.strides[1]} + u32(w) * ${from.strides[0]}]`, input.dtypeInfo, type)};
      if (!any || value > best${type === 'f32' ? ' || tt_isnan(value)' : ''}) {
        any = true;
        best = value;
        found = u32(h) * ${width} + u32(w);
      }
    }
  }
  b${bindings.slots[1]}[${address(to.offset, split.index, to.strides)}] = ${encodeWord('best', type, out.dtypeInfo)};
  b${bindings.slots[2]}[${address(place.offset, split.index, place.strides)}] = found;
}`,
        )
      })
      runElements(
        runtime,
        program,
        bindings,
        n,
        (words, at) => {
          let next = put(words, at, out.shape.toReversed())
          next = put(words, next, [
            ...input.shape.slice(2),
            ...kernelSize,
            ...stride,
            ...padding,
            ...dilation,
          ])
          for (const { offset, strides } of [input, out, indices])
            next = put(words, next, [offset, ...strides.toReversed()])
        },
        program.uniformBytes / 4,
      )
      return true
    },
  }
}
