import { readFileSync } from 'node:fs'

/** By which metrics tell builds apart. */
export interface BuildInfo {
  /** Of Sluice. */
  readonly version: string
  readonly node: string
  /** The library that serves clients. */
  readonly server: string
}

/** Stands beside `dist`. */
const packageFile = new URL('../../../../package.json', import.meta.url)

export function buildInfo(server: string): BuildInfo {
  return { version: versionOfPackage(), node: process.version, server }
}

/** A build that is somewhere else does without. */
function versionOfPackage(): string {
  try {
    return (JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string }).version
  } catch {
    return 'unknown'
  }
}
