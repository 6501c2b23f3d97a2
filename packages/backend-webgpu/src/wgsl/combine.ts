// How values are combined: two of them, and those of all lanes of a workgroup, by subgroups where the device has them and
// else by a tree in workgroup memory.
import type { Combine } from '@tt/tensor'
import type { Scalar } from './storage-format.ts'

/** WGSL that combines two values. */
export const combineForms: Readonly<
  Record<Combine, Readonly<Record<Scalar, (x: string, y: string) => string>>>
> = {
  sum: { f32: (x, y) => `${x} + ${y}`, i32: (x, y) => `${x} + ${y}` },
  prod: { f32: (x, y) => `${x} * ${y}`, i32: (x, y) => `${x} * ${y}` },
  max: { f32: (x, y) => `tt_max(${x}, ${y})`, i32: (x, y) => `max(${x}, ${y})` },
  min: { f32: (x, y) => `tt_min(${x}, ${y})`, i32: (x, y) => `min(${x}, ${y})` },
}
/** WGSL of what combining nothing gives. */
export const identities: Readonly<Record<Combine, Readonly<Record<Scalar, string>>>> = {
  sum: { f32: '0f', i32: '0i' },
  prod: { f32: '1f', i32: '1i' },
  max: { f32: '(-tt_inf())', i32: 'i32(-2147483648)' },
  min: { f32: 'tt_inf()', i32: '2147483647i' },
}

/** WGSL of a workgroup whose lanes combine values of one type. */
export interface Lanes {
  /** Goes before main. */
  readonly declarations: string
  /** What main gets: `group`, `lane` and what `fold` needs. */
  readonly parameters: string
  /** Makes `total` of every lane that of all; where all lanes of the workgroup get to. */
  fold(total: string, combine: Combine): string
}

/** The lanes of a workgroup of `count`, a power of two; `subgroups`: the device has them, and their numbers. */
export function lanesCode(count: number, type: Scalar, subgroups: boolean): Lanes {
  const workgroup = '@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32'
  if (!subgroups) {
    return {
      declarations: `var<workgroup> lane_totals: array<${type}, ${count}>;`,
      parameters: workgroup,
      fold: (total, combine) => `
  workgroupBarrier();
  lane_totals[lane] = ${total};
  for (var step = ${count / 2}u; step > 0u; step >>= 1u) {
    workgroupBarrier();
    if (lane < step) {
      lane_totals[lane] = ${combineForms[combine][type]('lane_totals[lane]', 'lane_totals[lane + step]')};
    }
  }
  workgroupBarrier();
  ${total} = lane_totals[0];`,
    }
  }
  // The lanes of a subgroup, of which some may be missing if it is larger than the workgroup. By exchange, as the
  // built-in subgroupMax may lose NaN; every lane gets the same, as each step combines the same two values in both.
  const exchange = (total: string, combine: Combine): string => `
  for (var step = min(subgroup_lanes, ${count}u) >> 1u; step > 0u; step >>= 1u) {
    ${total} = ${combineForms[combine][type](total, `subgroupShuffleXor(${total}, step)`)};
  }`
  return {
    declarations: `var<workgroup> subgroup_totals: array<${type}, ${count / leastSubgroup}>;`,
    parameters: `${workgroup}, ${subgroupParameters}`,
    fold: (total, combine) => `${exchange(total, combine)}
  workgroupBarrier();
  if (subgroup_lane == 0u) { subgroup_totals[subgroup] = ${total}; }
  workgroupBarrier();
  ${total} = ${identities[combine][type]};
  for (var k = subgroup_lane; k < subgroup_count; k += subgroup_lanes) {
    ${total} = ${combineForms[combine][type](total, 'subgroup_totals[k]')};
  }${exchange(total, combine)}`,
  }
}

/** WGSL that combines the items of the lanes before each lane, in their order, by a function `join` of two. */
export interface LanesBefore {
  readonly declarations: string
  /** What main gets: `group`, `lane` and what `code` needs. */
  readonly parameters: string
  /**
   * Joins to `before` the items of the lanes before, and to `all` those of all lanes; where all lanes of the workgroup
   * get to, a barrier before and after.
   */
  code(own: string, before: string, all: string): string
}

/** For the lanes of a workgroup of `count`; `fields`: those of the struct Item, null if it is a number. */
export function itemsBefore(
  count: number,
  fields: readonly string[] | null,
  subgroups: boolean,
): LanesBefore {
  const workgroup = '@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32'
  if (!subgroups) {
    return {
      declarations: `var<workgroup> lane_items: array<Item, ${count}>;`,
      parameters: workgroup,
      code: (own, before, all) => `
  var sum = ${own};
  lane_items[lane] = sum;
  for (var step = 1u; step < ${count}u; step <<= 1u) {
    workgroupBarrier();
    if (lane >= step) { sum = join(lane_items[lane - step], sum); }
    workgroupBarrier();
    lane_items[lane] = sum;
  }
  workgroupBarrier();
  if (lane > 0u) { ${before} = join(${before}, lane_items[lane - 1u]); }
  ${all} = join(${all}, lane_items[${count - 1}]);`,
    }
  }
  const up =
    fields === null
      ? 'subgroupShuffleUp(x, by)'
      : `Item(${fields.map((f) => `subgroupShuffleUp(x.${f}, by)`).join(', ')})`
  return {
    declarations: `fn lanes_up(x: Item, by: u32) -> Item { return ${up}; }
var<workgroup> subgroup_items: array<Item, ${count / leastSubgroup}>;`,
    parameters: `${workgroup}, ${subgroupParameters}`,
    code: (own, before, all) => `
  var sum = ${own};
  for (var step = 1u; step < subgroup_lanes; step <<= 1u) {
    let lower = lanes_up(sum, step);
    if (subgroup_lane >= step) { sum = join(lower, sum); }
  }
  let lower = lanes_up(sum, 1u);
  if (subgroup_lane == subgroup_lanes - 1u) { subgroup_items[subgroup] = sum; }
  workgroupBarrier();
  for (var k = 0u; k < subgroup_count; k++) {
    if (k == subgroup) { ${before} = ${all}; }
    ${all} = join(${all}, subgroup_items[k]);
  }
  if (subgroup_lane > 0u) { ${before} = join(${before}, lower); }`,
  }
}
const leastSubgroup = 4 // of WGSL
const subgroupParameters = `@builtin(subgroup_id) subgroup: u32, @builtin(num_subgroups) subgroup_count: u32,
  @builtin(subgroup_size) subgroup_lanes: u32, @builtin(subgroup_invocation_id) subgroup_lane: u32`
