// How many threads reduce to each output, and how they come together.
import { groupSize } from './program.ts'

/** Threads of a workgroup that reduces to one output. */
export const workgroupLanes = 256
/** Outputs that a workgroup of the form 'tile' has beside each other, and threads for each. */
export const tileWidth = 32
export const tileLanes = 8

/** How the elements of an output are gone through. */
export interface Plan {
  readonly form:
    | 'alone' // by one thread
    | 'group' // by a workgroup
    | 'tile' // by the threads of a column of a workgroup, whose rows are neighbouring outputs
  /** By so many of them; if more than one, their results are left in a buffer, for a second reduction. */
  readonly parts: number
}

// Workgroups that keep a large GPU busy, and elements that are worth a thread.
const busyGroups = 2048
const fewElements = 32

/**
 * The plan for `outputs` outputs of `many` elements each; `across`: neighbouring outputs are of neighbouring elements.
 * Enough threads to fill the device, enough elements for each.
 */
export function planReduce(many: number, outputs: number, across: boolean, barrierFree: boolean): Plan {
  if (barrierFree) {
    const threads = 256
    if (many <= 64 || outputs >= threads * 4) return { form: 'alone', parts: 1 }
    const parts = Math.min(Math.ceil(many / 32), Math.ceil(threads / outputs))
    return { form: 'alone', parts: parts <= 1 ? 1 : Math.max(parts, Math.min(1024, Math.ceil(many / 1024))) }
  }
  if (many <= 4) return { form: 'alone', parts: 1 }
  if (across) {
    if (outputs >= busyGroups * groupSize) return { form: 'alone', parts: 1 }
    return { form: 'tile', parts: partsFor(many / tileLanes, Math.ceil(outputs / tileWidth)) }
  }
  // many workgroups of little work take longer to start than their elements to come
  if (outputs >= (many <= 64 ? 4096 : busyGroups * groupSize) && many <= 512)
    return { form: 'alone', parts: 1 }
  return { form: 'group', parts: partsFor(many / workgroupLanes, outputs) }
}

// For `each` elements of a thread and `groups` workgroups
const partsFor = (each: number, groups: number): number =>
  each <= 2 * fewElements
    ? 1
    : Math.max(1, Math.min(Math.ceil(busyGroups / groups), Math.ceil(each / fewElements)))

/** The plan for the second reduction. */
export const planRest = (parts: number, barrierFree: boolean): Plan => ({
  form: barrierFree || parts <= 16 ? 'alone' : 'group',
  parts: 1,
})

/** Workgroups of a plan, their size, and how far apart the elements of a thread are. */
export function workgroupsOf(
  { form, parts }: Plan,
  outputs: number,
): { size: number; groups: number; lanes: number } {
  if (form === 'group')
    return { size: workgroupLanes, groups: outputs * parts, lanes: workgroupLanes * parts }
  if (form === 'tile') {
    const groups = Math.ceil(outputs / tileWidth) * parts
    return { size: tileWidth * tileLanes, groups, lanes: tileLanes * parts }
  }
  return { size: groupSize, groups: Math.ceil((outputs * parts) / groupSize), lanes: parts }
}
