// A device's result as a card of the page.
import type { Counts, DeviceResult } from './kit.ts'

type Child = Node | string

function element(tag: string, className: string, ...children: readonly Child[]): HTMLElement {
  const node = document.createElement(tag)
  node.className = className
  node.append(...children)
  return node
}

/** Shows the counts, the families and what failed. */
export function renderResult(card: HTMLElement, result: DeviceResult): void {
  const { device, description, failures, skips } = result
  card.replaceChildren(
    element(
      'div',
      'head',
      element('h2', '', device),
      element('span', 'quiet', `${description} · ${result.seconds.toFixed(1)} s`),
    ),
    element(
      'div',
      'counts number',
      count(result.passed, 'passed', 'good'),
      count(result.failed, 'failed', result.failed > 0 ? 'bad' : 'quiet'),
      count(result.skipped, 'skipped', result.skipped > 0 ? 'skip' : 'quiet'),
      element('span', 'quiet', `of ${result.total}`),
    ),
    track(result),
    ...listOf(
      'Failures',
      failures.map(({ name, message }) => `${name}: ${message}`),
      'bad',
      true,
    ),
    ...listOf('Skipped, and why', skips, 'skip', false),
    familyTable(result),
  )
}

/** Shows why a device cannot be used. */
export function renderError(card: HTMLElement, device: string, message: string): void {
  card.replaceChildren(element('h2', '', device), element('p', 'bad', message))
}

const count = (n: number, what: string, className: string): HTMLElement =>
  element('span', className, element('b', '', String(n)), ` ${what}`)

function track({ total, passed, failed, skipped }: Counts): HTMLElement {
  const part = (n: number, className: string): HTMLElement => {
    const node = element('span', className)
    node.style.width = `${(100 * n) / Math.max(1, total)}%`
    return node
  }
  return element('div', 'track', part(passed, 'good'), part(failed, 'bad'), part(skipped, 'skip'))
}

function listOf(title: string, items: readonly string[], className: string, open: boolean): HTMLElement[] {
  if (items.length === 0) return []
  const details = element(
    'details',
    '',
    element('summary', className, `${title} (${items.length})`),
    element('ul', '', ...items.map((text) => element('li', '', element('code', '', text)))),
  )
  details.toggleAttribute('open', open)
  return [details]
}

function familyTable({ families }: DeviceResult): HTMLElement {
  const row = (cells: readonly Child[], tag: string): HTMLElement =>
    element('tr', '', ...cells.map((cell) => element(tag, '', cell)))
  const rows = [...families].map(([name, { total, passed, failed, skipped }]) => {
    const done = passed + failed + skipped === total
    const mark = failed > 0 ? element('span', 'bad', '✗ ') : element('span', 'good', done ? '✓ ' : '· ')
    return row([element('span', '', mark, name), String(passed), String(failed), String(skipped)], 'td')
  })
  return element(
    'table',
    'number',
    element('thead', '', row(['family', 'passed', 'failed', 'skipped'], 'th')),
    ...rows,
  )
}
