import { readFileSync } from 'node:fs'

/** By which metrics tell builds apart. */
export interface BuildInfo {
  /** Of Sluice. */
  readonly version: string
  readonly node: string
  /** The library that serves clients. */
  readonly server: string
}

/** @param file of the build, by which its package is found. */
export function buildInfo(server: string, file = import.meta.url): BuildInfo {
  return { version: versionAbove(file), node: process.version, server }
}

/** The nearest package.json above: how deep this code stands is another matter in a bundle. A build that stands alone does without. */
function versionAbove(file: string): string {
  for (let folder = new URL('.', file); ; folder = new URL('..', folder)) {
    const text = readIfThere(new URL('package.json', folder))
    if (text !== undefined) return (JSON.parse(text) as { version?: string }).version ?? 'unknown'
    if (folder.pathname === '/') return 'unknown'
  }
}

function readIfThere(file: URL): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
