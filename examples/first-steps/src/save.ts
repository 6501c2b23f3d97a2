// Writes a picture to examples/first-steps/out, and says where it is.
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export function save(name: string, content: string): void {
  const folder = fileURLToPath(new URL('../out/', import.meta.url))
  mkdirSync(folder, { recursive: true })
  writeFileSync(folder + name, content)
  console.log(`plot: ${folder}${name}`)
}
