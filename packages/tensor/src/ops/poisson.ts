// Poisson numbers, drawn on the host.
import { withGradMode } from '../dispatch/hook.ts'
import { floatDtype, sampleArray } from '../dispatch/sample.ts'
import { apply, structured } from '../dispatch/structured.ts'
import { encodeElements } from '../host/encode.ts'
import { checkReadable } from '../host/reads.ts'
import { defaultGenerator, samplers } from '../random/index.ts'
import type { Generator } from '../random/generator.ts'
import type { FloatOut } from '../random/samplers.ts'
import type { Tensor } from '../tensor.ts'
import { contiguous, to } from './copy.ts'
import type { RandomOptions } from './random-fill.ts'
import { toTypedArray } from './reading.ts'

/** poisson: the tensor is that of the rates. */
export const poissonOp = structured<{ generator: Generator }>({
  name: 'poisson',
  infer: ([self]) => [{ shape: self.shape, dtype: floatInfo(self) }],
  run: (backend, [self], { generator }, [out]) => {
    if (self.elementCount === 0) return
    checkReadable('poisson', 'the rates', self)
    const wide = self.dtype === 'float64' ? self : to(self, 'float32')
    const rates = withGradMode(false, () => toTypedArray(contiguous(wide))) as FloatOut
    const drawn = sampleArray(out.dtypeInfo, self.elementCount) as FloatOut
    samplers.poisson(drawn, generator, rates)
    const { bytes } = encodeElements('poisson', drawn, drawn.length, out.dtypeInfo)
    backend.write(out.storage.buffer, 0, bytes)
  },
})
const floatInfo = (self: Tensor) => {
  floatDtype('poisson', self.dtypeInfo)
  return self.dtypeInfo
}

/**
 * Numbers of events: Poisson numbers, whose means are the elements of self.
 *
 * @param self rates of at least 0, floating-point
 * @throws ArgumentError if a rate is negative
 * @example
 * manualSeed(0)
 * poisson(tensor([1, 5, 20])).tolist() // => [2, 6, 19]
 * @see torch.poisson
 */
export const poisson = (self: Tensor, { generator = defaultGenerator }: RandomOptions = {}): Tensor =>
  apply(poissonOp, [self], { generator })
