// batchNorm and instanceNorm, with running moments.
import { withGradMode } from '../dispatch/hook.ts'
import { momentDtype } from '../dispatch/normalization.ts'
import { ArgumentError, ShapeError, check } from '../errors.ts'
import { formatShape, numelOf } from '../shape/shape.ts'
import type { Tensor } from '../tensor.ts'
import { add, mul } from './arithmetic.ts'
import { copy_ } from './copy.ts'
import { empty } from './creation.ts'
import { batchNormOp } from './normalization.ts'
import { checkChannels, normalized, perChannel } from './normalized.ts'
import { mean } from './reduce.ts'
import { reshape, select } from './views.ts'

/** Options of batchNorm. */
export interface BatchNormOptions {
  /** Normalise by the moments of the batch and update the running ones; default false. */
  training?: boolean
  /** Share of the batch in the update of the running moments; default 0.1. */
  momentum?: number
  eps?: number
}
/**
 * Normalises each channel: `(x − mean) / √(var + eps) · weight + bias`, over all dims but 1.
 *
 * @param input [N, C, ...]
 * @param runningMean [C], updated in place when training, or null
 * @param runningVar [C], or null
 * @param weight [C], or null
 * @param bias [C], or null
 * @throws ShapeError if a channel has a single value when training
 * @example
 * batchNorm(tensor([[1, 10], [3, 30]]), null, null, null, null, { training: true }).tolist() // => [[-0.999995, -1], [0.999995, 1]]
 * @see torch.nn.functional.batch_norm
 */
export function batchNorm(
  input: Tensor,
  runningMean: Tensor | null,
  runningVar: Tensor | null,
  weight: Tensor | null = null,
  bias: Tensor | null = null,
  { training = false, momentum = 0.1, eps = 1e-5 }: BatchNormOptions = {},
): Tensor {
  return byChannel('batchNorm', input, [runningMean, runningVar], weight, bias, {
    training,
    momentum,
    eps,
  })[0]
}

type Running = readonly [mean: Tensor | null, variance: Tensor | null]
/** The result, then the moments that made it: mean, 1 / √(variance + eps), variance. */
function byChannel(
  op: string,
  input: Tensor,
  [runningMean, runningVar]: Running,
  weight: Tensor | null,
  bias: Tensor | null,
  { training, momentum, eps }: Required<BatchNormOptions>,
): readonly Tensor[] {
  if (input.elementCount === 0 && input.ndim > 0) return [emptyBatch(input, weight, bias)]
  check(
    input.ndim >= 2,
    () =>
      new ShapeError(op, `the input must have at least 2 dims, [N, C, ...], got ${formatShape(input.shape)}`),
  )
  checkChannels(op, { runningMean, runningVar, weight, bias }, input.shape[1])
  const count = input.shape[1] === 0 ? 0 : input.elementCount / input.shape[1]
  check(
    !training || count !== 1,
    () =>
      new ShapeError(
        op,
        `each channel must have more than 1 value when training, got input ${formatShape(input.shape)}. Use a larger batch or training: false`,
      ),
  )
  check(
    training || (runningMean !== null && runningVar !== null),
    () =>
      new ArgumentError(
        op,
        'runningMean and runningVar must be given when not training, got null. Set training: true',
      ),
  )
  const attrs = {
    viewShape: input.shape,
    dims: input.shape.map((_, i) => i).filter((i) => i !== 1),
    affineShape: perChannel(input),
    eps,
  }
  if (!training) return normalized(batchNormOp, input, weight, bias, [runningMean!, runningVar!], attrs)
  const results = normalized(batchNormOp, input, weight, bias, null, attrs)
  if (count > 0) updateRunning(runningMean, runningVar, results[1], results[3], momentum, count)
  return results
}

/**
 * batchNorm with the moments that it used: PyTorch's own function below batch_norm.
 *
 * @returns [result, mean [C], 1 / √(var + eps) [C]]; the last two empty when not training
 * @example
 * nativeBatchNorm(tensor([[1], [3]]), null, null, null, null, true, 0.1, 1e-5)[1].tolist() // => [2]
 * @see torch.native_batch_norm
 */
