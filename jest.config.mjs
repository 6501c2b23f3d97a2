// Jest in ESM mode: one project per package, so that `--selectProjects nn` runs one of them.
import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('.', import.meta.url)).replace(/\/$/, '')

const project = (name, testMatch) => ({
  displayName: name,
  rootDir: root,
  roots: testMatch.map((glob) => `${root}/${glob.slice(0, glob.indexOf('/**'))}`),
  testMatch: testMatch.map((glob) => `${root}/${glob}`),
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
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
})

const packages = readdirSync(`${root}/packages`).filter((name) => existsSync(`${root}/packages/${name}/test`))

export default {
  projects: [
    ...packages.map((name) => project(name, [`packages/${name}/test/**/*.test.ts`])),
    project('repository', ['test/**/*.test.ts', 'examples/**/*.test.ts', 'tools/**/*.test.ts']),
  ],
  testTimeout: 30_000,
}
