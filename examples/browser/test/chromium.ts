// A Chromium of the system, started so that WebGPU runs on its software adapter where there is no GPU.
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium } from 'playwright-core'
import type { Browser } from 'playwright-core'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** The path of a browser: $TT_CHROMIUM, or the first on the search path; null if there is none. */
export function findChromium(): string | null {
  const given = process.env['TT_CHROMIUM']
  const candidates =
    given !== undefined
      ? [given]
      : (process.env['PATH'] ?? '')
          .split(delimiter)
          .flatMap((folder) => names.map((name) => join(folder, name)))
  return candidates.find(isExecutable) ?? null
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

// WebGPU without a GPU: all three of Vulkan, --use-vulkan and --use-angle are needed, or a canvas cannot be drawn to.
const flags = [
  '--no-sandbox', // tests run as root in containers
  '--enable-unsafe-webgpu',
  '--enable-features=Vulkan',
  '--use-vulkan=swiftshader',
  '--use-angle=swiftshader',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Starts it, without a window. */
export const launch = (executablePath: string, without: readonly string[] = []): Promise<Browser> =>
  chromium.launch({ executablePath, args: flags.filter((flag) => !without.includes(flag)) })
