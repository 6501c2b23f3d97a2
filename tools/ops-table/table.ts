// The page docs/ops.md: what each op takes and where, as found by trying.
import { dtypeList, getBackend, supportsDtype } from '@tt/tensor'
import type { DType } from '@tt/tensor'
import { allOps } from './registry.ts'
import { takes, tryGradients } from './trial.ts'
import type { Order } from './trial.ts'

/** One line of the table. */
export interface Row {
  readonly name: string
  readonly aliases: readonly string[]
  readonly inPlace: boolean
  readonly order: Order
  /** By device. */
  readonly dtypes: Readonly<Record<string, readonly DType[]>>
}

/** The dtypes of a device. */
export const storedOn = (device: string): DType[] =>
  dtypeList.filter((info) => supportsDtype(getBackend(device), info)).map(({ name }) => name)

/** Tries all ops on these devices; those that the first does not run in any dtype are no ops. */
export async function tryAll(devices: readonly string[]): Promise<Row[]> {
  const rows: Row[] = []
  for (const op of allOps()) {
    const dtypes: Record<string, DType[]> = {}
    for (const device of devices) {
      dtypes[device] = []
      for (const name of storedOn(device)) if (await takes(op, name, device)) dtypes[device].push(name)
    }
    if (dtypes[devices[0]].length === 0) continue
    rows.push({
      name: op.name,
      aliases: op.aliases,
      inPlace: op.hasInPlaceForm,
      order: await tryGradients(op),
      dtypes,
    })
  }
  return rows
}

const groups = [...new Set(dtypeList.map(({ category }) => category))]

/** 'float, int64': a category where all its dtypes are there, of those that the device stores. */
function listed(dtypes: readonly DType[], all: readonly DType[]): string {
  if (dtypes.length === 0) return '–'
  if (dtypes.length === all.length) return 'all'
  return groups
    .flatMap((category) => {
      const whole = dtypeList.filter((info) => info.category === category && all.includes(info.name))
      const there = whole.filter(({ name }) => dtypes.includes(name)).map(({ name }) => name)
      return there.length === whole.length && there.length > 0 ? [category] : there
    })
    .join(', ')
}

/** The page of these rows. */
export function pageOf(rows: readonly Row[], devices: readonly string[]): string {
  const stored = Object.fromEntries(devices.map((device) => [device, storedOn(device)]))
  const lines = rows.map(({ name, aliases, inPlace, order, dtypes }) =>
    [
      [name, ...aliases].map((one) => `\`${one}\``).join(', '),
      ...devices.map((device) => listed(dtypes[device], stored[device])),
      order,
      inPlace ? `\`_\`` : '',
    ].join(' | '),
  )
  const count = (test: (row: Row) => boolean) => rows.filter(test).length
  return `# Ops

Made by \`pnpm ops-table\`, not by hand: every op is called as in the example of its docstring, with its tensors in each
dtype, on each device; a dtype is listed if the calls went through. *Gradients* says up to which order they exist
(tried in float64: \`none\`, \`first\`, \`any\`). \`_\`: there is an in-place form. \`all\` are the dtypes that the device
stores (${devices.map((device) => `${device}: ${stored[device].length}`).join(', ')}); a dash: none.

${rows.length} ops, ${count(({ order }) => order === 'any')} with gradients of any order, ${count(({ order }) => order === 'first')} with first gradients only, ${count(({ inPlace }) => inPlace)} with an in-place form.

| op | ${devices.join(' | ')} | gradients | in place |
|---|${devices.map(() => '---|').join('')}---|---|
${lines.map((line) => `| ${line} |`).join('\n')}
`
}
