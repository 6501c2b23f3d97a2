// Browsers, Deno, Bun: no collection can be forced.
import type { Platform } from './platform.ts'

/** The platform of everything that is not Node. */
export const platform: Platform = { collector: null }
