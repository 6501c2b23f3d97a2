// The last line of CI: `N passed, N failed` over the reports of all legs. Suites that must have run are counted as
// failed where they have not, and so is a run that failed without a failed test (install, types, lint).
//   node .ci/summary.mjs STATUS FOLDER
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const [status, folder] = [Number(process.argv[2]), process.argv[3]]

/** Test files that must have passed tests, by report. A leg that was not there has no report. */
const mustRun = {
  'npm-test.json': [
    'packages/backend-cpu/test/conformance.test.ts',
    'packages/backend-webgpu/test/conformance-a.test.ts',
    'packages/backend-webgpu/test/conformance-b.test.ts',
    'examples/backend-openblas/test/openblas.test.ts',
    'examples/browser/test/browser.test.ts',
  ],
  'lavapipe.json': [
    'packages/backend-webgpu/test/conformance-a.test.ts',
    'packages/backend-webgpu/test/conformance-b.test.ts',
    'packages/backend-webgpu/test/half.test.ts',
  ],
}

let [passed, failed] = [0, 0]
for (const [name, files] of Object.entries(mustRun)) {
  const path = join(folder, name)
  if (!existsSync(path)) continue
  const report = JSON.parse(readFileSync(path, 'utf8'))
  passed += report.numPassedTests
  failed += report.numFailedTests + report.numRuntimeErrorTestSuites
  for (const file of files) {
    const suite = report.testResults.find((result) => result.name.endsWith(file))
    if (suite?.assertionResults.some((test) => test.status === 'passed')) continue
    console.log(`CI: ${file} must have run (${name}), and has not`)
    failed++
  }
}
if (failed === 0 && (status !== 0 || passed === 0)) failed = 1
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : status || 1
