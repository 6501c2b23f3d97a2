// The kernels of partition.ts in the form for GPUs: a workgroup for each part, which it first puts in order in its own
// memory, so that keys of one digit are written side by side.

/** Threads of a workgroup. */
export const groupLanes = 256
const keysPerLane = 8
/** Keys of a part. */
export const groupPart = groupLanes * keysPerLane

/** Names of what the kernels use. */
export interface PartNames {
  /** Number of parts of all lines, threads in a row of workgroups, size of a line, parts of a line, keys of a part. */
  readonly n: string
  readonly row: string
  readonly length: string
  readonly perLine: string
  readonly partLength: string
  readonly keys: string
  readonly counts: string
  readonly totals?: string
}

export const groupHead = ({ n, row }: { n: string; row: string }): string => `
@compute @workgroup_size(${groupLanes})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let i = group.x + group.y * (${row} / ${groupLanes}u);
  if (i >= ${n}) { return; }`
const partHead = (names: PartNames): string => `${groupHead(names)}
  let line = i / ${names.perLine};
  let part = i % ${names.perLine};
  let start = line * ${names.length} + part * ${names.partLength};
  let end = min(start + ${names.partLength}, (line + 1u) * ${names.length});`

/** WGSL: the sum of the values of the lanes before this one; `sum_of_lanes()` after it: of all. */
export const lanesBefore = `
var<workgroup> lane_sums: array<u32, ${groupLanes}>;
var<workgroup> chunk_sums: array<u32, ${groupLanes / 16}>;
fn lanes_before(lane: u32, value: u32) -> u32 {
  workgroupBarrier();
  lane_sums[lane] = value;
  workgroupBarrier();
  var total = 0u;
  if (lane < ${groupLanes / 16}u) {
    for (var q = lane * 16u; q < (lane + 1u) * 16u; q++) { total += lane_sums[q]; }
    chunk_sums[lane] = total;
  }
  workgroupBarrier();
  total = 0u;
  for (var q = 0u; q < lane / 16u; q++) { total += chunk_sums[q]; }
  for (var q = lane & ~15u; q < lane; q++) { total += lane_sums[q]; }
  return total;
}
fn sum_of_lanes() -> u32 {
  var total = 0u;
  for (var q = 0u; q < ${groupLanes / 16}u; q++) { total += chunk_sums[q]; }
  return total;
}`

/** Counts of each digit in each part. */
export const groupCountCode = (values: number, digit: string, names: PartNames): string => `
var<workgroup> found: array<atomic<u32>, ${values}>;
${partHead(names)}
  for (var d = lane; d < ${values}u; d += ${groupLanes}u) { atomicStore(&found[d], 0u); }
  workgroupBarrier();
  for (var p = start + lane; p < end; p += ${groupLanes}u) {
    let key = ${names.keys}[p];
    let d = ${digit};
    if (d < ${values}u) { atomicAdd(&found[d], 1u); }
  }
  workgroupBarrier();
  for (var d = lane; d < ${values}u; d += ${groupLanes}u) {
    ${names.counts}[(line * ${values}u + d) * ${names.perLine} + part] = atomicLoad(&found[d]);
  }
}`

/** Each element of a row becomes the sum of those before it; the sum of all is the row's total. */
export const rowScanCode = (n: string, row: string, length: string): string => `
${lanesBefore}
${groupHead({ n, row })}
  var carry = 0u;
  for (var p = 0u; p < ${length}; p += ${groupLanes}u) {
    let at = i * ${length} + p + lane;
    var here = 0u;
    if (p + lane < ${length}) { here = b0[at]; }
    let before = lanes_before(lane, here);
    if (p + lane < ${length}) { b0[at] = carry + before; }
    carry += sum_of_lanes();
  }
  if (lane == 0u) { b1[i] = carry; }
}`

/**
 * Puts the keys of a part in order by counting sorts of four bits of the digit each, then writes them. The counts of a
 * lane are two to a word: of the digits 0 to 7 in the lower halves, of 8 to 15 in the upper ones.
 */
export function groupMoveCode(
  values: number,
  digit: string,
  origin: (p: string) => string,
  store: (place: string, position: string) => string,
  names: PartNames,
): string {
  const each = (code: string): string => `for (var k = 0u; k < ${keysPerLane}u; k++) { ${code} }`
  const own = `lane * ${keysPerLane}u + k`
  const striped = `k * ${groupLanes}u + lane`
  const exchange = (name: string): string => `
    ${each(`cells[place[k]] = ${name}[k];`)}
    workgroupBarrier();
    ${each(`${name}[k] = cells[select(${own}, ${striped}, isLast)];`)}`

  return `
var<workgroup> cells: array<u32, ${groupPart}>;
var<workgroup> starts: array<u32, ${values}>;
var<workgroup> bases: array<u32, ${values}>;
${lanesBefore}
fn digit_of(key: u32, line: u32) -> u32 { return ${digit}; }
${partHead(names)}
  var keys: array<u32, ${keysPerLane}>;
  var origins: array<u32, ${keysPerLane}>;
  var cell: array<u32, ${keysPerLane}>;
  var place: array<u32, ${keysPerLane}>;
  ${each(`
    let p = start + ${own};
    keys[k] = 0xffffffffu;
    if (p < end) {
      keys[k] = ${names.keys}[p];
      origins[k] = ${origin('p')};
    }`)}
  for (var low = 0u; low < ${Math.ceil(Math.log2(values))}u; low += 4u) {
    let isLast = low + 4u >= ${Math.ceil(Math.log2(values))}u;
    workgroupBarrier();
    ${each(`cells[${striped}] = 0u;`)} // the lane's own
    ${each(`
      let bits = (digit_of(keys[k], line) >> low) & 15u;
      let shift = (bits >> 3u) * 16u;
      cell[k] = (bits & 7u) * ${groupLanes}u + lane;
      place[k] = (cells[cell[k]] >> shift) & 0xffffu;
      cells[cell[k]] += 1u << shift;
      cell[k] |= shift << 16u;`)}
    workgroupBarrier();
    var sum = 0u;
    ${each(`sum += cells[${own}];`)}
    sum = lanes_before(lane, sum);
    sum += sum_of_lanes() << 16u;
    ${each(`let here = cells[${own}]; cells[${own}] = sum; sum += here;`)}
    workgroupBarrier();
    ${each('place[k] += (cells[cell[k] & 0xffffu] >> (cell[k] >> 16u)) & 0xffffu;')}
    workgroupBarrier();
    ${exchange('origins')}
    workgroupBarrier();
    ${exchange('keys')}
  }
  // the cells hold the keys in their order
  ${each(`
    let at = ${striped};
    let d = digit_of(keys[k], line);
    if (at == 0u || digit_of(cells[max(at, 1u) - 1u], line) != d) { starts[d] = at; }`)}
  var total = 0u;
  if (lane < ${values}u) { total = ${names.totals}[line * ${values}u + lane]; }
  let before = lanes_before(lane, total);
  if (lane < ${values}u) {
    bases[lane] = before + ${names.counts}[(line * ${values}u + lane) * ${names.perLine} + part];
  }
  workgroupBarrier();
  ${each(`
    let at = ${striped};
    if (at < end - start) {
      let key = keys[k];
      let d = digit_of(key, line);
      let place = bases[d] + at - starts[d];
      ${store('place', 'origins[k]')}
    }`)}
}`
}
