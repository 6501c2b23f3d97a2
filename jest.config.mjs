// Jest in ESM mode: one project per package, so that `--selectProjects nn` runs one of them.
import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('.', import.meta.url)).replace(/\/$/, '')

const project = (name, testMatch, options = {}) => ({
  displayName: name,
  rootDir: root,
  roots: testMatch.map((glob) => `${root}/${glob.slice(0, glob.indexOf('/**'))}`),
  testMatch: testMatch.map((glob) => `${root}/${glob}`),
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  setupFilesAfterEnv: [`${root}/test/leak-check.ts`],
  modulePathIgnorePatterns: ['/dist/', '/out/'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'esnext', keepClassNames: true },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  ...options,
})

const packages = readdirSync(`${root}/packages`).filter((name) => existsSync(`${root}/packages/${name}/test`))

// A Vulkan driver has to be chosen before the test environments exist.
const setups = { 'backend-webgpu': { globalSetup: `${root}/packages/backend-webgpu/test/vulkan.mjs` } }

export default {
  projects: [
    ...packages.map((name) => project(name, [`packages/${name}/test/**/*.test.ts`], setups[name])),
    project('repository', ['test/**/*.test.ts', 'examples/**/*.test.ts', 'tools/**/*.test.ts']),
  ],
  testTimeout: 30_000,
  // jest's own default leaves a core idle, which is half of a machine of two
  maxWorkers: '100%',
  // modules of a test file stay in the process that ran it: a heap of gigabytes makes every collection slow
  workerIdleMemoryLimit: '1.5GB',
}
