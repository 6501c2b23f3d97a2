// Which part of the plane is seen: moved by dragging, zoomed by the wheel.
import { mat4, vec3 } from 'wgpu-matrix'
import type { Mat4 } from 'wgpu-matrix'

/** Half of the height that is seen at first; the points lie within 1.2. */
const halfHeight = 1.25

/** An orthographic camera over the plane. */
export class Camera {
  #x = 0
  #y = 0
  #zoom = 1
  #aspect = 1
  readonly worldToClip: Mat4 = mat4.identity()
  readonly clipToWorld: Mat4 = mat4.identity()

  constructor() {
    this.#update()
  }

  /** Width by height of the canvas. */
  setAspect(aspect: number): void {
    this.#aspect = aspect
    this.#update()
  }

  reset(): void {
    ;[this.#x, this.#y, this.#zoom] = [0, 0, 1]
    this.#update()
  }

  /** Moves by a part of the canvas: 2 is its whole width or height. */
  pan(clipX: number, clipY: number): void {
    const [x, y] = this.#toWorld(clipX, clipY)
    this.#x -= x - this.#x
    this.#y -= y - this.#y
    this.#update()
  }

  /** Zooms so that the point at a place of the canvas stays there. */
  zoomAt(clipX: number, clipY: number, factor: number): void {
    const before = this.#toWorld(clipX, clipY)
    this.#zoom = Math.min(20, Math.max(0.4, this.#zoom * factor))
    this.#update()
    const after = this.#toWorld(clipX, clipY)
    this.#x += before[0] - after[0]
    this.#y += before[1] - after[1]
    this.#update()
  }

  /** The middle of what is seen, and half of its width and height. */
  get window(): { readonly middle: readonly [number, number]; readonly half: readonly [number, number] } {
    const [x, y] = this.#toWorld(0, 0)
    const [right, top] = this.#toWorld(1, 1)
    return { middle: [x, y], half: [right - x, top - y] }
  }

  #toWorld(clipX: number, clipY: number): readonly [number, number] {
    const [x, y] = vec3.transformMat4([clipX, clipY, 0], this.clipToWorld)
    return [x, y]
  }

  #update(): void {
    const half = halfHeight / this.#zoom
    const wide = half * this.#aspect
    mat4.ortho(this.#x - wide, this.#x + wide, this.#y - half, this.#y + half, -1, 1, this.worldToClip)
    mat4.invert(this.worldToClip, this.clipToWorld)
  }
}
