// Running combinations of a part of a line by a workgroup, a tile at a time: neighbouring threads load and store
// neighbours, and each combines four of them.
import type { Combine } from '@tt/tensor'
import { combineForms, identities, itemsBefore } from '../wgsl/combine.ts'
import { beats } from './arg-reduce.ts'

/** Threads of the workgroup. */
export const scanGroup = 256
/** Elements of a tile. */
export const groupTile = 4 * scanGroup

/** What the kernel is made of: WGSL of its words, and of an element at the place `p` of line `line`. */
export interface GroupScan {
  readonly n: string
  readonly row: string
  readonly total: string
  readonly partCount: string
  readonly partLength: string
  readonly line: string
  load(p: string): string
  position(p: string): string
  store(value: string, found: string): string
  /** Total of the parts before part `i`, and its position; empty if there is none. */
  readonly before: readonly string[]
  /** Whether the elements are stored, or else the total. */
  readonly toResults: boolean
}

/** WGSL of the kernel. */
export function groupScan(
  mode: Combine,
  type: 'f32' | 'i32',
  positions: boolean,
  subgroups: boolean,
  { n, row, total, partCount, partLength, line, load, position, store, before, toResults }: GroupScan,
): string {
  const item = (value: string, found: string): string => (positions ? `Item(${value}, ${found})` : value)
  const [value, found] = positions ? ['.value', '.found'] : ['', '']
  const joined =
    positions && (mode === 'max' || mode === 'min')
      ? `if (${beats(mode, type, 'b.value', 'a.value', true)}) { return b; } return a;`
      : `return ${combineForms[mode][type]('a', 'b')};`
  const none = item(identities[mode][type], '0u')
  const scan = itemsBefore(scanGroup, positions ? ['value', 'found'] : null, subgroups)
  const four = [0, 1, 2, 3]
  return `
${positions ? `struct Item { value: ${type}, found: u32 }` : `alias Item = ${type};`}
fn join(a: Item, b: Item) -> Item { ${joined} }
var<workgroup> tile: array<Item, ${groupTile}>;
${scan.declarations}
@compute @workgroup_size(${scanGroup})
fn main(${scan.parameters}) {
  let i = group.x + group.y * (${row} / ${scanGroup}u);
  if (i >= ${n} / ${scanGroup}u) { return; }
  let line = i / ${partCount};
  let part = i % ${partCount};
  ${line}
  let start = part * ${partLength};
  let end = min(start + ${partLength}, ${total});
  var carry = ${none};
  ${before.length > 0 ? `if (part > 0u) { carry = ${item(`bitcast<${type}>(${before[0]})`, before[1])}; }` : ''}
  for (var first = start; first < end; first += ${groupTile}u) {
    for (var k = 0u; k < 4u; k++) {
      let p = first + k * ${scanGroup}u + lane;
      var x = ${none};
      if (p < end) { x = ${item(load('p'), position('p'))}; }
      tile[k * ${scanGroup}u + lane] = x;
    }
    workgroupBarrier();
    let a0 = tile[lane * 4u];
    ${[1, 2, 3].map((k) => `let a${k} = join(a${k - 1}, tile[lane * 4u + ${k}u]);`).join(' ')}
    var before = carry;
    ${scan.code('a3', 'before', 'carry')}
    ${
      toResults
        ? `${four.map((k) => `tile[lane * 4u + ${k}u] = join(before, a${k});`).join(' ')}
    workgroupBarrier();
    for (var k = 0u; k < 4u; k++) {
      let p = first + k * ${scanGroup}u + lane;
      let done = tile[k * ${scanGroup}u + lane];
      if (p < end) { ${store(`done${value}`, `done${found}`)} }
    }`
        : ''
    }
    workgroupBarrier();
  }
  ${toResults ? '' : `if (lane == 0u) { ${store(`carry${value}`, `carry${found}`)} }`}
}`
}
