// Colours of the classes, as the theme wants them: red, green, blue from 0 to 1.
export type Colour = readonly [number, number, number]

export interface Palette {
  readonly background: Colour
  readonly classes: readonly Colour[]
  /** Of the line between classes, and around the points. */
  readonly ink: Colour
  /** How strongly the surface covers the background where the model is sure. */
  readonly strength: number
}

const hex = (text: string): Colour =>
  [1, 3, 5].map((at) => Number.parseInt(text.slice(at, at + 2), 16) / 255) as unknown as Colour

const light: Palette = {
  background: hex('#ffffff'),
  classes: ['#1f6feb', '#e8710a', '#1a9a5c'].map(hex),
  ink: hex('#ffffff'),
  strength: 0.55,
}
const dark: Palette = {
  background: hex('#1c1f25'),
  classes: ['#5b9dff', '#ff9142', '#4cc38a'].map(hex),
  ink: hex('#14161a'),
  strength: 0.6,
}

const darkTheme = matchMedia('(prefers-color-scheme: dark)')

/** The palette of the theme that is on now. */
export const palette = (): Palette => (darkTheme.matches ? dark : light)
/** Calls back when the theme changes. */
export const onThemeChange = (changed: () => void): void => darkTheme.addEventListener('change', changed)
