// Views of views show, and write, the elements that a plain list of positions says; whatever reads a view sees the same.
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import '@tt/backend-cpu'
import { arange, cat, dtypeList, sameShape, stack, tensor } from '@tt/tensor'
import type { DType, Tensor } from '@tt/tensor'
import { chains, follow, repeats, shapes, wholeModel } from './views.ts'
import type { Model } from './views.ts'

const dtypes = fc.constantFrom(
  ...dtypeList.filter(({ category }) => category === 'int' || category === 'float').map(({ name }) => name),
)
const counting = (shape: readonly number[], dtype: DType): Tensor =>
  arange(shape.reduce((n, size) => n * size, 1))
    .reshape(shape)
    .to(dtype)
    .clone()
const flat = (x: Tensor): number[] => [x.reshape([-1]).tolist()].flat().map(Number)
const cases = { base: shapes, steps: chains(), dtype: dtypes }
const property = (check: (view: Tensor, model: Model, base: Tensor) => void, numRuns = 150) =>
  fc.assert(
    fc.property(fc.record(cases), ({ base, steps, dtype }) => {
      const whole = counting(base, dtype)
      check(...follow(whole, wholeModel(base), steps), whole)
    }),
    { numRuns },
  )

describe('a view of views', () => {
  test('shows the elements of its model, also to clone, contiguous, reshape and casts', () => {
    property((view, model, base) => {
      expect(view.shape).toEqual(model.shape)
      const expected = [...model.positions]
      expect(flat(view)).toEqual(expected)
      expect(flat(view.clone())).toEqual(expected)
      expect(flat(view.contiguous())).toEqual(expected)
      expect(view.contiguous().isContiguous()).toBe(true)
      expect(flat(view.to('float64'))).toEqual(expected)
      expect(view === base || view.base === base).toBe(true)
    })
  })

  test('add_, copy_ and fill_ through it change these elements of the memory and no others', () => {
    property((view, model, base) => {
      const before = flat(base)
      const touched = new Set(model.positions)
      if (repeats(model)) {
        if (view.strides.some((stride, d) => stride === 0 && view.shape[d] > 1)) {
          expect(() => view.add_(1)).toThrow('each element of self must have memory of its own')
          expect(flat(base)).toEqual(before)
        }
        view.zero_()
        expect(flat(base)).toEqual(before.map((x, i) => (touched.has(i) ? 0 : x)))
        return
      }
      view.add_(1)
      expect(flat(base)).toEqual(before.map((x, i) => (touched.has(i) ? x + 1 : x)))
      view.copy_(view.clone().add_(view))
      expect(flat(base)).toEqual(before.map((x, i) => (touched.has(i) ? (x + 1) * 2 : x)))
      view.fill_(7)
      expect(flat(base)).toEqual(before.map((x, i) => (touched.has(i) ? 7 : x)))
      expect(view.version).toBe(3)
    })
  })

  test('put_ at a random place is what at reads there, and what the base sees', () => {
    fc.assert(
      fc.property(
        fc.record({ ...cases, places: fc.array(fc.nat({ max: 11 }), { maxLength: 4 }) }),
        (given) => {
          const base = counting(given.base, given.dtype)
          const [view, model] = follow(base, wholeModel(given.base), given.steps)
          fc.pre(!repeats(model) && model.positions.length > 0)
          const index = given.places
            .slice(0, view.ndim)
            .map((n, d) => (n % (2 * view.shape[d])) - view.shape[d])
          const part = view.at(...index)
          const inner = flat(part)
          view.put_(index, part.clone().neg())
          const sign = given.dtype === 'uint8' ? 256 : 0
          const negative = inner.map((x) => (sign && x > 0 ? sign - x : -x + 0))
          expect(flat(view.at(...index)).map((x) => x + 0)).toEqual(negative)
          const written = new Map(inner.map((x, i) => [x, negative[i]])) // element x lay at position x
          expect(flat(base).map((x) => x + 0)).toEqual(
            Array.from({ length: base.numel() }, (_, i) => written.get(i) ?? i),
          )
        },
      ),
      { numRuns: 150 },
    )
  })
})

