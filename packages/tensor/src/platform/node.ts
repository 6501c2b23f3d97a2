// What differs in Node: the symbol by which console.log asks an object for its text.

/** Keys of the method that gives the text shown in a console. @see util.inspect.custom */
export const inspectKeys: readonly symbol[] = [Symbol.for('nodejs.util.inspect.custom')]
