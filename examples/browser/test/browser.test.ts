// The packages and the pages in a Chromium of the system: isolated (shared memory) and not. Without a browser the tests
// are skipped and say so; where TT_REQUIRE names it, as in CI, that is a failure.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { build } from 'esbuild'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import type { ClassifierState } from '../src/classifier/main.ts'
import type { ConformanceState } from '../src/conformance/main.ts'
import { buildSite, installPacked } from './build.ts'
import { findChromium, launch } from './chromium.ts'
import { pixelsOf } from './pixels.ts'
import { serve } from './serve.ts'
import type { Site } from './serve.ts'

const chromium = findChromium()
const required = process.env['TT_REQUIRE']?.split(',').includes('browser') ?? false
const missing =
  'no Chromium found on the search path. Install it (apt-get install chromium), or name it in TT_CHROMIUM'
if (chromium === null && !required) console.warn(`browser tests skipped: ${missing}`)
const inBrowser = chromium === null ? describe.skip : describe
if (required) test('a browser is there', () => expect(chromium === null ? missing : chromium).toBe(chromium))

const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
}
const slow = 240_000 // a software GPU on a busy machine

inBrowser('in Chromium', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tt-browser-'))
  const built = join(folder, 'site')
  const sites = {} as Record<'plain' | 'isolated' | 'strict', Site>
  let browser: Browser
  const errors: string[] = []

  beforeAll(async () => {
    await installPacked(folder)
    ;[browser] = await Promise.all([launch(chromium!), buildSite(built, folder)])
    sites.plain = await serve(built)
    sites.isolated = await serve(built, isolation)
    sites.strict = await serve(built, {
      ...isolation,
      'Content-Security-Policy':
        "default-src 'self' 'unsafe-inline' data:; script-src 'self' 'wasm-unsafe-eval'; worker-src 'none'",
    })
  }, slow)
  afterAll(async () => {
    await browser?.close()
    for (const site of Object.values(sites)) site.close()
    rmSync(folder, { recursive: true })
  })

  async function open(site: Site, path: string, within: Browser = browser): Promise<Page> {
    const page = await within.newPage({ viewport: { width: 900, height: 640 } })
    page.on('pageerror', (error) => errors.push(error.message))
    await page.goto(site.url + path)
    return page
  }

  async function runKit(site: Site, query: string): Promise<ConformanceState> {
    const page = await open(site, `conformance.html?run&${query}`)
    await page.waitForFunction(() => document.documentElement.dataset['state'] === 'done', null, {
      timeout: slow,
    })
    const state = await page.evaluate(
      () =>
        JSON.parse(
          JSON.stringify((window as unknown as { conformance: ConformanceState }).conformance),
        ) as ConformanceState,
    )
    await page.close()
    return state
  }

  const classifier = (page: Page): Promise<ClassifierState> =>
    page.evaluate(() => (window as unknown as { classifier: ClassifierState }).classifier)
  const until = (page: Page, wanted: ClassifierState['state']): Promise<unknown> =>
    page.waitForFunction(
      (state) => (window as unknown as { classifier: ClassifierState }).classifier.state === state,
      wanted,
      { timeout: slow },
    )

  afterAll(() => expect(errors).toEqual([]))

  test('the site is made of the published files, and of those for the web', () => {
    const assets = join(built, 'assets')
    const sources = readdirSync(assets)
      .filter((name) => name.endsWith('.map'))
      .flatMap(
        (name) => (JSON.parse(readFileSync(join(assets, name), 'utf8')) as { sources: string[] }).sources,
      )
    const ours = sources.filter((source) => /@tt|packages\//.test(source) && !source.endsWith('test/skip.ts'))
    expect(ours.length).toBeGreaterThan(200)
    expect(ours.filter((source) => !/\/node_modules\/@tt\/[\w-]+\/dist\//.test(source))).toEqual([])
    expect(ours.filter((source) => source.includes('/platform/node'))).toEqual([])
    expect(ours.filter((source) => source.endsWith('/platform/web.js')).length).toBe(3)
  })

  describe('the conformance kit', () => {
    test(
      'every 40th test on cpu and webgpu',
      async () => {
        const { results, errors: unusable } = await runKit(sites.plain, 'every=40')
        expect(unusable).toEqual({})
        for (const [device, least] of [
          ['cpu', 60],
          ['webgpu', 55],
        ] as const) {
          const { failures, total, passed, skipped } = results[device]!
          expect(failures).toEqual([])
          expect(passed).toBeGreaterThan(least)
          expect(passed + skipped).toBe(total)
          expect(skipped).toBeLessThan(total / 10)
        }
      },
      slow,
    )
    test(
      'on an isolated page, kernels divided between two threads of shared memory',
      async () => {
        const { results } = await runKit(sites.isolated, 'device=cpu&threads=2&every=20')
        const { failures, passed, total, description } = results.cpu!
        expect(failures).toEqual([])
        expect([passed, passed > 100]).toEqual([total, true])
        expect(Number(/(\d+) of \d+ parts by workers/.exec(description)?.[1])).toBeGreaterThan(0)
      },
      slow,
    )
    test(
      'webgpu on an isolated page',
      async () => {
        const { results } = await runKit(sites.isolated, 'device=webgpu&every=150')
        expect(results.webgpu!.failures).toEqual([])
        expect(results.webgpu!.passed).toBeGreaterThan(10)
      },
      slow,
    )
    test(
      'where a policy forbids workers, the calling thread does all',
      async () => {
        const { results } = await runKit(sites.strict, 'device=cpu&threads=2&every=40')
        const { failures, passed, total, description } = results.cpu!
        expect(failures).toEqual([])
        expect([passed, passed > 50]).toEqual([total, true])
        expect(description).toMatch(/, 0 of \d+ parts by workers/)
      },
      slow,
    )
    test('threads without shared memory are an error that says what to do', async () => {
      const { errors: unusable } = await runKit(sites.plain, 'device=cpu&threads=2')
      expect(unusable.cpu).toMatch(
        /threads must be 1 where memory cannot be shared, got 2\. Serve the page with/,
      )
    })
    test(
      'a filter: the tests of memory, on both',
      async () => {
        const { results } = await runKit(sites.plain, 'filter=memory/')
        for (const device of ['cpu', 'webgpu'] as const) {
          expect(results[device]!.failures).toEqual([])
          expect(results[device]!.passed).toBe(results[device]!.total)
          expect(results[device]!.total).toBeGreaterThan(3)
          expect(results[device]!.total).toBeLessThan(20)
        }
      },
      slow,
    )
  })

  describe('a program of its own, bundled by esbuild', () => {
    let page: Page
    beforeAll(async () => {
      const { outputFiles } = await build({
        stdin: { contents: program, resolveDir: folder },
        bundle: true,
        format: 'esm',
        platform: 'browser',
        target: 'es2023',
        write: false,
      })
      page = await open(sites.plain, 'index.html')
      await page.addScriptTag({ type: 'module', content: outputFiles[0].text })
      await page.waitForFunction(() => 'program' in window)
    }, slow)
    const call = <T>(name: string): Promise<T> =>
      page.evaluate(
        (key) => (window as unknown as { program: Record<string, () => Promise<unknown>> }).program[key](),
        name,
      ) as Promise<T>

    test(
      'dropped tensors come back while reads are awaited, on cpu',
      async () => {
        const { most, value } = await call<{ most: number; value: number }>('cpuMemory')
        expect(value).toBe(3000)
        expect(most).toBeLessThan(1200) // MB, of 3000
      },
      slow,
    )
    test(
      'and on webgpu',
      async () => {
        const { most, value } = await call<{ most: number; value: number }>('webgpuMemory')
        expect(value).toBe(64)
        expect(most).toBeLessThan(800) // MB, of 1024
      },
      slow,
    )
    test(
      'a lost device is an error for pending reads and later ops',
      async () => {
        const messages = await call<string[]>('loss')
        expect(messages).toHaveLength(2)
        for (const message of messages)
          expect(message).toMatch(/^DeviceLostError: .*device 'webgpu:lost' must be alive/)
      },
      slow,
    )
  })

  describe('the classifier', () => {
    test(
      'trains on webgpu, and the picture is that of the model',
      async () => {
        const page = await open(sites.plain, 'classifier.html?shape=moons&lr=0.03&pace=20&epochs=160')
        await until(page, 'paused')
        const fresh = await classifier(page)
        expect([fresh.device, fresh.message, fresh.epoch]).toEqual(['webgpu', '', 0])
        expect(fresh.accuracy).toBeLessThan(0.9)
        await page.locator('[name=toggle]').click()
        await until(page, 'training')
        await until(page, 'paused')
        const trained = await classifier(page)
        expect(trained.epoch).toBe(160)
        expect(trained.accuracy).toBeGreaterThan(0.97)
        expect(trained.loss).toBeLessThan(fresh.loss / 2)
        // blue and orange, each on its side of the line
        const { red, blue, green, colours } = await pixelsOf(page, '#picture')
        expect([red > 0.25, blue > 0.25, green < 0.02, colours > 200]).toEqual([true, true, true, true])

        // three classes, another picture; and from the start again
        await page.locator('[name=shape]').selectOption('spirals')
        await page.waitForFunction(
          () => (window as unknown as { classifier: ClassifierState }).classifier.epoch === 0,
        )
        await page.locator('[name=toggle]').click()
        await until(page, 'training')
        await until(page, 'paused')
        expect((await classifier(page)).accuracy).toBeGreaterThan(0.9)
        const three = await pixelsOf(page, '#picture')
        expect([three.red > 0.15, three.blue > 0.15, three.green > 0.15]).toEqual([true, true, true])
        await page.close()
      },
      slow,
    )
    test(
      'without WebGPU it says so, and trains on the cpu',
      async () => {
        const blind = await launch(chromium!, ['--enable-unsafe-webgpu'])
        try {
          const page = await open(
            sites.plain,
            'classifier.html?shape=moons&lr=0.03&pace=20&epochs=160&run',
            blind,
          )
          await until(page, 'paused')
          const { device, message, accuracy, epoch } = await classifier(page)
          expect([device, epoch]).toEqual(['cpu', 160])
          expect(message).toMatch(/runs on the cpu backend.*webgpu\.init: /)
          expect(await page.locator('#message').innerText()).toBe(message)
          expect(accuracy).toBeGreaterThan(0.97)
          const { red, blue, colours } = await pixelsOf(page, '#picture')
          expect([red > 0.25, blue > 0.25, colours > 200]).toEqual([true, true, true])
        } finally {
          await blind.close()
        }
      },
      slow,
    )
  })
})

const program = `
  import { ones } from '@tt/autograd'
  import { memoryStats } from '@tt/backend-cpu'
  import { init } from '@tt/backend-webgpu'

  const { runtime } = await init()
  // Adds 1 to 1 MB, or so many times more, again and again: every sum is a new tensor, the last one is dropped.
  async function loop(device, megabytes, times, every, bytes) {
    let most = 0
    let x = ones([megabytes, 512, 512], { device })
    for (let i = 1; i < times; i++) {
      x = x.add(1)
      if (i % every === 0) await x.at(0, 0, 0).itemAsync()
      most = Math.max(most, bytes() / 2 ** 20)
    }
    return { most, value: await x.at(0, 0, 0).itemAsync() }
  }
  const failed = (promise) => promise.then(() => 'no error', (error) => error.constructor.name + ': ' + error.message)

  window.program = {
    cpuMemory: () => loop('cpu', 1, 3000, 10, () => memoryStats().allocatedBytes),
    webgpuMemory: () => loop('webgpu', 16, 64, 4, () => runtime.memory.stats.usedBytes + runtime.memory.stats.pooledBytes),
    async loss() {
      const { runtime: lost } = await init({ name: 'webgpu:lost' })
      const x = ones([1000], { device: 'webgpu:lost' })
      const reading = failed(x.add(1).tolistAsync())
      lost.device.destroy()
      const first = await reading
      return [first, await failed((async () => x.add(1))())]
    },
  }
`
