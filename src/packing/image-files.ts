import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { build } from 'esbuild'
import { packagesIn } from './library-code.js'
import { readManifest, writeManifest } from './manifest.js'
import { billOfMaterials } from './bill-of-materials.js'
import { thirdPartyNotices } from './third-party-notices.js'

/** Packages with code for one machine each, which cannot be bundled, and with what is installed of it. */
const nativePackages = ['lz4-napi', 'snappy', '@node-rs/crc32']
const server = 'uWebSockets.js'

/** What is run: the gateway, and the command line. Both stand as deep as in the build, as they find files beside them. */
const programs = ['dist/src/main.js', 'dist/src/sluice.js']

/** CommonJS that is bundled into a module asks for modules of Node's so. */
const requireForCommonJs = `import { createRequire as requireFrom } from 'node:module'\nconst require = requireFrom(import.meta.url)`

/**
 * Writes what an image holds, for this machine and this Node: the programs as a file each, with all that they import but native code, and the
 * files that they send. What is installed of the registry's client, some 280 packages for the key management of others, stays out.
 * @param serverBinary uWebSockets.js for this machine and Node, instead of that of the package.
 */
export async function writeImageFiles(folder: string, serverBinary?: Uint8Array): Promise<void> {
  const { metafile } = await build({
    entryPoints: programs,
    outdir: folder,
    outbase: '.',
    bundle: true,
    // What both need is there once, and as deep.
    splitting: true,
    chunkNames: 'dist/src/shared-[hash]',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    // Of packages that have both: what they have for browsers' module loaders as CommonJS cannot be bundled.
    mainFields: ['module', 'main'],
    external: [server, ...nativePackages],
    banner: { js: requireForCommonJs },
    logLevel: 'warning',
    metafile: true,
  })
  cpSync('schemas', join(folder, 'schemas'), { recursive: true })
  cpSync('dist/page-library', join(folder, 'page-library'), { recursive: true })
  cpSync('dist/console/page', join(folder, 'console', 'page'), { recursive: true })
  cpSync('LICENSE', join(folder, 'LICENSE'))
  const ofThisMachine = nativePackages.flatMap((name) => copyNative(name, folder))
  copyServer(folder, serverBinary)
  const contains = [...new Set([...packagesIn(metafile), ...[...nativePackages, server].map(folderOf)])].sort()
  writeFileSync(join(folder, 'THIRD-PARTY-NOTICES.txt'), thirdPartyNotices(contains))
  writeFileSync(join(folder, 'sbom.json'), billOfMaterials([...contains, ...ofThisMachine]))
  const { name, version, license } = readManifest('.')
  writeManifest(folder, { name, version, license, type: 'module' })
}

/** With what of it is installed for this machine: the folders are answered. Their licence is that of the package. */
function copyNative(name: string, folder: string): string[] {
  const { optionalDependencies = {} } = readManifest(folderOf(name))
  const ofThisMachine = Object.keys(optionalDependencies).map(folderOf).filter(existsSync)
  for (const one of [folderOf(name), ...ofThisMachine]) cpSync(one, join(folder, one), { recursive: true })
  return ofThisMachine
}

/** With the binary for this machine and Node alone; with none where there is none, as the gateway then runs on `ws`. */
export function copyServer(folder: string, binary?: Uint8Array): void {
  const from = folderOf(server)
  const own = serverBinaryName()
  const isWanted = (path: string) => !path.endsWith('.node') || (binary === undefined && basename(path) === own)
  cpSync(from, join(folder, from), { recursive: true, filter: isWanted })
  const binaries = join(folder, from, 'dist', 'bin')
  mkdirSync(binaries, { recursive: true })
  if (binary !== undefined) writeFileSync(join(binaries, own), binary)
}

function folderOf(name: string): string {
  return join('node_modules', name)
}

/** As upstream and its package call it. */
export function serverBinaryName(): string {
  return `uws_${process.platform}_${process.arch}_${process.versions.modules}.node`
}
