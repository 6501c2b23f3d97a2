// Points of two or three classes in the plane, about 1 away from the middle; the same for the same seed.
import { manualSeed, rand, randn } from '@tt/autograd'

export interface Points {
  /** x and y of each point. */
  readonly positions: Float32Array<ArrayBuffer>
  /** 0, 1, ... */
  readonly labels: Int32Array<ArrayBuffer>
  readonly classes: number
}

interface Shape {
  readonly classes: number
  /** Where a point of a class lies; u and v are random, from 0 to 1. */
  readonly at: (label: number, u: number, v: number) => readonly [number, number]
  /** Standard deviation of what is added. */
  readonly noise: number
}

const around = (radius: number, angle: number): readonly [number, number] => [
  radius * Math.cos(angle),
  radius * Math.sin(angle),
]

/** The shapes by name. */
export const shapes = {
  spirals: {
    classes: 3,
    noise: 0.03,
    at: (label, u) => around(0.08 + u, (label * 2 * Math.PI) / 3 + 4.2 * u),
  },
  moons: {
    classes: 2,
    noise: 0.09,
    at: (label, u) => {
      const [x, y] = around(0.65, Math.PI * u)
      return label === 0 ? [x - 0.33, y - 0.2] : [0.33 - x, 0.2 - y]
    },
  },
  circles: {
    classes: 2,
    noise: 0.07,
    at: (label, u) => around(label === 0 ? 0.35 : 0.85, 2 * Math.PI * u),
  },
  checkers: {
    classes: 2,
    noise: 0,
    at: (label, u, v) => {
      const square = Math.floor(8 * u) // one of the eight of its colour
      const row = square >> 1
      const column = 2 * (square & 1) + ((row + label) & 1)
      const inside = (t: number): number => 0.06 + 0.88 * t
      return [(column + inside((8 * u) % 1)) / 2 - 1, (row + inside(v)) / 2 - 1]
    },
  },
} as const satisfies Record<string, Shape>

export type ShapeName = keyof typeof shapes
export const isShape = (name: string | null): name is ShapeName =>
  name !== null && Object.hasOwn(shapes, name)

/** `count` points of each class. */
export function makePoints(name: ShapeName, count: number, seed: number): Points {
  const { classes, noise, at }: Shape = shapes[name]
  manualSeed(seed)
  const total = classes * count
  const along = rand([total, 2], { device: 'cpu' }).toTypedArray() as Float32Array
  const apart = randn([total, 2], { device: 'cpu' }).mul(noise).toTypedArray() as Float32Array
  const positions = new Float32Array(2 * total)
  const labels = new Int32Array(total)
  for (let i = 0; i < total; i++) {
    labels[i] = i % classes
    const [x, y] = at(labels[i], along[2 * i], along[2 * i + 1])
    positions[2 * i] = x + apart[2 * i]
    positions[2 * i + 1] = y + apart[2 * i + 1]
  }
  return { positions, labels, classes }
}
