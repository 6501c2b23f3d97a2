// pnpm bench: medians of this library and its peers, in one run on one machine.
// For webgpu, VK_ICD_FILENAMES chooses the Vulkan driver; without any of the system it is SwiftShader out of npm.
import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { cases } from './cases.ts'
import type { Case, Engine } from './cases.ts'
import { provideGpu } from './adapter.ts'
import { measure } from './measure.ts'
import type { Measurement } from './measure.ts'
import { formatRow } from './report.ts'
import type { Row } from './report.ts'

const usage = `pnpm bench [options]
  --only TEXT    cases whose name contains it; may be repeated
  --device NAME  cpu or webgpu (default cpu)
  --budget MS    time per case and engine (default 400)
  --threads N    of ours and PyTorch (default: all cores)
  --no-peers     only this library
  --json FILE    write all numbers
  --help         print this`

const { values: options } = parseArgs({
  // pnpm hands on the -- that separates its own options
  args: process.argv.slice(2).filter((argument, i) => !(i === 0 && argument === '--')),
  options: {
    only: { type: 'string', multiple: true, default: [] },
    json: { type: 'string' },
    device: { type: 'string', default: 'cpu' },
    budget: { type: 'string', default: '400' },
    threads: { type: 'string', default: String(cpus().length) },
    'no-peers': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
if (options.help) {
  console.log(usage)
  process.exit(0)
}
const budget = Number(options.budget)
if (!(budget > 0))
  throw new RangeError(`bench: --budget must be a positive number of milliseconds, got ${options.budget}.`)
const wanted = cases.filter(
  ({ name }) => options.only.length === 0 || options.only.some((text) => name.includes(text)),
)
if (wanted.length === 0)
  throw new RangeError(
    `bench: --only must match a case, got ${options.only.join(', ')}. Cases: ${cases.map((c) => c.name).join(', ')}`,
  )

/** Engines that load; one that does not is named with the reason. */
async function loadEngines(): Promise<Engine[]> {
  const { load } = await import('./engines/tt.ts')
  const engines = [await load(options.device, Number(options.threads))]
  if (options['no-peers']) return engines
  for (const file of options.device === 'cpu' ? ['js', 'jax', 'tfjs'] : ['jax', 'tfjs']) {
    try {
      const peer = (await import(`./engines/${file}.ts`)) as { load: (device: string) => Promise<Engine> }
      engines.push(await peer.load(options.device))
    } catch (error) {
      console.error(`${file}: left out: ${(error as Error).message}`)
    }
  }
  return engines
}

async function measureCase(engine: Engine, { name, inner }: Case): Promise<Measurement | string> {
  const prepare = engine.cases[name]
  if (prepare === undefined) return 'not in this engine'
  try {
    return await measure(await prepare(), engine.finish, inner, budget)
  } catch (error) {
    return `fails: ${(error as Error).message.split('\n')[0]}`
  }
}

/** PyTorch's numbers, where the system's Python has it. */
async function torchResults(threads: number): Promise<Record<string, Measurement> | null> {
  const script = fileURLToPath(new URL('torch.py', import.meta.url))
  try {
    const { stdout } = await promisify(execFile)('/usr/bin/python3', [
      script,
      String(threads),
      String(budget),
      ...wanted.map((c) => c.name),
    ])
    return (JSON.parse(stdout) as { cases: Record<string, Measurement> }).cases
  } catch {
    return null
  }
}

const adapter = options.device === 'webgpu' ? await provideGpu() : null
const engines = await loadEngines()
const torch =
  options['no-peers'] || options.device !== 'cpu' ? null : await torchResults(Number(options.threads))
console.log(
  `${cpus()[0].model}, ${cpus().length} cores, Node ${process.version}; medians of ${budget} ms each`,
)
if (adapter !== null) console.log(`GPU: ${adapter}`)
console.log(
  `${engines.map(({ name, version }) => `${name} ${version}`).join(', ')}${torch ? ', PyTorch; tt and PyTorch' : '; tt'} on ${options.threads} thread(s); "2x": we are twice as fast\n`,
)
const results: Record<string, Row> = {}
for (const item of wanted) {
  const row: Row = {}
  for (const engine of engines) row[engine.name] = await measureCase(engine, item)
  if (torch?.[item.name]) row['PyTorch'] = torch[item.name]
  results[item.name] = row
  console.log([`${item.name}: ${item.describe}`, ...formatRow(item, row)].join('\n'))
}
if (options.json) {
  const about = {
    date: new Date().toISOString(),
    cpu: cpus()[0].model,
    cores: cpus().length,
    node: process.version,
    device: options.device,
    adapter,
  }
  writeFileSync(options.json, `${JSON.stringify({ about, results }, null, 1)}\n`)
}
process.exit(0)
