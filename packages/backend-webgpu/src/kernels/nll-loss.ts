// The negative log-likelihood of rows and its gradient, a kernel each: the decomposition would be a dozen small ones.
import type { FusedKernels, Operand } from '@tt/tensor'
import type { Runtime } from '../device/runtime.ts'
import { lanesCode } from '../wgsl/combine.ts'
import { decodeWord, encodeWord, storeKind, wordType } from '../wgsl/storage-format.ts'
import { faultCode } from './fault.ts'
import { count, isDense } from './iteration.ts'
import { Bindings, Words, elementHead, put, runElements, sourceOf, wideGroup } from './program.ts'

const groupLanes = 256
/** Rows that one thread may go over where there are no barriers. */
const mostRowsAlone = 16384

/** The fused nllLoss kernels of the backend. */
export function createNllLoss(runtime: Runtime): Pick<FusedKernels, 'nllLoss' | 'nllLossBackward'> {
  const bind = (operands: readonly (Operand | null)[], outputs: readonly Operand[]): Bindings => {
    const bindings = new Bindings(runtime)
    for (const operand of operands) if (operand !== null) bindings.add(operand, 'read')
    for (const operand of outputs) bindings.add(operand, 'write')
    return bindings
  }
  const isFloat = (operand: Operand | null): boolean =>
    operand === null || wordType(operand.dtypeInfo) === 'f32'

  return {
    nllLoss(input, target, weight, { ignoreIndex, mean }, out, total) {
      const [rows, classes] = input.shape
      if (input.shape.length !== 2 || !isFloat(input) || !isFloat(weight)) return false
      if (runtime.barrierFree && rows > mostRowsAlone) return false
      const lanes = runtime.barrierFree || rows <= 32 ? 1 : groupLanes
      const bindings = bind([input, target, weight], [out, total]).addBlock(runtime.faultBlock, 'write')
      const kind = `${storeKind(out.dtypeInfo)}:${weight !== null}:${mean}:${lanes}:${bindings.key}`
      const program = runtime.program(`nllLoss:${kind}`, () => {
        const words = new Words()
        const [rowCount, classCount, ignored, inputAt, inputRow, inputClass, targetAt, targetStep] =
          words.row(8)
        const [weightAt, weightStep, outAt, totalAt] = words.row(4)
        const buffers = bindings.slots.map((slot) => `b${slot}`)
        const [x, t] = buffers
        const w = weight === null ? null : buffers[2]
        const [o, sum, fault] = buffers.slice(-3)
        const load = (buffer: string, at: string, operand: Operand): string =>
          decodeWord(`${buffer}[${at}]`, operand.dtypeInfo, 'f32')
        const group = lanesCode(groupLanes, 'f32', runtime.subgroups)
        const code = `
${lanes > 1 ? group.declarations : ''}
@compute @workgroup_size(${lanes})
fn main(${lanes > 1 ? group.parameters : '@builtin(local_invocation_index) lane: u32'}) {
  var loss = 0f;
  var weights = 0f;
  for (var i = lane; i < ${rowCount}; i += ${lanes}u) {
    let p = ${decodeWord(`${t}[${targetAt} + i * ${targetStep}]`, target.dtypeInfo, 'i32')};
    if (p == bitcast<i32>(${ignored})) { continue; }
    if (p < 0 || p >= i32(${classCount})) {
      ${faultCode(fault, runtime.faultCode('nllLoss'), 'bitcast<u32>(p)', '1u', classCount)}
      continue;
    }
    let w = ${w === null ? '1f' : load(w, `${weightAt} + u32(p) * ${weightStep}`, weight!)};
    loss -= w * ${load(x, `${inputAt} + i * ${inputRow} + u32(p) * ${inputClass}`, input)};
    weights += w;
  }
  ${lanes > 1 ? group.fold('loss', 'sum') + group.fold('weights', 'sum') : ''}
  if (lane > 0u) { return; }
  ${o}[${outAt}] = ${encodeWord(mean ? 'loss / weights' : 'loss', 'f32', out.dtypeInfo)};
  ${sum}[${totalAt}] = ${encodeWord('weights', 'f32', total.dtypeInfo)};
}`
        const elements = bindings.blocks.map((block, slot) =>
          block === runtime.faultBlock ? 'atomic<u32>' : bindings.elements[slot],
        )
        return { name: 'nllLoss', access: [...bindings.access], elements, words: words.count, code }
      })
      const at = runtime.beginWords(program.uniformBytes / 4)
      put(runtime.words, at, [
        rows,
        classes,
        ignoreIndex,
        input.offset,
        ...input.strides,
        target.offset,
        target.strides[0],
        weight?.offset ?? 0,
        weight?.strides[0] ?? 0,
        out.offset,
        total.offset,
      ])
      runtime.dispatch(program, bindings.blocks, at, 1)
      return true
    },

    // −gradient · weight[target] (/ total) where the target is, else 0: four elements a thread, beside those of the next
    nllLossBackward(gradient, target, total, weight, { ignoreIndex, mean }, out) {
      if (out.shape.length !== 2 || !isDense(out) || !isFloat(out) || !isFloat(weight)) return false
      const bindings = bind([gradient, target, total, weight], [out])
      const program = runtime.program(
        `nllLossBackward:${storeKind(out.dtypeInfo)}:${weight !== null}:${mean}:${bindings.key}`,
        () => {
          const words = new Words()
          const [threads, row] = words.row(2)
          const head = elementHead(threads, row, wideGroup)
          const [elementCount, classCount, ignored, gradientAt, targetAt, targetStep, totalAt] = words.row(7)
          const [weightAt, weightStep, outAt] = words.row(3)
          const [g, t, sum, ...rest] = bindings.slots.map((slot) => `b${slot}`)
          const load = (buffer: string, at: string, operand: Operand): string =>
            decodeWord(`${buffer}[${at}]`, operand.dtypeInfo, 'f32')
          const scale = [
            `-${load(g, gradientAt, gradient)}`,
            mean ? ` / ${load(sum, totalAt, total)}` : '',
            weight === null ? '' : ` * ${load(rest[0], `${weightAt} + u32(p) * ${weightStep}`, weight)}`,
          ].join('')
          return sourceOf(
            'nllLossBackward',
            bindings,
            words,
            `${head}
  for (var e = i; e < ${elementCount}; e += ${threads}) {
    let line = e / ${classCount};
    let p = ${decodeWord(`${t}[${targetAt} + line * ${targetStep}]`, target.dtypeInfo, 'i32')};
    var value = 0f;
    if (p == i32(e - line * ${classCount}) && p != bitcast<i32>(${ignored})) { value = ${scale}; }
    ${rest.at(-1)!}[${outAt} + e] = ${encodeWord('value', 'f32', out.dtypeInfo)};
  }
}`,
          )
        },
      )
      runElements(
        runtime,
        program,
        bindings,
        Math.ceil(count(out.shape) / 4),
        (words, at) => {
          put(words, at, [
            count(out.shape),
            out.shape[1],
            ignoreIndex,
            gradient.offset,
            target.offset,
            target.strides[0],
            total.offset,
            weight?.offset ?? 0,
            weight?.strides[0] ?? 0,
            out.offset,
          ])
        },
        program.uniformBytes / 4,
        wideGroup,
      )
      return true
    },
  }
}
