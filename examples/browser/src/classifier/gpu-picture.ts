// Draws by WebGPU, on the device of the tensors: nothing is copied. The points are the app's vertex buffers, which
// tensors lie over (fromBuffer); the surface is a tensor, whose buffer the fragment shader reads (tensorToBuffer).
import type { Tensor } from '@tt/autograd'
import { fromBuffer, tensorToBuffer } from '@tt/backend-webgpu'
import type { Camera } from './camera.ts'
import type { Samples } from './learner.ts'
import { palette } from './palette.ts'
import { pointRadius } from './picture.ts'
import type { Picture } from './picture.ts'
import type { Points } from './points.ts'
import { pointShader, surfaceShader } from './shaders.ts'

const viewWords = 16 + 4 + 4 + 3 * 4 + 2 + 4 + 2 // struct View, rounded up to 16 bytes

export class GpuPicture implements Picture {
  readonly #device: GPUDevice
  readonly #context: GPUCanvasContext
  readonly #surface: GPURenderPipeline
  readonly #points: GPURenderPipeline
  readonly #view: GPUBuffer
  #positions: GPUBuffer | null = null
  #labels: GPUBuffer | null = null

  constructor(canvas: HTMLCanvasElement, device: GPUDevice) {
    const format = navigator.gpu.getPreferredCanvasFormat()
    const context = canvas.getContext('webgpu')
    if (context === null) throw new Error('the canvas must give a WebGPU context, got none')
    context.configure({ device, format, alphaMode: 'opaque' })
    this.#device = device
    this.#context = context
    this.#view = device.createBuffer({
      label: 'view',
      size: viewWords * 4,
      usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    })
    const pipeline = (
      code: string,
      buffers: GPUVertexBufferLayout[],
      blend: GPUBlendState | undefined,
    ): GPURenderPipeline => {
      const module = device.createShaderModule({ code })
      return device.createRenderPipeline({
        layout: 'auto',
        vertex: { module, buffers },
        fragment: { module, targets: [{ format, blend }] },
      })
    }
    const over: GPUBlendComponent = { srcFactor: 'one', dstFactor: 'one-minus-src-alpha' }
    this.#surface = pipeline(surfaceShader, [], undefined)
    this.#points = pipeline(pointShader, [perPoint(0, 'float32x2', 8), perPoint(1, 'sint32', 4)], {
      color: over,
      alpha: over,
    })
  }

  load({ positions, labels, classes }: Points): Samples {
    this.#positions?.destroy()
    this.#labels?.destroy()
    this.#positions = this.#vertexBuffer(positions)
    this.#labels = this.#vertexBuffer(labels)
    const count = labels.length
    return {
      positions: fromBuffer('webgpu', this.#positions, [count, 2]),
      labels: fromBuffer('webgpu', this.#labels, [count], 'int64'), // which takes 32 bits on the device
      classes,
    }
  }

  draw(surface: Tensor, side: number, camera: Camera): void {
    const { buffer, offset } = tensorToBuffer(surface)
    const target = this.#context.getCurrentTexture()
    this.#writeView(camera, target, side, surface.shape[1], offset / 4)
    const encoder = this.#device.createCommandEncoder()
    const pass = encoder.beginRenderPass({
      colorAttachments: [{ view: target.createView(), loadOp: 'clear', storeOp: 'store' }],
    })
    pass.setPipeline(this.#surface)
    pass.setBindGroup(0, this.#group(this.#surface, [this.#view, buffer]))
    pass.draw(3)
    pass.setPipeline(this.#points)
    pass.setBindGroup(0, this.#group(this.#points, [this.#view]))
    pass.setVertexBuffer(0, this.#positions)
    pass.setVertexBuffer(1, this.#labels)
    pass.draw(6, this.#labels!.size / 4)
    pass.end()
    this.#device.queue.submit([encoder.finish()])
  }

  #vertexBuffer(data: Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>): GPUBuffer {
    const { VERTEX, STORAGE, COPY_SRC, COPY_DST } = GPUBufferUsage
    const buffer = this.#device.createBuffer({
      size: data.byteLength,
      usage: VERTEX | STORAGE | COPY_SRC | COPY_DST,
    })
    this.#device.queue.writeBuffer(buffer, 0, data)
    return buffer
  }

  #group(pipeline: GPURenderPipeline, buffers: readonly GPUBuffer[]): GPUBindGroup {
    return this.#device.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
    })
  }

  #writeView(camera: Camera, target: GPUTexture, side: number, classes: number, start: number): void {
    const { background, ink, classes: colours, strength } = palette()
    const words = new Float32Array(viewWords)
    const whole = new Uint32Array(words.buffer)
    words.set(camera.worldToClip, 0)
    words.set([...background, strength], 16)
    words.set([...ink, 1], 20)
    colours.forEach((colour, i) => words.set([...colour, 1], 24 + 4 * i))
    words.set([target.width, target.height, pointRadius * devicePixelRatio], 36)
    whole.set([classes, side, start], 39)
    this.#device.queue.writeBuffer(this.#view, 0, words)
  }
}

const perPoint = (shaderLocation: number, format: GPUVertexFormat, bytes: number): GPUVertexBufferLayout => ({
  arrayStride: bytes,
  stepMode: 'instance',
  attributes: [{ shaderLocation, format, offset: 0 }],
})
