// Reading of the recorded runs, and the two problems that they optimize.
import { readFileSync } from 'node:fs'
import { tensor } from '@tt/autograd'
import type { DType, Tensor } from '@tt/autograd'

/** A tensor as the fixtures hold it. */
export interface Recorded {
  t: DType
  shape: number[]
  data: string
}

export const readFixture = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), 'utf8')) as T

export function valuesOf({ t, data }: Recorded): Float32Array | Float64Array {
  const bytes = new Uint8Array(Buffer.from(data, 'base64'))
  return t === 'float64' ? new Float64Array(bytes.buffer) : new Float32Array(bytes.buffer)
}

export const tensorOf = (recorded: Recorded): Tensor =>
  tensor(valuesOf(recorded), { dtype: recorded.t }).view(recorded.shape)

export type Named = Record<string, Tensor>

/** The loss of a problem at these parameters. */
export const problems: Record<string, (params: Named, data: Named) => Tensor> = {
  quadratic: ({ w, b }, { A, Y }) => A.matmul(w).add(b).sub(Y).pow(2).sum(1).mean().mul(0.5),
  mlp: (p, { X, Y }) => {
    const hidden = X.matmul(p['0.weight'].t()).add(p['0.bias']).tanh()
    return hidden.matmul(p['2.weight'].t()).add(p['2.bias']).sub(Y).pow(2).mean()
  },
}
