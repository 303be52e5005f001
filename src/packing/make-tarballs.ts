import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type InstalledSize, installedSize } from './installed-size.js'
import type { Library } from './libraries.js'
import { writeLibrary, writePackages } from './write-packages.js'

export interface Tarball {
  /** Of the package. */
  readonly name: string
  readonly path: string
  readonly size: InstalledSize
}

/** Makes the tarballs of all packages in a folder, from the build in `dist`. */
export function makeTarballs(folder: string): Promise<Tarball[]> {
  return packInto(folder, writePackages)
}

/** Makes that of one library. */
export async function makeTarball(library: Library, folder: string): Promise<Tarball> {
  const [tarball] = await packInto(folder, async (unpacked) => {
    await writeLibrary(library, join(unpacked, library.name))
    return [library.name]
  })
  return tarball!
}

/** @param write writes packages, each into a folder of its name, and returns the names */
async function packInto(folder: string, write: (unpacked: string) => Promise<string[]>): Promise<Tarball[]> {
  const unpacked = mkdtempSync(join(tmpdir(), 'sluice-packages-'))
  try {
    const names = await write(unpacked)
    mkdirSync(folder, { recursive: true })
    const folders = names.map((name) => join(unpacked, name))
    // npm prints the files in the order of the folders.
    const printed = execFileSync('npm', ['pack', ...folders, '--pack-destination', folder, '--silent'], { encoding: 'utf8' })
    const files = printed.trim().split('\n')
    return names.map((name, index) => ({ name, path: join(folder, files[index]!), size: installedSize(folders[index]!) }))
  } finally {
    rmSync(unpacked, { recursive: true })
  }
}
