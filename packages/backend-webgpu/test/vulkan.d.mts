/** Sets the environment so that a Vulkan driver is found, in this process and its children. */
export default function setup(): void
/** The folder of SwiftShader, unpacked. */
export function unpack(): string