export function nativeBatchNorm(
  input: Tensor,
  weight: Tensor | null,
  bias: Tensor | null,
  runningMean: Tensor | null,
  runningVar: Tensor | null,
  training: boolean,
  momentum: number,
  eps: number,
): readonly [Tensor, Tensor, Tensor] {
  const [result, average, invstd] = byChannel(
    'nativeBatchNorm',
    input,
    [runningMean, runningVar],
    weight,
    bias,
    {
      training,
      momentum,
      eps,
    },
  )
  const moment = (x: Tensor | undefined): Tensor =>
    training && x !== undefined
      ? reshape(x.detach(), [-1])
      : empty([0], { dtype: momentDtype(input.dtypeInfo).name, device: input.device })
  return [result, moment(average), moment(invstd)]
}

/** Nothing to normalise: a copy, connected to weight and bias as in PyTorch. */
function emptyBatch(input: Tensor, weight: Tensor | null, bias: Tensor | null): Tensor {
  const scaled = mul(input, weight === null || weight.elementCount === 0 ? 1 : select(weight, 0, 0))
  return bias === null || bias.elementCount === 0 ? scaled : add(scaled, select(bias, 0, 0))
}

/** `running ← (1 − momentum) · running + momentum · moment`, the variance unbiased. */
function updateRunning(
  runningMean: Tensor | null,
  runningVar: Tensor | null,
  average: Tensor,
  variance: Tensor,
  momentum: number,
  count: number,
): void {
  withGradMode(false, () => {
    const blend = (running: Tensor | null, fresh: Tensor, scale: number): void => {
      if (running === null) return
      copy_(
        running,
        add(mul(running, 1 - momentum), mul(reshape(fresh.detach(), running.shape), momentum * scale)),
      )
    }
    blend(runningMean, average, 1)
    blend(runningVar, variance, count / (count - 1))
  })
}

/** Options of instanceNorm. */
export interface InstanceNormOptions {
  /** Normalise by the moments of each sample; default true. */
  useInputStats?: boolean
  momentum?: number
  eps?: number
}
/**
 * Normalises each channel of each sample over the spatial dims.
 *
 * @param input [N, C, ...spatial]
 * @example
 * instanceNorm(tensor([[[1, 3]]])).tolist() // => [[[-0.999995, 0.999995]]]
 * @see torch.nn.functional.instance_norm
 */
export function instanceNorm(
  input: Tensor,
  runningMean: Tensor | null = null,
  runningVar: Tensor | null = null,
  weight: Tensor | null = null,
  bias: Tensor | null = null,
  { useInputStats = true, momentum = 0.1, eps = 1e-5 }: InstanceNormOptions = {},
): Tensor {
  const op = 'instanceNorm'
  check(
    input.ndim >= 2,
    () =>
      new ShapeError(op, `the input must have at least 2 dims, [N, C, ...], got ${formatShape(input.shape)}`),
  )
  checkChannels(op, { runningMean, runningVar, weight, bias }, input.shape[1])
  const count = numelOf(input.shape.slice(2))
  check(
    !useInputStats || count !== 1,
    () =>
      new ShapeError(
        op,
        `there must be more than 1 spatial element when training, got input ${formatShape(input.shape)}`,
      ),
  )
  check(
    useInputStats || (runningMean !== null && runningVar !== null),
    () =>
      new ArgumentError(op, 'runningMean and runningVar must be given when useInputStats is false, got null'),
  )
  const spatial = input.shape.map((_, i) => i).slice(2)
  const attrs = { viewShape: input.shape, affineShape: perChannel(input), eps }
  if (!useInputStats) {
    return normalized(batchNormOp, input, weight, bias, [runningMean!, runningVar!], {
      ...attrs,
      dims: [0, ...spatial],
    })[0]
  }
  const [result, average, , variance] = normalized(batchNormOp, input, weight, bias, null, {
    ...attrs,
    dims: spatial,
  })
  if (input.elementCount > 0 && (runningMean !== null || runningVar !== null)) {
    withGradMode(false, () =>
      updateRunning(runningMean, runningVar, mean(average, 0), mean(variance, 0), momentum, count),
    )
  }
  return result
}
