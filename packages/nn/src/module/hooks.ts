// Hooks of a module: functions called before and after forward, and after its backward.
import { runWithBackwardHooks } from './backward-hooks.ts'
import type { FullBackwardHook } from './backward-hooks.ts'
import type { Module } from './module.ts'

/** Called before forward; may answer other arguments (an array), or one that replaces a single argument. */
export type ForwardPreHook = (module: Module, args: readonly unknown[]) => unknown
/** Called after forward; may answer another output. */
export type ForwardHook = (module: Module, args: readonly unknown[], output: unknown) => unknown

/** A module's hooks, in order of registration. */
export class ModuleHooks {
  readonly forwardPre = new Set<{ readonly hook: ForwardPreHook }>()
  readonly forward = new Set<{ readonly hook: ForwardHook }>()
  readonly fullBackward = new Set<{ readonly hook: FullBackwardHook }>()

  /** Runs `module.forward` with the hooks around it. */
  run(module: Module, args: readonly unknown[]): unknown {
    let actual = args
    for (const { hook } of this.forwardPre) {
      const answer = hook(module, actual)
      if (answer !== undefined) actual = Array.isArray(answer) ? answer : [answer]
    }
    return this.fullBackward.size === 0
      ? this.#forward(module, actual)
      : runWithBackwardHooks(module, this.fullBackward, actual, (watched) => this.#forward(module, watched))
  }

  #forward(module: Module, args: readonly unknown[]): unknown {
    let output: unknown = module.forward(...(args as never[]))
    for (const { hook } of this.forward) {
      const answer = hook(module, args, output)
      if (answer !== undefined) output = answer
    }
    return output
  }
}

/** Adds a hook and answers the function that removes it. The wrapper lets one function be added twice. */
export function addHook<H>(hooks: Set<{ readonly hook: H }>, hook: H): () => void {
  const entry = { hook }
  hooks.add(entry)
  return () => void hooks.delete(entry)
}
