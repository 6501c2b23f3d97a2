// A model in training and its picture.
import { manualSeed, noGrad } from '@tt/autograd'
import { Camera } from './camera.ts'
import { Learner } from './learner.ts'
import type { Measures } from './learner.ts'
import type { Picture } from './picture.ts'
import { makePoints } from './points.ts'
import type { ShapeName } from './points.ts'

/** What can be chosen. */
export interface Choices {
  readonly shape: ShapeName
  readonly lr: number
  readonly seed: number
}

/** What is known after a picture. */
export interface Progress extends Measures {
  readonly epoch: number
}

const pointsOfEachClass = 150
const nextFrame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve))

export class Session {
  readonly camera = new Camera()
  readonly #picture: Picture
  readonly #side: number
  readonly #onProgress: (progress: Progress) => void
  #learner: Learner | null = null
  #training = false
  #drawn = true

  /** @param side points of the surface along each side */
  constructor(picture: Picture, side: number, onProgress: (progress: Progress) => void) {
    this.#picture = picture
    this.#side = side
    this.#onProgress = onProgress
  }

  get training(): boolean {
    return this.#training
  }

  /** New points and a new model; goes on if it was training. */
  async reset({ shape, lr, seed }: Choices): Promise<void> {
    const samples = this.#picture.load(makePoints(shape, pointsOfEachClass, seed))
    manualSeed(seed)
    this.#learner = new Learner(samples, lr, this.#side)
    this.redraw()
    await this.#measure()
  }

  /** Trains until `pause` is called, or up to an epoch: `pace` steps, a picture, two numbers, again. */
  async train(pace: () => number, until: number): Promise<void> {
    this.#training = true
    while (this.#training && this.#learner!.epoch < until) {
      const learner = this.#learner!
      for (let i = pace(); i > 0 && learner.epoch < until; i--) learner.step()
      this.#draw()
      await this.#measure()
      await nextFrame()
    }
    this.#training = false
  }

  pause(): void {
    this.#training = false
  }

  /** Draws at the next frame: the camera has moved, or the canvas has another size. */
  redraw(): void {
    if (!this.#drawn) return
    this.#drawn = false
    void nextFrame().then(() => this.#draw())
  }

  #draw(): void {
    this.#drawn = true
    noGrad(() => {
      const surface = this.#learner!.surface(this.camera)
      this.#picture.draw(surface, this.#side, this.camera)
      surface.dispose()
    })
  }

  async #measure(): Promise<void> {
    const learner = this.#learner!
    const measures = await learner.measure()
    if (learner === this.#learner) this.#onProgress({ epoch: learner.epoch, ...measures })
  }
}
