import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { billOfMaterials } from './bill-of-materials.js'
import { bundleCode, minifiedCode } from './library-code.js'
import { bundleTypes } from './library-types.js'
import { entriesOf, type Library, libraries } from './libraries.js'
import { readManifest, writeManifest } from './manifest.js'
import { packedReadme } from './packed-readme.js'
import { thirdPartyNotices } from './third-party-notices.js'
import { writePageLibrary } from './write-page-library.js'

/** Writes each package as it is to be installed, into a folder of its name. Takes the build in `dist` as it is. Returns the names. */
export async function writePackages(folder: string): Promise<string[]> {
  for (const library of libraries) await writeLibrary(library, join(folder, library.name))
  const { name } = readManifest('.')
  await writeGateway(join(folder, name), folder)
  return [name, ...libraries.map((library) => library.name)]
}

export async function writeLibrary(library: Library, folder: string): Promise<void> {
  const { name, description, room, format } = library
  mkdirSync(folder, { recursive: true })
  const { contains, dependencies } = await bundleCode(library, folder)
  await bundleTypes(library, folder)
  if (format === 'esm') writeFileSync(join(folder, `${room}.min.js`), await minifiedCode(library))
  if (contains.length > 0) {
    writeFileSync(join(folder, 'THIRD-PARTY-NOTICES.txt'), thirdPartyNotices(contains))
    writeFileSync(join(folder, 'sbom.json'), billOfMaterials(contains))
  }
  cpSync('LICENSE', join(folder, 'LICENSE'))
  writeFileSync(join(folder, 'README.md'), packedReadme(`src/${room}/README.md`))
  const { version, license, engines } = readManifest('.')
  const exports = entriesOf(library).map(({ path, name: file }) => [path, { types: `./${file}.d.ts`, default: `./${file}.js` }] as const)
  const modules = format === 'esm' ? { type: 'module', sideEffects: false, exports: Object.fromEntries(exports) } : { engines }
  writeManifest(folder, { name, version, description, license, ...modules, main: './index.js', types: './index.d.ts', dependencies })
}

/**
 * The gateway, the tools, and each library's package as a folder, which `sluice/publisher` finds by Node's rules and by those of
 * TypeScript's `node10`, that knows no `exports`.
 */
async function writeGateway(folder: string, packages: string): Promise<void> {
  const isRun = (path: string) => !/\.(d\.ts|map)$|^dist\/src\/packing/.test(path)
  cpSync('dist/src', join(folder, 'dist', 'src'), { recursive: true, filter: isRun })
  await writePageLibrary(join(folder, 'dist', 'page-library'))
  cpSync('dist/console/page', join(folder, 'dist', 'console', 'page'), { recursive: true })
  for (const name of ['schemas', 'LICENSE']) cpSync(name, join(folder, name), { recursive: true })
  for (const readme of ['README.md', 'schemas/README.md']) writeFileSync(join(folder, readme), packedReadme(readme))
  for (const { name, room } of libraries) cpSync(join(packages, name), join(folder, room), { recursive: true })
  const manifest = readManifest('.')
  const needed = libraries.map(({ name }) => readManifest(join(packages, name)).dependencies)
  const dependencies = Object.assign({}, ...needed, manifest.dependencies) as object
  const ofTheCheckout = { private: undefined, scripts: undefined, devDependencies: undefined, overrides: undefined }
  const imports = Object.fromEntries(Object.entries(manifest.imports ?? {}).filter(([name]) => name !== '#packing/*'))
  writeManifest(folder, {
    ...manifest,
    ...ofTheCheckout,
    imports,
    dependencies,
    exports: Object.fromEntries(libraries.flatMap(exportsInGateway)),
  })
}

/** `./client/seed`, which is the file `client/seed.js`. */
function exportsInGateway(library: Library): [string, string][] {
  const { room } = library
  return entriesOf(library).map(({ path, name }) => [path.replace('.', `./${room}`), `./${room}/${name}.js`])
}
