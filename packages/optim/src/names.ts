// Names of options and state, here and in PyTorch.

/** `weightDecay` as PyTorch spells it, `weight_decay`. */
export const snakeCase = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** `weight_decay` as it is spelled here, `weightDecay`. */
export const camelCase = (name: string): string =>
  name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
