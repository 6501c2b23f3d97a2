// Charts are valid SVG, whatever the numbers.
import { expect, test } from '@jest/globals'
import { chart } from '../src/chart.ts'

const base = { title: 'a < b & c', xLabel: 'x', yLabel: 'y' }

test('lines, dots, ticks and legend', () => {
  const svg = chart({
    ...base,
    series: [
      {
        name: 'line',
        points: [
          [0, 0],
          [10, 5],
        ],
      },
      { name: 'dots', points: [[5, 2]], mark: 'dots' },
    ],
  })
  expect(svg).toContain('a &lt; b &amp; c')
  expect(svg.match(/<polyline/g)).toHaveLength(1)
  expect(svg.match(/<circle/g)).toHaveLength(1)
  for (const tick of ['>2<', '>10<', '>5<', '>line<', '>dots<']) expect(svg).toContain(tick)
})

test.each([
  ['one point', [[1, 1]], false],
  ['no points', [], false],
  [
    'a constant',
    [
      [0, 3],
      [1, 3],
    ],
    false,
  ],
  [
    'powers of ten',
    [
      [0, 1e-4],
      [1, 1000],
    ],
    true,
  ],
] as const)('%s', (_, points, logY) => {
  const svg = chart({ ...base, logY, series: [{ name: 's', points }] })
  expect(svg).not.toMatch(/NaN|Infinity|undefined/)
})
