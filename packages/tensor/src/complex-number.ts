// A complex number on the host.
import { pyRepr } from './format/python-number.ts'

/**
 * A complex number: what `item()` and `tolist()` give for complex tensors, and what may stand wherever a number may.
 *
 * @example
 * const z = new Complex(1, -2)
 * ;[z.re, z.im, String(z)] // => [1, -2, '(1-2j)']
 * tensor([z]).dtype        // => 'complex64'
 * @see torch.complex
 */
export class Complex {
  readonly re: number
  readonly im: number

  constructor(re: number, im: number) {
    this.re = re
    this.im = im
  }

  /** As Python writes it: `(1-2j)`; a real part of 0 is left out. */
  toString(): string {
    const [re, im] = [pyRepr(this.re), pyRepr(this.im)]
    if (Object.is(this.re, 0)) return `${im}j`
    return `(${re}${im.startsWith('-') ? '' : '+'}${im}j)`
  }
}
