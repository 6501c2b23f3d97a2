// Fails unless WebGPU's adapter in Node is the one that a leg of CI is for.
//   node .ci/adapter.mjs PART_OF_ITS_NAME FEATURE...
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const [name, ...features] = process.argv.slice(2)
const require = createRequire(join(import.meta.dirname, '../packages/backend-webgpu/package.json'))
const { create } = await import(pathToFileURL(require.resolve('webgpu')).href)
const gpu = create([])
const adapter = await gpu.requestAdapter()
const found =
  adapter === null ? 'none' : `${adapter.info.description} with ${[...adapter.features].join(' ')}`
const right =
  adapter?.info.description.includes(name) && features.every((feature) => adapter.features.has(feature))
console.log(`CI: the adapter must be ${name} with ${features.join(' ')}, got ${found}`)
process.exit(right ? 0 : 1)
