// The page of the demo. Its address may say what to do: ?shape=moons&seed=1&device=cpu&pace=5&epochs=300&run
import { fitToPlace, moveByPointer } from './controls.ts'
import { Curve } from './curve.ts'
import { open } from './open.ts'
import { onThemeChange } from './palette.ts'
import { isShape, shapes } from './points.ts'
import { Session } from './session.ts'
import type { Choices, Progress } from './session.ts'

/** What a test reads: `window.classifier`. */
export interface ClassifierState extends Progress {
  readonly state: 'starting' | 'paused' | 'training' | 'failed'
  readonly device: 'webgpu' | 'cpu' | null
  /** Of the device, see open.ts. */
  readonly memoryBytes: number
  /** What the page tells the user, if anything. */
  readonly message: string
}

const find = <T extends Element>(selector: string): T => document.querySelector<T>(selector)!
const form = find<HTMLFormElement>('form')
const fields = form.elements as typeof form.elements &
  Record<'shape' | 'lr' | 'pace', HTMLSelectElement> &
  Record<'seed', HTMLInputElement> &
  Record<'toggle' | 'reset', HTMLButtonElement>
const query = new URLSearchParams(location.search)
const curve = new Curve(find('#curve'))

let state: ClassifierState = {
  state: 'starting',
  device: null,
  memoryBytes: 0,
  message: '',
  epoch: 0,
  loss: NaN,
  accuracy: NaN,
}
update({})

function update(change: Partial<ClassifierState>): void {
  state = { ...state, ...change }
  Object.assign(window, { classifier: state })
  find('#message').textContent = state.message
  find('#message').toggleAttribute('hidden', state.message === '')
  find('#message').classList.toggle('error', state.state === 'failed')
  find('#memory').textContent = `${(state.memoryBytes / 2 ** 20).toFixed(0)} MB`
  find('#epoch').textContent = String(state.epoch)
  find('#loss').textContent = Number.isNaN(state.loss) ? '–' : state.loss.toFixed(3)
  find('#accuracy').textContent = Number.isNaN(state.accuracy)
    ? '–'
    : `${(100 * state.accuracy).toFixed(1)} %`
  fields.toggle.textContent = state.state === 'training' ? 'Pause' : 'Start'
  fields.toggle.disabled = state.state === 'failed' || state.state === 'starting'
}

const fail = (message: string): void => update({ state: 'failed', message })

function choices(): Choices {
  const { shape, lr, seed } = fields
  return {
    shape: isShape(shape.value) ? shape.value : 'spirals',
    lr: Number(lr.value),
    seed: seed.valueAsNumber || 0,
  }
}

async function start(): Promise<void> {
  fields.shape.append(...Object.keys(shapes).map((name) => new Option(name)))
  for (const name of ['shape', 'lr', 'pace', 'seed'] as const) {
    const asked = query.get(name)
    if (asked !== null) fields[name].value = asked
  }
  const until = Number(query.get('epochs') ?? Infinity)

  const canvas = find<HTMLCanvasElement>('#picture')
  const onLost = (message: string): void =>
    fail(`The GPU was lost: ${message}. Reload the page to start again.`)
  const opened = await open(canvas, query.get('device'), onLost)
  const { device, picture, side, description, reason, memoryBytes } = opened
  find('#device').textContent = description
  const fallback = 'This runs on the cpu backend, drawn by a 2d canvas, because WebGPU is not used: '
  update({ device, message: device === 'cpu' ? fallback + reason : '' })

  const session = new Session(picture, side, (progress) => {
    curve.add(progress.epoch, progress.loss)
    update({ ...progress, memoryBytes: memoryBytes() })
  })
  const guarded = (work: () => Promise<void>): void =>
    void work().catch((error: unknown) => fail(error instanceof Error ? error.message : String(error)))
  const redraw = (): void => session.redraw()
  const reset = (): void => {
    curve.clear()
    guarded(() => session.reset(choices()))
  }
  const toggle = (): void => {
    if (session.training) return session.pause()
    update({ state: 'training' })
    guarded(async () => {
      await session.train(() => Number(fields.pace.value), until)
      if (state.state === 'training') update({ state: 'paused' })
    })
  }

  fitToPlace(canvas, session.camera, redraw)
  await session.reset(choices())
  moveByPointer(canvas, session.camera, redraw)
  onThemeChange(redraw)
  fields.toggle.addEventListener('click', toggle)
  fields.reset.addEventListener('click', reset)
  for (const field of [fields.shape, fields.lr, fields.seed]) field.addEventListener('change', reset)
  update({ state: 'paused' })
  if (query.has('run')) toggle()
}

await start().catch((error: unknown) => fail(error instanceof Error ? error.message : String(error)))
