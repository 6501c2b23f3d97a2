// Gzip by the platform's DecompressionStream.
import { FormatError } from '@tt/tensor'

/**
 * Whether the bytes begin as a gzip file does.
 *
 * @example
 * isGzip(new Uint8Array([0x1f, 0x8b, 8, 0])) // => true
 */
export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b

/**
 * The content of a gzip file.
 *
 * @throws FormatError if the bytes are no complete gzip file
 * @example
 * const stream = new Blob(['hello']).stream().pipeThrough(new CompressionStream('gzip'))
 * const bytes = new Uint8Array(await new Response(stream).arrayBuffer())
 * new TextDecoder().decode(await gunzip(bytes)) // => 'hello'
 */
export async function gunzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))
  try {
    return new Uint8Array(await new Response(stream).arrayBuffer())
  } catch (error) {
    throw new FormatError(
      'gunzip',
      `the bytes must be a complete gzip file, got ${bytes.length} bytes (${String(error)})`,
    )
  }
}
