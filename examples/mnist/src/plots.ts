// The pictures: the loss of every step, and test digits with what the model sees in them.
import { crc32, deflateSync } from 'node:zlib'
import type { Mnist } from '@tt/data'
import { chart, svg } from '@tt/example-charts'

/** The loss of each step and its running mean. */
export function lossCurve(losses: readonly number[], title: string): string {
  let mean = losses[0] ?? 0
  const smooth = losses.map((loss, step) => [step, (mean = 0.95 * mean + 0.05 * loss)] as const)
  const raw = losses.map((loss, step) => [step, loss] as const)
  return chart({
    title,
    xLabel: 'step',
    yLabel: 'cross entropy',
    logY: true,
    series: [
      { name: 'each step', points: raw.filter(([, loss]) => loss > 0), color: '#bfdbfe', width: 1 },
      { name: 'running mean', points: smooth, color: '#2563eb' },
    ],
  })
}

/** The first test digits, then some that the model gets wrong, each with its prediction. */
export async function digitGrid(test: Mnist, predictions: readonly number[]): Promise<string> {
  const [columns, cell, gap] = [10, 64, 22]
  const truth = (await test.targets.tolistAsync()) as number[]
  const seen = predictions.map((_, i) => i)
  const wrong = seen.filter((i) => predictions[i] !== truth[i]).slice(0, 2 * columns)
  const width = columns * (cell + 10) + 30
  const draw = async (indices: readonly number[], top: number): Promise<string[]> => {
    const pixels = (await test.data.toTypedArrayAsync()) as Uint8Array
    return indices.map((index, i) => {
      const [x, y] = [20 + (i % columns) * (cell + 10), top + Math.floor(i / columns) * (cell + gap)]
      const right = predictions[index] === truth[index]
      const picture = png(pixels.subarray(784 * index, 784 * (index + 1)), 28)
      const text = right ? `${predictions[index]}` : `${predictions[index]}, is ${truth[index]}`
      return (
        `<image x="${x}" y="${y}" width="${cell}" height="${cell}" style="image-rendering:pixelated" href="${picture}"/>` +
        `<text x="${x + cell / 2}" y="${y + cell + 15}" text-anchor="middle" fill="${right ? '#059669' : '#dc2626'}">${text}</text>`
      )
    })
  }
  const rows = (count: number): number => Math.ceil(count / columns) * (cell + gap)
  const first = seen.slice(0, 4 * columns)
  const second = 48 + rows(first.length) + 36
  return svg(width, second + rows(wrong.length) + 4, [
    heading(32, 'The first test digits, and what the model sees'),
    ...(await draw(first, 48)),
    ...(wrong.length > 0 ? [heading(second - 16, 'Some that it gets wrong')] : []),
    ...(await draw(wrong, second)),
  ])
}

const heading = (y: number, text: string): string =>
  `<text x="20" y="${y}" font-size="17" font-weight="600">${text}</text>`

/** Grey pixels as a PNG in a data URL: size² bytes, 0 black to 255 white. @see https://www.w3.org/TR/png */
function png(pixels: Uint8Array, size: number): string {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(size, 0)
  header.writeUInt32BE(size, 4)
  header[8] = 8 // bits per pixel; the zeros that follow mean grey, deflate, no interlace
  const rows = Array.from({ length: size }, (_, y) => [0, ...pixels.subarray(size * y, size * (y + 1))]) // 0: unfiltered
  const file = [
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.from(rows.flat()))),
    chunk('IEND', Buffer.alloc(0)),
  ]
  return `data:image/png;base64,${Buffer.concat(file).toString('base64')}`
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const ends = Buffer.alloc(8)
  ends.writeUInt32BE(data.length, 0)
  ends.writeUInt32BE(crc32(body), 4)
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)])
}
