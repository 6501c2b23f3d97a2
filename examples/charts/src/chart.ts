// Line and scatter charts as SVG text, just enough for the examples.

/** Points that belong together. */
export interface Series {
  readonly name: string
  readonly points: readonly (readonly [x: number, y: number])[]
  /** Default 'line' */
  readonly mark?: 'line' | 'dots'
  /** Default: the next of a palette */
  readonly color?: string
  /** Of the line. Default 2 */
  readonly width?: number
}

/** What a chart shows. */
export interface ChartOptions {
  readonly title: string
  readonly xLabel: string
  readonly yLabel: string
  readonly series: readonly Series[]
  /** Whether the y axis counts powers of ten; all y must be positive then. Default false */
  readonly logY?: boolean
  /** Smallest and largest y; by default those of the points. */
  readonly yRange?: readonly [number, number]
}

const palette = ['#2563eb', '#dc2626', '#059669', '#d97706', '#7c3aed', '#475569']
const [width, height] = [720, 440]
const frame = { left: 72, right: 24, top: 72, bottom: 56 }

/** The chart as an SVG file. */
export function chart({ title, xLabel, yLabel, series, logY = false, yRange }: ChartOptions): string {
  const points = series.flatMap((one) => one.points)
  const onAxis = (y: number): number => (logY ? Math.log10(y) : y)
  const [x0, x1] = extent(points.map(([x]) => x))
  const [y0, y1] = yRange ? yRange.map(onAxis) : padded(extent(points.map(([, y]) => onAxis(y))))
  const right = width - frame.right
  const bottom = height - frame.bottom
  const toX = (x: number): number => frame.left + ((x - x0) / (x1 - x0)) * (right - frame.left)
  const toY = (y: number): number => bottom - ((y - y0) / (y1 - y0)) * (bottom - frame.top)
  const place = ([x, y]: readonly [number, number]): string => `${round(toX(x))},${round(toY(onAxis(y)))}`

  const grid = [
    ...ticks(x0, x1).map(
      (x) => line(toX(x), frame.top, toX(x), bottom) + label(toX(x), bottom + 18, x, 'middle'),
    ),
    ...(logY ? powers(y0, y1) : ticks(y0, y1)).map(
      (y) =>
        line(frame.left, toY(y), right, toY(y)) +
        label(frame.left - 8, toY(y) + 4, logY ? 10 ** y : y, 'end'),
    ),
  ]
  const marks = series.map(({ points: own, mark = 'line', width: stroke = 2, ...rest }, i) => {
    const color = rest.color ?? palette[i % palette.length]
    if (mark === 'line') {
      const path = own.map(place).join(' ')
      return `<polyline fill="none" stroke="${color}" stroke-width="${stroke}" stroke-linejoin="round" points="${path}"/>`
    }
    const dots = own.map(place).map((at) => at.split(','))
    return dots
      .map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="3.5" fill="${color}" fill-opacity="0.75"/>`)
      .join('')
  })
  let legendX = frame.left
  const legend = series.map(({ name, color = '' }, i) => {
    const x = legendX
    legendX += 8 * name.length + 44
    return (
      `<rect x="${round(x)}" y="44" width="14" height="10" rx="2" fill="${color || palette[i % palette.length]}"/>` +
      `<text x="${round(x) + 20}" y="54">${escape(name)}</text>`
    )
  })
  return svg(width, height, [
    `<text x="${frame.left}" y="28" font-size="17" font-weight="600">${escape(title)}</text>`,
    ...grid,
    `<clipPath id="frame"><rect x="${frame.left}" y="${frame.top}" ` +
      `width="${right - frame.left}" height="${bottom - frame.top}"/></clipPath>`,
    `<g clip-path="url(#frame)">${marks.join('\n')}</g>`,
    ...legend,
    `<text x="${(frame.left + right) / 2}" y="${height - 14}" text-anchor="middle">${escape(xLabel)}</text>`,
    `<text transform="translate(18 ${(frame.top + bottom) / 2}) rotate(-90)" text-anchor="middle">${escape(yLabel)}</text>`,
  ])
}

/** An SVG file of the given size: elements on white. */
export const svg = (w: number, h: number, elements: readonly string[]): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}" ` +
  `font-family="system-ui, Helvetica, Arial, sans-serif" font-size="13" fill="#1f2937">\n` +
  `<rect width="${w}" height="${h}" fill="white"/>\n${elements.join('\n')}\n</svg>\n`

const round = (x: number): number => Math.round(x * 100) / 100
const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
const line = (...[xa, ya, xb, yb]: number[]): string =>
  `<line x1="${round(xa)}" y1="${round(ya)}" x2="${round(xb)}" y2="${round(yb)}" stroke="#e5e7eb"/>`
const label = (x: number, y: number, value: number, anchor: string): string =>
  `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" fill="#6b7280">${Number(value.toPrecision(6))}</text>`

function extent(values: readonly number[]): [number, number] {
  const [low, high] = values.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity])
  if (!Number.isFinite(low) || !Number.isFinite(high)) return [0, 1]
  return low === high ? [low - 0.5, high + 0.5] : [low, high]
}
const padded = ([low, high]: [number, number]): [number, number] => [
  low - 0.04 * (high - low),
  high + 0.04 * (high - low),
]

/** Round numbers in [low, high], about six: 1, 2 or 5 times a power of ten apart. */
function ticks(low: number, high: number): number[] {
  const rough = (high - low) / 6
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10)
  const first = Math.ceil(low / step)
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => (first + i) * step)
}

/** The logarithms of 1, 2 and 5 times powers of ten in [low, high]; of powers of ten alone if there are many. */
function powers(low: number, high: number): number[] {
  const factors = high - low > 3 ? [1] : [1, 2, 5]
  const first = Math.floor(low)
  const exponents = Array.from({ length: Math.ceil(high) - first + 1 }, (_, i) => first + i)
  const all = exponents.flatMap((exponent) => factors.map((factor) => exponent + Math.log10(factor)))
  return all.filter((value) => value >= low && value <= high)
}
