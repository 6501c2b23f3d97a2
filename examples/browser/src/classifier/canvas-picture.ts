// Draws by a 2d canvas, from values that are read: for the cpu backend, where there is no WebGPU.
import { tensor } from '@tt/autograd'
import type { Tensor } from '@tt/autograd'
import { vec3 } from 'wgpu-matrix'
import type { Camera } from './camera.ts'
import type { Samples } from './learner.ts'
import { palette } from './palette.ts'
import type { Colour } from './palette.ts'
import { pointRadius } from './picture.ts'
import type { Picture } from './picture.ts'
import type { Points } from './points.ts'

const css = (colour: Colour): string => `rgb(${colour.map((part) => Math.round(part * 255)).join(' ')})`

export class CanvasPicture implements Picture {
  readonly #canvas: HTMLCanvasElement
  readonly #context: CanvasRenderingContext2D
  readonly #small = document.createElement('canvas')
  #points: Points | null = null

  constructor(canvas: HTMLCanvasElement) {
    const context = canvas.getContext('2d')
    if (context === null) throw new Error('the canvas must give a 2d context, got none')
    this.#canvas = canvas
    this.#context = context
  }

  load(points: Points): Samples {
    this.#points = points
    const { positions, labels, classes } = points
    return {
      positions: tensor(positions).reshape([labels.length, 2]),
      labels: tensor(labels).to('int64'),
      classes,
    }
  }

  draw(surface: Tensor, side: number, camera: Camera): void {
    const { width, height } = this.#canvas
    const context = this.#context
    this.#small.width = side
    this.#small.height = side
    this.#small.getContext('2d')!.putImageData(imageOf(surface, side), 0, 0)
    context.imageSmoothingEnabled = true
    context.imageSmoothingQuality = 'high'
    context.drawImage(this.#small, 0, 0, width, height)
    this.#drawPoints(camera)
  }

  #drawPoints(camera: Camera): void {
    const { positions, labels } = this.#points!
    const { width, height } = this.#canvas
    const { classes, ink } = palette()
    const context = this.#context
    context.strokeStyle = css(ink)
    context.lineWidth = 1.3 * devicePixelRatio
    for (let i = 0; i < labels.length; i++) {
      const [x, y] = vec3.transformMat4([positions[2 * i], positions[2 * i + 1], 0], camera.worldToClip)
      context.beginPath()
      context.arc(
        ((x + 1) / 2) * width,
        ((1 - y) / 2) * height,
        pointRadius * devicePixelRatio,
        0,
        2 * Math.PI,
      )
      context.fillStyle = css(classes[labels[i]])
      context.fill()
      context.stroke()
    }
  }
}

// The mix that shaders.ts makes, without the line.
function imageOf(surface: Tensor, side: number): ImageData {
  const { background, classes, strength } = palette()
  const probabilities = surface.toTypedArray() as Float32Array
  const count = surface.shape[1]
  const image = new ImageData(side, side)
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const from = (y * side + x) * count
      const to = ((side - 1 - y) * side + x) * 4 // images go down, the surface up
      let [first, second] = [0, 0]
      for (let c = 0; c < count; c++) {
        const p = probabilities[from + c]
        second = Math.max(second, Math.min(first, p))
        first = Math.max(first, p)
      }
      const lead = Math.min(1, (first - second) / 0.8)
      const cover = strength * (0.35 + 0.65 * lead * lead * (3 - 2 * lead))
      for (let part = 0; part < 3; part++) {
        let mixed = 0
        for (let c = 0; c < count; c++) mixed += probabilities[from + c] * classes[c][part]
        image.data[to + part] = 255 * (background[part] * (1 - cover) + mixed * cover)
      }
      image.data[to + 3] = 255
    }
  }
  return image
}