describe('laws', () => {
  const onViews = (law: (x: Tensor, a: number, b: number) => void, numRuns = 100) =>
    fc.assert(
      fc.property(fc.record({ ...cases, a: fc.nat({ max: 11 }), b: fc.nat({ max: 11 }) }), (given) => {
        const base = counting(given.base, given.dtype)
        law(follow(base, wholeModel(given.base), given.steps)[0], given.a, given.b)
      }),
      { numRuns },
    )
  const same = (a: Tensor, b: Tensor) => {
    expect([a.dtype, a.shape]).toEqual([b.dtype, b.shape])
    expect(flat(a)).toEqual(flat(b))
  }

  test('cat undoes split, stack undoes unbind, and the sum of the parts is the sum', () => {
    onViews((x, a, b) => {
      if (x.ndim === 0) return
      const dim = a % x.ndim
      const size = (b % 3) + 1
      const parts = x.split(size, dim)
      same(cat([...parts], dim), x)
      if (x.shape[dim] > 0) same(stack([...x.unbind(dim)], dim), x)
      const sums = parts.map((part) => part.to('float64').sum().item())
      expect(sums.reduce((s, n) => s + n, 0)).toBe(x.to('float64').sum().item())
    })
  })

  test('flip, roll, transpose and permute are undone by their inverses', () => {
    onViews((x, a, b) => {
      if (x.ndim === 0) return
      const [dim, other] = [a % x.ndim, b % x.ndim]
      same(x.flip([dim]).flip([dim]), x)
      same(x.roll(b, dim).roll(-b, dim), x)
      same(x.transpose(dim, other).transpose(other, dim), x)
      const order = x.shape.map((_, d) => (d + a) % x.ndim)
      same(x.permute(order).permute(order.map((_, d) => order.indexOf(d))), x)
    })
  })

  test('a sum over several dims is the sums over each, and keepdim only keeps them', () => {
    onViews((x, a, b) => {
      const y = x.to('float64')
      const dims = y.shape.map((_, d) => d).filter((d) => ((a * 13 + b) >> d) & 1)
      if (dims.length === 0) return
      const atOnce = y.sum(dims)
      same(
        dims.toReversed().reduce((t, d) => t.sum(d), y),
        atOnce,
      )
      const kept = y.sum(dims, { keepdim: true })
      expect(kept.shape).toEqual(y.shape.map((n, d) => (dims.includes(d) ? 1 : n)))
      expect(flat(kept)).toEqual(flat(atOnce))
    })
  })

  test('gather of what sort and topk say are their values; scatter puts them back', () => {
    onViews((x, a, b) => {
      if (x.ndim === 0 || x.numel() === 0) return
      const dim = a % x.ndim
      const shuffled = x.mul(7).remainder(5)
      const { values, indices } = shuffled.sort(dim, { descending: b % 2 === 0, stable: true })
      same(shuffled.gather(dim, indices), values)
      same(shuffled.zerosLike().scatter(dim, indices, values), shuffled)
      const k = b % (x.shape[dim] + 1)
      same(shuffled.topk(k, dim, { largest: b % 2 === 0 }).values, values.narrow(dim, 0, k))
      same(shuffled.takeAlongDim(indices, dim), values)
    })
  })

  test('masks: where, maskedSelect, nonzero and indexing agree', () => {
    onViews((x, a) => {
      const mask = x.remainder(3).eq(a % 3)
      const picked = flat(x.at(mask))
      expect(flat(x.maskedSelect(mask))).toEqual(picked)
      expect(picked).toEqual(flat(x).filter((v) => v % 3 === a % 3))
      expect(mask.nonzero().shape).toEqual([picked.length, x.ndim])
      if (x.ndim > 0) expect(flat(x.at(...mask.nonzero({ asTuple: true })))).toEqual(picked)
      same(x.where(mask, 0), x.mul(mask))
      same(x.maskedFill(mask, 1), x.clone().put_([mask], 1))
      expect(mask.sum().item<bigint | number>().toString()).toBe(String(picked.length))
    })
  })

  test('advanced indices: rows by positions are the rows one by one', () => {
    onViews((x, a, b) => {
      if (x.ndim === 0 || x.shape[0] === 0) return
      const rows = [a, b, a + b].map((n) => (n % (2 * x.shape[0])) - x.shape[0])
      const expected = stack(rows.map((row) => x.at(row)))
      same(x.at(rows.length === 0 ? [] : tensor(rows, { dtype: 'int64' })), expected)
      same(x.indexSelect(0, tensor(rows, { dtype: 'int64' }).remainder(x.shape[0])), expected)
      const zero = x.zerosLike()
      const counted = zero
        .to('float64')
        .indexAdd(0, tensor(rows, { dtype: 'int64' }).remainder(x.shape[0]), expected.to('float64'))
      expect(counted.sum().item()).toBe(expected.to('float64').sum().item())
    })
  })

  test('cumulative sums end in the sum, and their differences are the elements', () => {
    onViews((x, a) => {
      if (x.ndim === 0) return
      const dim = a % x.ndim
      const y = x.to('float64')
      const running = y.cumsum(dim)
      if (x.shape[dim] === 0) {
        expect(sameShape(running.shape, x.shape)).toBe(true)
        return
      }
      same(running.select(dim, -1), y.sum(dim))
      same(running.diff(dim, y.narrow(dim, 0, 1).zerosLike()), y)
    })
  })
})
