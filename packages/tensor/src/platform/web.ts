// What differs outside Node: Deno asks by its own symbol; browsers do not ask.

/** Keys of the method that gives the text shown in a console. */
export const inspectKeys: readonly symbol[] = [Symbol.for('Deno.customInspect')]
