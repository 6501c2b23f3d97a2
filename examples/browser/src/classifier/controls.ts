// Moving the camera by pointer and wheel, and keeping the canvas as sharp as the screen.
import type { Camera } from './camera.ts'

/** Drag to move, wheel to zoom, double-click to see all. */
export function moveByPointer(canvas: HTMLCanvasElement, camera: Camera, changed: () => void): void {
  // Of the canvas: −1 to 1, upwards.
  const clip = (event: MouseEvent): readonly [number, number] => {
    const { left, top, width, height } = canvas.getBoundingClientRect()
    return [(2 * (event.clientX - left)) / width - 1, 1 - (2 * (event.clientY - top)) / height]
  }
  canvas.addEventListener('pointerdown', (event) => canvas.setPointerCapture(event.pointerId))
  canvas.addEventListener('pointermove', (event) => {
    if (!canvas.hasPointerCapture(event.pointerId)) return
    camera.pan((2 * event.movementX) / canvas.clientWidth, (-2 * event.movementY) / canvas.clientHeight)
    changed()
  })
  canvas.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault()
      camera.zoomAt(...clip(event), Math.exp(-event.deltaY / 500))
      changed()
    },
    { passive: false },
  )
  canvas.addEventListener('dblclick', () => {
    camera.reset()
    changed()
  })
}

/** Gives the canvas the pixels of its place, now and when that changes. */
export function fitToPlace(canvas: HTMLCanvasElement, camera: Camera, changed: () => void): void {
  const fit = (): void => {
    canvas.width = Math.max(1, Math.round(canvas.clientWidth * devicePixelRatio))
    canvas.height = Math.max(1, Math.round(canvas.clientHeight * devicePixelRatio))
    camera.setAspect(canvas.width / canvas.height)
  }
  fit()
  new ResizeObserver(() => {
    fit()
    changed()
  }).observe(canvas)
}
