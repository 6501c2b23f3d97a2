// Pooling of planes by the AssemblyScript kernels.
import type { FusedKernels, Operand, PoolGeometry } from '@tt/tensor'
import { convGeometry } from '../assembly/index.ts'
import type { AssemblyFloat, AssemblyKernels } from '../assembly/index.ts'
import { count } from './iteration.ts'
import { addressOf, nameOf } from './temporaries.ts'
import type { Temporaries } from './temporaries.ts'

type Pools = Pick<FusedKernels, 'maxPool2d' | 'maxPool2dBackward' | 'avgPool2d' | 'avgPool2dBackward'>

/** The fused pooling kernels of the backend. */
export function createPools(assembly: AssemblyKernels, temporaries: () => Temporaries): Pools {
  const takes = (operand: Operand): boolean =>
    operand.dtypeInfo.category === 'float' && operand.shape.length === 4 && count(operand.shape) > 0

  return {
    maxPool2d(input, geometry, out, indices) {
      if (!takes(input) || !takes(out)) return false
      temporaries().run((t) => {
        const [x, y, at] = [t.dense(input), t.result(out), t.result(indices)]
        const kernel = assembly.maxPoolForward[nameOf(x.dtypeInfo) as AssemblyFloat]
        kernel(write(t, input, out, geometry), addressOf(x), addressOf(y), addressOf(at), 0, planes(input))
      })
      return true
    },
    maxPool2dBackward(gradient, indices, out) {
      if (!takes(gradient) || !takes(out)) return false
      temporaries().run((t) => {
        const [dy, at, dx] = [t.dense(gradient), t.dense(indices), t.result(out)]
        const kernel = assembly.maxPoolBackward[nameOf(dx.dtypeInfo) as AssemblyFloat]
        kernel(write(t, out, gradient, null), addressOf(dy), addressOf(at), addressOf(dx), 0, planes(out))
      })
      return true
    },
    avgPool2d(input, geometry, options, out) {
      if (!takes(input) || !takes(out)) return false
      temporaries().run((t) => {
        const [x, y] = [t.dense(input), t.result(out)]
        const kernel = assembly.avgPoolForward[nameOf(x.dtypeInfo) as AssemblyFloat]
        kernel(
          write(t, input, out, geometry),
          addressOf(x),
          addressOf(y),
          options.countIncludePad ? 1 : 0,
          options.divisorOverride ?? 0,
          0,
          planes(input),
        )
      })
      return true
    },
    avgPool2dBackward(gradient, geometry, options, out) {
      if (!takes(gradient) || !takes(out)) return false
      temporaries().run((t) => {
        const [dy, dx] = [t.dense(gradient), t.result(out)]
        const kernel = assembly.avgPoolBackward[nameOf(dx.dtypeInfo) as AssemblyFloat]
        kernel(
          write(t, out, gradient, geometry),
          addressOf(dy),
          addressOf(dx),
          options.countIncludePad ? 1 : 0,
          options.divisorOverride ?? 0,
          0,
          planes(out),
        )
      })
      return true
    },
  }
}

const planes = (operand: Operand): number => operand.shape[0] * operand.shape[1]

function write(t: Temporaries, input: Operand, out: Operand, geometry: PoolGeometry | null): number {
  const pointer = t.bytes(64)
  const pair = (of: readonly number[] | undefined): readonly number[] => of ?? [1, 1]
  const [kernelH, kernelW] = pair(geometry?.kernelSize)
  const [strideH, strideW] = pair(geometry?.stride)
  const [padH, padW] = geometry?.padding ?? [0, 0]
  const [dilationH, dilationW] = pair(geometry?.dilation)
  const [batch, inChannels, inH, inW] = input.shape
  convGeometry(t.runtime.heap.memory, pointer, {
    batch,
    inChannels,
    inH,
    inW,
    outChannels: out.shape[1],
    outH: out.shape[2],
    outW: out.shape[3],
    kernelH,
    kernelW,
    strideH,
    strideW,
    padH,
    padW,
    dilationH,
    dilationW,
    groups: 1,
  })
  return pointer
}
