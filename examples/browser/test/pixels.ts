// What a canvas shows, from a screenshot: read by the browser itself, so that no decoder is needed.
import type { Page } from 'playwright-core'

/** Shares of the pixels: which of red, green and blue is the strongest by a clear lead, and how many colours there are. */
export interface Pixels {
  readonly red: number
  readonly green: number
  readonly blue: number
  readonly colours: number
}

export async function pixelsOf(page: Page, selector: string): Promise<Pixels> {
  const png = (await page.locator(selector).screenshot()).toString('base64')
  return page.evaluate(async (data) => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob())
    const context = new OffscreenCanvas(image.width, image.height).getContext('2d')!
    context.drawImage(image, 0, 0)
    const { data: bytes } = context.getImageData(0, 0, image.width, image.height)
    const strongest = [0, 0, 0]
    const colours = new Set<number>()
    for (let i = 0; i < bytes.length; i += 4) {
      const rgb = [bytes[i], bytes[i + 1], bytes[i + 2]]
      const most = Math.max(...rgb)
      if (most - Math.min(...rgb) > 25) strongest[rgb.indexOf(most)]++
      colours.add((rgb[0] << 16) | (rgb[1] << 8) | rgb[2])
    }
    const [red, green, blue] = strongest.map((count) => count / (bytes.length / 4))
    return { red, green, blue, colours: colours.size }
  }, png)
}
