// Jest's globalSetup: a Vulkan driver for the GPU tests. That of the system if it gives an adapter, else SwiftShader
// out of the npm package @sparticuz/chromium, unpacked to the system's temporary folder.
import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'

const require = createRequire(import.meta.url)
const RTLD_NODELETE = 0x1000

export default function setup() {
  process.env.NODEVICE_SELECT = '1' // Mesa's device-select layer complains on stderr otherwise
  if (process.env.VK_ICD_FILENAMES !== undefined || process.platform !== 'linux' || systemDriverWorks())
    return
  const folder = unpack()
  process.env.VK_ICD_FILENAMES = join(folder, 'vk_swiftshader_icd.json')
  // Workers inherit the search path; this process has read it already, so the loader is loaded by hand, for good.
  process.env.LD_LIBRARY_PATH = [folder, process.env.LD_LIBRARY_PATH].filter(Boolean).join(':')
  try {
    process.dlopen({ exports: {} }, join(folder, 'libvulkan.so.1'), constants.dlopen.RTLD_NOW | RTLD_NODELETE)
  } catch {
    // "Module did not self-register": it is no addon, but stays loaded
  }
}

// A driver's file is not enough (Mesa 22's lavapipe gives no adapter): ask, in a process of its own.
function systemDriverWorks() {
  const folders = ['/usr/share/vulkan/icd.d', '/etc/vulkan/icd.d', '/usr/local/share/vulkan/icd.d']
  if (!folders.some((folder) => existsSync(folder) && readdirSync(folder).length > 0)) return false
  const program = `import { create } from ${JSON.stringify(require.resolve('webgpu'))}
    const gpu = create([])
    process.exit(await gpu.requestAdapter() === null ? 1 : 0)`
  try {
    execFileSync(process.execPath, ['--input-type=module', '-e', program], {
      stdio: 'ignore',
      timeout: 20_000,
    })
    return true
  } catch {
    return false
  }
}

/** SwiftShader's folder: its driver, the driver's description and a Vulkan loader. */
export function unpack() {
  const entry = require.resolve('@sparticuz/chromium')
  const bin = join(
    entry.slice(0, entry.lastIndexOf(join('@sparticuz', 'chromium'))),
    '@sparticuz',
    'chromium',
    'bin',
  )
  const archive = join(bin, 'swiftshader.tar.br')
  if (!existsSync(archive))
    throw new Error(`@sparticuz/chromium must have ${archive}, got none. Run: pnpm install`)
  const tar = brotliDecompressSync(readFileSync(archive))
  const folder = join(tmpdir(), `tt-swiftshader-${tar.length}`)
  if (existsSync(join(folder, 'libvk_swiftshader.so'))) return folder
  const fresh = mkdtempSync(`${folder}-`)
  // a tar archive: blocks of 512 bytes, a header (name, octal size) before each file
  for (let at = 0; at + 512 <= tar.length;) {
    const name = tar.toString('utf8', at, at + 100).replace(/\0.*$/s, '')
    const size = Number.parseInt(tar.toString('utf8', at + 124, at + 136), 8)
    if (name === '' || Number.isNaN(size)) break
    if (!name.endsWith('/'))
      writeFileSync(join(fresh, name.replace(/^.*\//, '')), tar.subarray(at + 512, at + 512 + size))
    at += 512 + Math.ceil(size / 512) * 512
  }
  try {
    renameSync(fresh, folder)
  } catch {
    rmSync(fresh, { recursive: true, force: true }) // another process was first
  }
  return folder
}
