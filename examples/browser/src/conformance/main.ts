// The conformance page. Its address says what to run: ?device=cpu&device=webgpu&filter=matmul&every=5&threads=2&run
import { devices, runKit } from './kit.ts'
import type { DeviceResult, Selection, TestedDevice } from './kit.ts'
import { renderError, renderResult } from './report.ts'

/** What a test reads: `window.conformance`. */
export interface ConformanceState {
  state: 'idle' | 'running' | 'done'
  readonly results: Partial<Record<TestedDevice, DeviceResult>>
  /** Why a device could not be used at all. */
  readonly errors: Partial<Record<TestedDevice, string>>
}

const state: ConformanceState = { state: 'idle', results: {}, errors: {} }
Object.assign(window, { conformance: state })

const form = document.querySelector<HTMLFormElement>('#selection')!
const fields = form.elements as typeof form.elements &
  Record<'filter' | 'every' | 'threads', HTMLInputElement>
const results = document.querySelector<HTMLElement>('#results')!
document.querySelector('#environment')!.textContent = crossOriginIsolated
  ? 'isolated: shared memory'
  : 'not isolated: no threads'

const query = new URLSearchParams(location.search)
const asked = query.getAll('device')
for (const box of form.querySelectorAll<HTMLInputElement>('[name=device]'))
  box.checked = asked.length === 0 || asked.includes(box.value)
fields.filter.value = query.get('filter') ?? ''
fields.every.value = query.get('every') ?? '1'
fields.threads.value = query.get('threads') ?? '1'

form.addEventListener('submit', (event) => {
  event.preventDefault()
  void run()
})
if (query.has('run')) void run()

async function run(): Promise<void> {
  const data = new FormData(form)
  const chosen = devices.filter((device) => data.getAll('device').includes(device))
  const selection: Selection = {
    filter: fields.filter.value,
    every: fields.every.valueAsNumber,
    threads: fields.threads.valueAsNumber,
  }
  setState('running')
  Object.assign(state, { results: {}, errors: {} })
  results.replaceChildren(...chosen.map(cardFor))
  for (const device of chosen) {
    const card = results.querySelector<HTMLElement>(`[data-device=${device}]`)!
    try {
      await runKit(device, selection, (result) => {
        state.results[device] = result
        renderResult(card, result)
      })
    } catch (error) {
      state.errors[device] = error instanceof Error ? error.message : String(error)
      renderError(card, device, state.errors[device])
    }
  }
  setState('done')
}

function setState(value: ConformanceState['state']): void {
  state.state = value
  document.documentElement.dataset['state'] = value
  form.querySelector('button')!.disabled = value === 'running'
}

function cardFor(device: TestedDevice): HTMLElement {
  const card = document.createElement('section')
  card.className = 'card'
  card.dataset['device'] = device
  card.innerHTML = `<h2>${device}</h2><p class="quiet">waits</p>`
  return card
}
