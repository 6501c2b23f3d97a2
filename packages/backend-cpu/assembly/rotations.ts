// Chains of plane rotations of rows: eight columns at a time, which are kept together while all chains go through them.
import { madd } from './tile'

/**
 * The rotations of a program on the rows of Z [rows, columns], which lie `rowBytes` apart. The program is a list of chains:
 * first row, direction (1 or −1), count, then c and s of each rotation; x and y of a row and the next one become c x + s y
 * and c y − s x.
 * @param scratch rows · 64 bytes, aligned to 16
 */
export function rotateRows_f64(
  z: usize, rows: i32, columns: i32, rowBytes: usize, program: usize, length: i32, scratch: usize,
): void {
  for (let j = 0; j < columns; j += 8) {
    const width = <usize>min(8, columns - j) * 8
    const strip = z + <usize>j * 8
    for (let i = 0; i < rows; i++) memory.copy(scratch + <usize>i * 64, strip + <usize>i * rowBytes, width)
    let at = program
    const end = program + <usize>length * 8
    while (at < end) {
      let row = scratch + <usize>load<f64>(at) * 64
      const next: usize = load<f64>(at, 8) > 0 ? 64 : -64
      const chain = at + 24 + <usize>load<f64>(at, 16) * 16
      at += 24
      let x0 = v128.load(row), x1 = v128.load(row, 16), x2 = v128.load(row, 32), x3 = v128.load(row, 48)
      while (at < chain) {
        const c = v128.load64_splat(at), s = v128.load64_splat(at, 8)
        const minus = f64x2.neg(s)
        const beside = row + next
        const y0 = v128.load(beside), y1 = v128.load(beside, 16), y2 = v128.load(beside, 32), y3 = v128.load(beside, 48)
        v128.store(row, madd<f64>(s, y0, f64x2.mul(c, x0)))
        v128.store(row, madd<f64>(s, y1, f64x2.mul(c, x1)), 16)
        v128.store(row, madd<f64>(s, y2, f64x2.mul(c, x2)), 32)
        v128.store(row, madd<f64>(s, y3, f64x2.mul(c, x3)), 48)
        x0 = madd<f64>(minus, x0, f64x2.mul(c, y0))
        x1 = madd<f64>(minus, x1, f64x2.mul(c, y1))
        x2 = madd<f64>(minus, x2, f64x2.mul(c, y2))
        x3 = madd<f64>(minus, x3, f64x2.mul(c, y3))
        row = beside
        at += 16
      }
      v128.store(row, x0)
      v128.store(row, x1, 16)
      v128.store(row, x2, 32)
      v128.store(row, x3, 48)
    }
    for (let i = 0; i < rows; i++) memory.copy(strip + <usize>i * rowBytes, scratch + <usize>i * 64, width)
  }
}
