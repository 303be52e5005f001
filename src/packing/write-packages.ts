import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundleCode } from './library-code.js'
import { bundleTypes } from './library-types.js'
import { type Library, libraries, publisherLibrary } from './libraries.js'
import { readManifest, writeManifest } from './manifest.js'
import { packedReadme } from './packed-readme.js'
import { thirdPartyNotices } from './third-party-notices.js'

/** Writes each package as it is to be installed, into a folder of its name. Takes the build in `dist` as it is. Returns the names. */
export async function writePackages(folder: string): Promise<string[]> {
  for (const library of libraries) await writeLibrary(library, join(folder, library.name))
  const { name } = readManifest('.')
  writeGateway(join(folder, name), join(folder, publisherLibrary.name))
  return [name, ...libraries.map((library) => library.name)]
}

async function writeLibrary({ name, description, entry, room }: Library, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const { contains, dependencies } = await bundleCode(`dist/src/${entry}.js`, join(folder, 'index.js'))
  await bundleTypes(`dist/src/${entry}.d.ts`, join(folder, 'index.d.ts'))
  writeFileSync(join(folder, 'THIRD-PARTY-NOTICES.txt'), thirdPartyNotices(contains))
  cpSync('LICENSE', join(folder, 'LICENSE'))
  writeFileSync(join(folder, 'README.md'), packedReadme(`src/${room}/README.md`))
  const { version, license, engines } = readManifest('.')
  writeManifest(folder, { name, version, description, license, engines, main: 'index.js', types: 'index.d.ts', dependencies })
}

/**
 * The gateway, the tools, and the publisher's package as a folder, which `sluice/publisher` finds by Node's rules and by those of
 * TypeScript's `node10`, that knows no `exports`.
 */
function writeGateway(folder: string, publisher: string): void {
  const isRun = (path: string) => !/\.(d\.ts|map)$|^dist\/src\/packing/.test(path)
  cpSync('dist/src', join(folder, 'dist', 'src'), { recursive: true, filter: isRun })
  for (const name of ['schemas', 'LICENSE']) cpSync(name, join(folder, name), { recursive: true })
  for (const readme of ['README.md', 'schemas/README.md']) writeFileSync(join(folder, readme), packedReadme(readme))
  cpSync(publisher, join(folder, 'publisher'), { recursive: true })
  const manifest = readManifest('.')
  const dependencies = { ...readManifest(publisher).dependencies, ...manifest.dependencies }
  const ofTheCheckout = { private: undefined, scripts: undefined, devDependencies: undefined }
  const imports = Object.fromEntries(Object.entries(manifest.imports ?? {}).filter(([name]) => name !== '#packing/*'))
  writeManifest(folder, { ...manifest, ...ofTheCheckout, imports, dependencies, exports: { './publisher': './publisher/index.js' } })
}
