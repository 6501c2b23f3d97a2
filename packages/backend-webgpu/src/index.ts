// The WebGPU backend's entry. The backend itself is not built yet; calling init says so.

/** Options of {@link init}. */
export interface WebGpuOptions {
  /** An existing GPUDevice to run on; by default one is requested. */
  readonly device?: unknown
}

/**
 * Will register the WebGPU backend with `@tt/tensor`; until it exists, it rejects.
 *
 * @param _options the device to use
 * @returns never resolves in this version
 * @throws Error always: the backend is not implemented yet
 * @example
 * await init() // => Error: webgpu.init: the WebGPU backend is not implemented yet, ...
 */
export const init = async (_options: WebGpuOptions = {}): Promise<never> => {
  throw new Error(
    "webgpu.init: the WebGPU backend is not implemented yet, got a call to init(). Use: import '@tt/backend-cpu'.",
  )
}
