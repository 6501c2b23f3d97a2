// What draws the surface and the points; one kind for WebGPU, one for the cpu backend.
import type { Tensor } from '@tt/autograd'
import type { Camera } from './camera.ts'
import type { Samples } from './learner.ts'
import type { Points } from './points.ts'

export interface Picture {
  /** Puts the points on the device, as tensors to train on and as something to draw. */
  load(points: Points): Samples
  /** Draws probabilities ([side², classes], see Learner.surface) and the points over them. */
  draw(surface: Tensor, side: number, camera: Camera): void
}

/** Radius of a point in CSS pixels. */
export const pointRadius = 4.2
