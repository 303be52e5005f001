import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Of a package.json, with the members that packing reads. */
export interface Manifest extends Readonly<Record<string, unknown>> {
  readonly name: string
  readonly version: string
  readonly license?: string
  readonly exports?: Readonly<Record<string, { readonly types: string; readonly default: string }>>
  readonly imports?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
}

export function writeManifest(folder: string, manifest: object): void {
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
}
