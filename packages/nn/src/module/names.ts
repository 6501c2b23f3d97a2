// Names of fields, and the same names as PyTorch spells them.

/**
 * PyTorch's spelling of a field's name: an underscore before each capital letter, which becomes small.
 *
 * @example
 * snakeCase('numBatchesTracked') // => 'num_batches_tracked'
 * snakeCase('conv1')             // => 'conv1'
 */
export const snakeCase = (name: string): string => {
  let result = cached.get(name)
  if (result === undefined) {
    result = name.replace(/[A-Z]/g, (letter, at: number) => `${at > 0 ? '_' : ''}${letter.toLowerCase()}`)
    cached.set(name, result)
  }
  return result
}
const cached = new Map<string, string>()

/** The names of a path, joined: `joinName('features', '0')` is 'features.0'. */
export const joinName = (prefix: string, name: string): string => (prefix === '' ? name : `${prefix}.${name}`)
