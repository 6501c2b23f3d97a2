// Which backward is running, and which of its nodes; nested ones restore what was before.
import type { Node } from '../graph/node.ts'

/** The innermost backward; null outside. */
export const running: { task: object | null; node: Node | null } = { task: null, node: null }
