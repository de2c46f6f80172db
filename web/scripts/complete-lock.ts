/**
 * Run after every change of package.json (`npm run lock`). Some packages come in one build per platform, all
 * named as optional. Where a mirror lacks the builds of other platforms, npm leaves them out of the lock file,
 * and `npm ci` then refuses it. This writes the missing entries, with the platform read from the name, so
 * that npm knows them and passes over those that are not for the machine at hand.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

interface Entry {
  version?: string
  dev?: boolean
  optional?: boolean
  os?: string[]
  cpu?: string[]
  libc?: string[]
  optionalDependencies?: Record<string, string>
}

const file = join(import.meta.dirname, '..', 'package-lock.json')
const lock: { packages: Record<string, Entry> } = JSON.parse(readFileSync(file, 'utf8'))

const systems = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
]
const processors = [
  'arm',
  'arm64',
  'ia32',
  'loong64',
  'mips64el',
  'ppc64',
  'riscv64',
  's390x',
  'wasm32',
  'x64',
]

for (const [parent, entry] of Object.entries(lock.packages)) {
  // Beside the package that names it, which need not be the top: two versions of one tool may live together.
  const beside = parent.slice(0, parent.lastIndexOf('node_modules/'))
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const path = `${beside}node_modules/${name}`
    if (lock.packages[path] || lock.packages[`node_modules/${name}`]?.version === version) continue
    if (!/^\d+\.\d+\.\d+$/.test(version)) continue
    const words = name.split(/[/-]/)
    const os = systems.filter((system) => words.includes(system))
    const cpu = processors.filter((processor) => words.includes(processor))
    const libc = words.includes('musl') ? ['musl'] : []
    // What is not bound to a platform would be installed, and that must not happen without a checksum.
    if (cpu.length === 0) continue
    lock.packages[path] = {
      version,
      ...(entry.dev ? { dev: true } : {}),
      cpu,
      ...(os.length > 0 ? { os } : {}),
      ...(libc.length > 0 ? { libc } : {}),
      optional: true,
    }
  }
}

lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)))
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
