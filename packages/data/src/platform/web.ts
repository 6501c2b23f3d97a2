// Browsers and other platforms of the web: bytes by fetch, and a turn of the event loop.

/** The bytes behind a URL. */
export async function readBytes(source: string | URL): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(source)
  if (!response.ok) throw new Error(`readBytes: ${source} must answer with 200, got ${response.status}.`)
  return new Uint8Array(await response.arrayBuffer())
}

/** Lets rendering, input, timers and finalizers run; not by setTimeout, which browsers delay by 4 ms. */
export const macrotask = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.addEventListener('message', () => {
      port1.close()
      resolve()
    })
    port1.start()
    port2.postMessage(null)
  })
