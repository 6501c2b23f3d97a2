// Plain JavaScript loops over typed arrays: what one writes without a library.
import { numbers } from '../cases.ts'
import type { Engine } from '../cases.ts'

const elementwise =
  (count: number, fn: (out: Float32Array, x: Float32Array, y: Float32Array) => void) => () => {
    const [x, y] = [numbers(count, 1), numbers(count, 2)]
    return () => fn(new Float32Array(count), x, y)
  }
const unary = (f: (x: number) => number) =>
  elementwise(1e6, (out, x) => {
    for (let i = 0; i < out.length; i++) out[i] = f(x[i])
  })
const matmul = (n: number) =>
  elementwise(n * n, (out, x, y) => {
    for (let i = 0; i < n; i++) {
      for (let k = 0; k < n; k++) {
        const factor = x[i * n + k]
        for (let j = 0; j < n; j++) out[i * n + j] += factor * y[k * n + j]
      }
    }
  })

export async function load(): Promise<Engine> {
  return {
    name: 'JS loops',
    version: process.version,
    cases: {
      'add 1': elementwise(1, (out, x, y) => void (out[0] = x[0] + y[0])),
      'add 1e6': elementwise(1e6, (out, x, y) => {
        for (let i = 0; i < out.length; i++) out[i] = x[i] + y[i]
      }),
      'exp 1e6': unary(Math.exp),
      'tanh 1e6': unary(Math.tanh),
      'sum 1e6': elementwise(1e6, (out, x) => {
        let total = 0
        for (let i = 0; i < x.length; i++) total += x[i]
        out[0] = total
      }),
      'sort 1e6': elementwise(1e6, (out, x) => {
        out.set(x)
        out.sort()
      }),
      'matmul 64': matmul(64),
      'matmul 512': matmul(512),
    },
  }
}
