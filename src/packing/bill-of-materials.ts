import { execFileSync } from 'node:child_process'
import { readManifest } from './manifest.js'

interface CycloneDx extends Readonly<Record<string, unknown>> {
  readonly metadata: Readonly<Record<string, unknown>> & { readonly component: object }
  readonly components: readonly Component[]
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[]
}

interface Component {
  readonly 'bom-ref': string
  readonly name: string
  readonly version: string
}

/** What npm says of all that is installed, asked once. */
let installed: CycloneDx | undefined

/** An SBOM (CycloneDX, as npm writes it) of these packages, which some code contains. @param folders of the packages in `node_modules` */
export function billOfMaterials(folders: readonly string[]): string {
  installed ??= JSON.parse(npmSbom()) as CycloneDx
  const byId = new Map(installed.components.map((component) => [idOf(component), component]))
  const components = [...new Set(folders)].map((folder) => {
    const component = byId.get(installedId(folder))
    if (component === undefined) throw new Error(`npm does not know of ${folder}, which is contained.`)
    return component
  })
  const { name } = readManifest('.')
  const refs = new Set(components.map((component) => component['bom-ref']))
  const dependencies = installed.dependencies
    .filter(({ ref }) => refs.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((one) => refs.has(one)) }))
  // Npm calls the project by the name of its folder.
  const metadata = { ...installed.metadata, component: { ...installed.metadata.component, name } }
  return `${JSON.stringify({ ...installed, metadata, components: [...new Set(components)], dependencies }, null, 2)}\n`
}

function npmSbom(): string {
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application']
  return execFileSync('npm', args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
}

/** Npm calls a package by the name under which it is installed, which may not be its own. */
function installedId(folder: string): string {
  return idOf({ name: folder.replace(/^.*node_modules\//, ''), version: readManifest(folder).version })
}

function idOf({ name, version }: { readonly name: string; readonly version: string }): string {
  return `${name}@${version}`
}
