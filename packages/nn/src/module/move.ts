// Moving a module: to another device, to another dtype.
import { ArgumentError, check, dtypes } from '@tt/autograd'
import type { DType, Device, Tensor, ToTarget } from '@tt/autograd'
import type { Module } from './module.ts'

/** Where a module goes, or what its floating-point tensors become. */
export type ModuleTarget = Device | DType | Tensor | { device?: Device; dtype?: DType }

/** The move of each tensor: integers keep their dtype. */
export function parseTarget(op: string, target: ModuleTarget): (tensor: Tensor) => ToTarget {
  const { device, dtype } =
    typeof target === 'string'
      ? ((Object.hasOwn(dtypes, target) ? { dtype: target as DType } : { device: target }) as {
          device?: Device
          dtype?: DType
        })
      : { device: target.device, dtype: target.dtype }
  check(
    dtype === undefined || (Object.hasOwn(dtypes, dtype) && dtypes[dtype].differentiable),
    () =>
      new ArgumentError(op, `the dtype of a module must be a floating-point or complex one, got ${dtype}`),
  )
  return (tensor) => ({
    device: device ?? tensor.device,
    dtype: dtype !== undefined && tensor.dtypeInfo.differentiable ? dtype : tensor.dtype,
  })
}

/** All parameters, their gradients, and all buffers. */
export function tensorsOf(module: Module): Tensor[] {
  return module
    .modules()
    .flatMap((part) => part.members())
    .flatMap((member): Tensor[] => {
      if (member.kind === 'module') return []
      const { grad } = member.value
      return member.kind === 'buffer' || grad === null ? [member.value] : [member.value, grad]
    })
}

/** Puts other tensors in the place of those of {@link tensorsOf}; parameters stay the same objects. */
export function replaceTensors(module: Module, replacements: ReadonlyMap<Tensor, Tensor>): void {
  const done = new Set<Tensor>() // shared parameters once
  for (const member of module.modules().flatMap((part) => part.members())) {
    if (member.kind === 'buffer') member.replace(replacements.get(member.value)!)
    if (member.kind !== 'parameter' || done.has(member.value)) continue
    done.add(member.value)
    const { value } = member
    const { grad } = value
    value.grad = null
    value.setData(replacements.get(value)!)
    value.grad = grad === null ? null : replacements.get(grad)!
  }
}
