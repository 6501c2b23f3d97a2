// What an adapter is called: some browsers say only who made it.

/** The best name there is, and whether it runs in software. */
export function adapterName({
  description,
  vendor,
  architecture,
  isFallbackAdapter,
}: GPUAdapterInfo): string {
  const name =
    description || [vendor, architecture].filter((part) => part !== '').join(' ') || 'unnamed adapter'
  return isFallbackAdapter ? `${name}, in software` : name
}
