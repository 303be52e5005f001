import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readManifest } from './manifest.js'

export interface InstalledSize {
  /** Of its own files. */
  readonly bytes: number
  /** With all that it needs, as far as that is installed here: of packages for one platform each, this one's. */
  readonly bytesWithAll: number
  /** The names of what it needs. */
  readonly needs: readonly string[]
}

/** What a package takes when it is installed, found by the packages that are installed here. */
export function installedSize(folder: string): InstalledSize {
  const needed = new Map<string, string>()
  const addNeeds = (of: string, from: string) => {
    const { dependencies, optionalDependencies } = readManifest(of)
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const found = installedFolder(name, from)
      if (found === undefined || needed.has(found)) continue
      needed.set(found, name)
      addNeeds(found, found)
    }
  }
  addNeeds(folder, process.cwd())
  const bytes = bytesIn(folder)
  const bytesOfNeeds = [...needed.keys()].reduce((sum, one) => sum + bytesIn(one), 0)
  return { bytes, bytesWithAll: bytes + bytesOfNeeds, needs: [...new Set(needed.values())].sort() }
}

/** As Node finds it: in the nearest `node_modules` upwards. */
function installedFolder(name: string, from: string): string | undefined {
  const folder = join(from, 'node_modules', name)
  if (existsSync(folder)) return realpathSync(folder)
  return dirname(from) === from ? undefined : installedFolder(name, dirname(from))
}

/** Without the packages that are installed within it, which are counted by themselves. */
function bytesIn(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return entry.name === 'node_modules' ? sum : sum + bytesIn(path)
    return entry.isFile() ? sum + statSync(path).size : sum
  }, 0)
}

export function describeSize({ bytes, bytesWithAll, needs }: InstalledSize): string {
  return `${megabytes(bytes)} unpacked, ${megabytes(bytesWithAll)} with the ${needs.length} packages that it needs`
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
