// Builds one function from a graph of instructions: equal nodes are one node, and what does not change is hoisted.
import { lane, op, simd, v128 } from './opcode.ts'
import type { ValueType } from './opcode.ts'
import type { ModuleBuilder } from './module.ts'
import type { ConstantPool } from './constants.ts'

/** How often a node changes: never, once per row of the inner loop, with every step of it. */
export const level = { function: 0, row: 1, step: 2 } as const

/** An instruction and its operands. */
export class Node {
  readonly type: ValueType
  readonly code: readonly number[]
  readonly args: readonly Node[]
  readonly level: number
  readonly id: number
  /** The local that holds the value, once computed; -1 before. */
  local = -1
  uses = 0
  /** Writes the code itself, given the locals of the arguments. */
  readonly custom: ((code: number[], locals: readonly number[]) => void) | null

  constructor(
    id: number,
    type: ValueType,
    code: readonly number[],
    args: readonly Node[],
    nodeLevel: number,
    custom: Node['custom'] = null,
  ) {
    this.id = id
    this.type = type
    this.code = code
    this.args = args
    this.level = nodeLevel
    this.custom = custom
  }
}

/** A function under construction. Bodies of loops are written one by one with `begin`, nodes, `emit`. */
export class FunctionBuilder {
  readonly module: ModuleBuilder
  readonly constants: ConstantPool
  /** Whether fused multiply-add may be used. */
  readonly relaxed: boolean
  readonly locals: ValueType[] = []
  /** Code of hoisted nodes, by level. */
  readonly hoisted: [number[], number[]] = [[], []]
  /** The code being written. */
  code: number[] = []
  readonly #paramCount: number
  readonly #invariant = new Map<string, Node>()
  readonly #named = new Map<string, Node>()
  #step = new Map<string, Node>()
  #nodes = 0

  constructor(module: ModuleBuilder, constants: ConstantPool, relaxed: boolean, paramCount: number) {
    this.module = module
    this.constants = constants
    this.relaxed = relaxed
    this.#paramCount = paramCount
  }

  local(type: ValueType): number {
    return this.#paramCount + this.locals.push(type) - 1
  }

  push(...parts: (readonly number[])[]): this {
    for (const part of parts) for (const byte of part) this.code.push(byte)
    return this
  }

  /** Forgets the nodes of the last loop body; hoisted ones stay. */
  begin(): void {
    this.#step = new Map()
  }

  /** The one node with this code and these arguments. */
  node(
    type: ValueType,
    code: readonly number[],
    args: readonly Node[],
    least: number = level.function,
    custom: Node['custom'] = null,
  ): Node {
    let nodeLevel = least
    let key = `${code.join(' ')}`
    for (const arg of args) {
      key += `,${arg.id}`
      if (arg.level > nodeLevel) nodeLevel = arg.level
    }
    const table = nodeLevel === level.step ? this.#step : this.#invariant
    let node = table.get(key)
    if (node === undefined) {
      node = new Node(this.#nodes++, type, code, args, nodeLevel, custom)
      table.set(key, node)
    }
    return node
  }

  /** A local as a node; it may change with the given level. */
  fromLocal(local: number, type: ValueType, least: number): Node {
    const node = this.node(type, op.get(local), [], least)
    node.local = local
    return node
  }

  vector(opcode: number, ...args: Node[]): Node {
    return this.node(v128, simd(opcode), args)
  }

  /** A constant of 16 bytes, loaded from memory before the loops: V8 makes a v128.const anew at every use. */
  constant(bytes: Uint8Array): Node {
    const address = this.constants.address(bytes)
    return this.node(v128, [...op.i32.const(address), ...simd(lane.load, 0, 0)], [])
  }

  /** The constant of this name, whose bytes are made once. */
  named(name: string, bytes: () => Uint8Array): Node {
    let node = this.#named.get(name)
    if (node === undefined) {
      node = this.constant(bytes())
      this.#named.set(name, node)
    }
    return node
  }

  /** Computes the nodes into locals, in order, and answers the locals. */
  evaluate(roots: readonly Node[]): number[] {
    const seen = new Set<Node>()
    const count = (node: Node): void => {
      node.uses++
      if (seen.has(node) || node.level !== level.step) return
      seen.add(node)
      node.args.forEach(count)
    }
    roots.forEach(count)
    return roots.map((root) => {
      if (root.local === -1) {
        root.uses = 2
        this.#emit(root)
        this.code.push(0x1a) // drop: the value stays in its local
      }
      return root.local
    })
  }

  #emit(node: Node): void {
    if (node.local !== -1) {
      this.push(op.get(node.local))
    } else if (node.level !== level.step) {
      this.#hoist(node)
      this.push(op.get(node.local))
    } else {
      this.#compute(node)
      if (node.uses > 1) {
        node.local = this.local(node.type)
        this.push(op.tee(node.local))
      }
    }
  }

  #compute(node: Node): void {
    if (node.custom === null) {
      for (const arg of node.args) this.#emit(arg)
      this.push(node.code)
      return
    }
    for (const arg of node.args) {
      if (arg.local !== -1) continue
      arg.uses = 2
      this.#emit(arg)
      this.code.push(0x1a)
    }
    node.custom(
      this.code,
      node.args.map((arg) => arg.local),
    )
  }

  #hoist(node: Node): void {
    const outer = this.code
    for (const arg of node.args) if (arg.local === -1) this.#hoist(arg)
    this.code = this.hoisted[node.level as 0 | 1]
    this.#compute(node)
    node.local = this.local(node.type)
    this.push(op.set(node.local))
    this.code = outer
  }
}
