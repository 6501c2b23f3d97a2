// The loss over the epochs, on a logarithmic scale, as a line of SVG.
const width = 300
const height = 90
const most = 300 // points: every second one goes when there are more

export class Curve {
  readonly #line: SVGPolylineElement
  #values: { readonly epoch: number; readonly loss: number }[] = []

  constructor(svg: SVGSVGElement) {
    svg.setAttribute('viewBox', `0 0 ${width} ${height}`)
    svg.setAttribute('preserveAspectRatio', 'none')
    this.#line = document.createElementNS(svg.namespaceURI, 'polyline') as SVGPolylineElement
    svg.replaceChildren(this.#line)
  }

  clear(): void {
    this.#values = []
    this.#line.setAttribute('points', '')
  }

  add(epoch: number, loss: number): void {
    this.#values.push({ epoch, loss: Math.log(Math.max(loss, 1e-6)) })
    if (this.#values.length > most) this.#values = this.#values.filter((_, i) => i % 2 === 1)
    const losses = this.#values.map(({ loss: value }) => value)
    const [low, high, last] = [Math.min(...losses), Math.max(...losses), Math.max(1, epoch)]
    const points = this.#values.map(({ epoch: at, loss: value }) => {
      const down = high === low ? 0.5 : (high - value) / (high - low)
      return `${((width * at) / last).toFixed(1)},${(4 + (height - 8) * down).toFixed(1)}`
    })
    this.#line.setAttribute('points', points.join(' '))
  }
}
