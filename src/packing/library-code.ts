import { builtinModules } from 'node:module'
import { build, type BuildOptions, type Metafile, type Plugin } from 'esbuild'
import { minify } from 'terser'
import { entriesOf, type Library } from './libraries.js'
import { readManifest } from './manifest.js'

/** The packages that a bundle is made of and those that it still imports. */
export interface BundledCode {
  /** Folders, the project's own not among them. */
  readonly contains: readonly string[]
  /** With the versions that whoever imports them asks for. */
  readonly dependencies: Readonly<Record<string, string>>
}

/** Its package drags 278 others in (101 MB), for encryption and for formats that nobody here uses. */
const registryClient = '@confluentinc/schemaregistry'
/** What that client sends by. It stays a package of its own, so that its security fixes reach a service by `npm update`. */
const http = ['axios', 'axios-retry']

/** Without a platform a module of Node's is an error. */
const platforms = {
  cjs: { format: 'cjs', platform: 'node', target: 'node20' },
  esm: { format: 'esm', platform: 'neutral', target: 'es2022', splitting: true },
} as const satisfies Record<Library['format'], BuildOptions>

/**
 * Tokens by OAuth, for which the publisher has no option, are left out of the registry's client: they would be two thirds of the bundle.
 */
const withoutOAuth: Plugin = {
  name: 'without OAuth',
  setup(bundler) {
    bundler.onResolve({ filter: /^(simple-oauth2|@hapi\/wreck|@hapi\/boom)$/ }, ({ path }) => ({ path, namespace: 'left out' }))
    bundler.onLoad({ filter: /./, namespace: 'left out' }, () => ({ contents: '' }))
  },
}

/**
 * Bundles a library with all of ours that it imports, and with what it uses of the registry's client. What several of its entries need is in
 * a file that they share, so that an error is of one class.
 */
export async function bundleCode(library: Library, folder: string): Promise<BundledCode> {
  const own = Object.keys(readManifest('.').dependencies ?? {}).filter((name) => name !== registryClient)
  const { metafile } = await build({
    ...platforms[library.format],
    entryPoints: entriesOf(library).map(({ module, name }) => ({ in: module, out: name })),
    outdir: folder,
    chunkNames: 'shared-[hash]',
    bundle: true,
    external: [...own, ...http],
    plugins: [withoutOAuth],
    logLevel: 'warning',
    metafile: true,
  })
  return { contains: packagesIn(metafile), dependencies: importsOf(metafile) }
}

/** The main entry of a library in one file, as small as can be: what esbuild leaves, terser makes smaller by another twentieth. */
export async function minifiedCode(library: Library): Promise<Uint8Array> {
  const entryPoints = entriesOf(library).flatMap(({ path, module }) => (path === '.' ? [module] : []))
  const { outputFiles } = await build({
    ...platforms[library.format],
    entryPoints,
    splitting: false,
    bundle: true,
    minify: true,
    write: false,
  })
  const { code } = await minify(outputFiles[0]!.text, { module: true, ecma: 2020, compress: { passes: 3 } })
  return Buffer.from(code!)
}

/** The folders of the packages that a bundle is made of, the project's own not among them. */
export function packagesIn({ outputs }: Metafile): string[] {
  const files = Object.values(outputs).flatMap(({ inputs }) => Object.keys(inputs))
  return [...new Set(files.map(packageFolder))].filter((folder) => folder !== '.').sort()
}

function importsOf({ inputs }: Metafile): Record<string, string> {
  const versions: [string, string][] = []
  for (const [path, { imports }] of Object.entries(inputs)) {
    const { name, dependencies } = readManifest(packageFolder(path))
    for (const { path: imported } of imports.filter((one) => one.external && !isBuiltIn(one.path))) {
      const version = dependencies?.[imported]
      if (version === undefined) throw new Error(`${path} imports ${imported}, which ${name} does not depend on`)
      versions.push([imported, version])
    }
  }
  return Object.fromEntries(versions.sort(([a], [b]) => (a < b ? -1 : 1)))
}

function isBuiltIn(name: string): boolean {
  return name.startsWith('node:') || builtinModules.includes(name)
}

/** `node_modules/@hapi/boom` of a file in it; the project's own is `.`. */
function packageFolder(path: string): string {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? '.'
}
