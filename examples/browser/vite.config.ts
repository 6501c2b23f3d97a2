// Three pages. `--mode isolated` serves them with the headers that shared memory (threads) needs in browsers.
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import type { Plugin } from 'vite'

const root = fileURLToPath(new URL('.', import.meta.url))

/** Takes `@tt/*` from an installed copy in another folder instead of the workspace; the tests set TT_PACKAGES. */
function installedPackages(folder: string): Plugin {
  return {
    name: 'installed-packages',
    enforce: 'pre',
    resolveId(source, importer, options) {
      if (!source.startsWith('@tt/') || importer?.startsWith(folder)) return null
      return this.resolve(source, `${folder}/package.json`, { ...options, skipSelf: true })
    },
  }
}

export default defineConfig(({ mode }) => {
  const headers: Record<string, string> =
    mode === 'isolated'
      ? { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' }
      : {}
  const installed = process.env['TT_PACKAGES']
  return {
    root,
    base: './',
    plugins: installed === undefined ? [] : [installedPackages(installed)],
    build: {
      outDir: 'out/dist',
      emptyOutDir: true,
      target: 'esnext',
      chunkSizeWarningLimit: 1000, // both backends and all ops in one chunk: see the README
      rolldownOptions: {
        input: ['index', 'conformance', 'classifier'].map((page) => `${root}${page}.html`),
      },
    },
    server: { headers },
    preview: { headers },
  }
})
