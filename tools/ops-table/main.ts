// pnpm ops-table [DEVICE ...]: writes docs/ops.md; without arguments for cpu and webgpu.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openers } from '../goldens/src/device.ts'
import { pageOf, tryAll } from './table.ts'

const page = join(import.meta.dirname, '../../docs/ops.md')
const given = process.argv.slice(2)
const devices = given.length > 0 ? given : ['cpu', 'webgpu']
for (const device of devices) await openers[device]()
const rows = await tryAll(devices)
writeFileSync(page, pageOf(rows, devices))
console.log(`docs/ops.md: ${rows.length} ops on ${devices.join(', ')}`)
process.exit(0) // a device may keep the process alive
