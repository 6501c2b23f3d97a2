// Pooling of planes by the AssemblyScript kernels.
import type { FusedKernels, Operand, PoolGeometry } from '@tt/tensor'
import { convGeometry } from '../assembly/index.ts'
import type { AssemblyFloat, AssemblyKernels } from '../assembly/index.ts'
import { runRanges } from '../threads/split.ts'
import type { Threads } from '../threads/threads.ts'
import { count } from './iteration.ts'
import { addressOf, nameOf } from './temporaries.ts'
import type { Temporaries } from './temporaries.ts'

type Pools = Pick<FusedKernels, 'maxPool2d' | 'maxPool2dBackward' | 'avgPool2d' | 'avgPool2dBackward'>

/** The fused pooling kernels of the backend. */
export function createPools(
  assembly: AssemblyKernels,
  threads: Threads,
  temporaries: () => Temporaries,
): Pools {
  const takes = (operand: Operand): boolean =>
    operand.dtypeInfo.category === 'float' && operand.shape.length === 4 && count(operand.shape) > 0

  return {
    maxPool2d(input, geometry, out, indices) {
      if (!takes(input) || !takes(out)) return false
      temporaries().run((t) => {
        const [x, y, at] = [t.dense(input), t.result(out), t.result(indices)]
        const kernel = assembly.maxPoolForward[nameOf(x.dtypeInfo) as AssemblyFloat]
        const g = write(t, input, out, geometry)
        runRanges(threads, kernel, planes(input), windowCost(out, geometry), (start, end) => [
          g,
          addressOf(x),
          addressOf(y),
          addressOf(at),
          start,
          end,
        ])
      })
      return true
    },
    maxPool2dBackward(gradient, indices, out) {
      if (!takes(gradient) || !takes(out)) return false
      temporaries().run((t) => {
        const [dy, at, dx] = [t.dense(gradient), t.dense(indices), t.result(out)]
        const kernel = assembly.maxPoolBackward[nameOf(dx.dtypeInfo) as AssemblyFloat]
        const g = write(t, out, gradient, null)
        runRanges(threads, kernel, planes(out), windowCost(gradient, null) + moveCost(out), (start, end) => [
          g,
          addressOf(dy),
          addressOf(at),
          addressOf(dx),
          start,
          end,
        ])
      })
      return true
    },
    avgPool2d(input, geometry, options, out) {
      if (!takes(input) || !takes(out)) return false
      temporaries().run((t) => {
        const [x, y] = [t.dense(input), t.result(out)]
        const kernel = assembly.avgPoolForward[nameOf(x.dtypeInfo) as AssemblyFloat]
        const g = write(t, input, out, geometry)
        runRanges(threads, kernel, planes(input), windowCost(out, geometry), (start, end) => [
          g,
          addressOf(x),
          addressOf(y),
          options.countIncludePad ? 1 : 0,
          options.divisorOverride ?? 0,
          start,
          end,
        ])
      })
      return true
    },
    avgPool2dBackward(gradient, geometry, options, out) {
      if (!takes(gradient) || !takes(out)) return false
      temporaries().run((t) => {
        const [dy, dx] = [t.dense(gradient), t.result(out)]
        const kernel = assembly.avgPoolBackward[nameOf(dx.dtypeInfo) as AssemblyFloat]
        const g = write(t, out, gradient, geometry)
        const cost = windowCost(gradient, geometry) + moveCost(out)
        runRanges(threads, kernel, planes(out), cost, (start, end) => [
          g,
          addressOf(dy),
          addressOf(dx),
          options.countIncludePad ? 1 : 0,
          options.divisorOverride ?? 0,
          start,
          end,
        ])
      })
      return true
    },
  }
}

// Microseconds: about 0.4 ns for each element of a window, and for moving an element.
const windowCost = (pooled: Operand, geometry: PoolGeometry | null): number =>
  count(pooled.shape) * (1 + count(geometry?.kernelSize ?? [1])) * 0.0004
const moveCost = (operand: Operand): number => count(operand.shape) * 0.0002

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
