// pnpm goldens: runs PyTorch's golden cases on the packages and prints what passed, failed or is not there.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { gunzipSync } from 'node:zlib'
import * as torch from '@tt/autograd'
import * as nn from '@tt/nn'
import { setDefaultDevice } from '@tt/tensor'
import type { World } from './src/call.ts'
import { openers } from './src/device.ts'
import type { GoldenFile } from './src/format.ts'
import { formatLine, formatReasons, reportOf, totalOf } from './src/report.ts'
import type { OpReport } from './src/report.ts'
import type { Outcome } from './src/outcome.ts'
import { runCase, runError } from './src/run-case.ts'
import { readSignatures } from './src/signatures.ts'

const usage = `pnpm goldens [options]
  --dir PATH         folder of <op>.json.gz files (default ../shared/goldens/dev)
  --signatures FILE  PyTorch's signatures (default: signatures.json beside the folder)
  --only OP          this op only; may be repeated; * stands for anything
  --device NAME      cpu, reference or webgpu (default cpu)
  --json FILE        write all counts, and the reason of each case that did not pass
  -v, --verbose      print the first reasons of failures
  --help             print this`

const { values } = parseArgs({
  // pnpm hands on the -- that separates its own options
  args: process.argv.slice(2).filter((argument, i) => !(i === 0 && argument === '--')),
  options: {
    dir: { type: 'string' },
    signatures: { type: 'string' },
    only: { type: 'string', multiple: true },
    device: { type: 'string', default: 'cpu' },
    json: { type: 'string' },
    verbose: { type: 'boolean', short: 'v', default: false },
    help: { type: 'boolean', default: false },
  },
})

function fail(message: string): never {
  console.error(`goldens: ${message}`)
  process.exit(2)
}

if (values.help) {
  console.log(usage)
  process.exit(0)
}
const root = join(import.meta.dirname, '..', '..')
const dir =
  values.dir === undefined
    ? join(root, '..', 'shared', 'goldens', 'dev')
    : resolve(process.env.INIT_CWD ?? '.', values.dir)
if (!existsSync(dir)) fail(`the folder of golden files must exist, got ${dir}. Give one: --dir PATH`)
const signatures = values.signatures ?? join(dirname(dir), 'signatures.json')
if (!existsSync(signatures))
  fail(`PyTorch's signatures must exist, got ${signatures}. Give them: --signatures FILE`)
if (!Object.hasOwn(openers, values.device))
  fail(`--device must be one of ${Object.keys(openers).join(', ')}, got ${values.device}`)
await openers[values.device]().catch((error: Error) => fail(error.message))
setDefaultDevice(values.device)

const world: World = {
  packages: { torch, nn },
  signatures: readSignatures(signatures),
  device: values.device,
}
const escape = (text: string): string =>
  text.replace(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll('*', '.*')
const patterns = values.only?.map((op) => new RegExp(`^${escape(op).replaceAll('/', '__')}$`))
const files = readdirSync(dir)
  .filter((name) => name.endsWith('.json.gz') && (patterns?.some((p) => p.test(name.slice(0, -8))) ?? true))
  .sort()
if (files.length === 0)
  fail(`at least one file must match, got none in ${dir} for [${values.only?.join(', ') ?? ''}]`)

const labelOf = ({ op, opinfo_variant: variant }: GoldenFile): string =>
  variant === '' ? op : `${op}/${variant}`
const reports: OpReport[] = []
for (const name of files) {
  const file = JSON.parse(gunzipSync(readFileSync(join(dir, name))).toString()) as GoldenFile
  // One after the other: a device that runs later than the op tells of a bad index with the next read
  const outcomes: Outcome[] = []
  for (const golden of file.cases) outcomes.push(await runCase(world, file, golden))
  for (const golden of file.errors) outcomes.push(await runError(world, file, golden))
  const report = reportOf(labelOf(file), file.group, outcomes)
  reports.push(report)
  console.log(formatLine(report))
  if (values.verbose) formatReasons(report).forEach((line) => console.log(line))
}
const total = totalOf(reports)
console.log(formatLine(total))
if (values.json !== undefined) {
  writeFileSync(
    resolve(process.env.INIT_CWD ?? '.', values.json),
    JSON.stringify({ device: values.device, total, ops: reports }, null, 1),
  )
}
process.exit(total.failed > 0 ? 1 : 0)
