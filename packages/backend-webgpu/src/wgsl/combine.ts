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
    parameters: `${workgroup},
  @builtin(subgroup_id) subgroup: u32, @builtin(num_subgroups) subgroup_count: u32,
  @builtin(subgroup_size) subgroup_lanes: u32, @builtin(subgroup_invocation_id) subgroup_lane: u32`,
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
const leastSubgroup = 4 // of WGSL
