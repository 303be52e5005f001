import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import ts from 'typescript'
import type { Resource } from './chart.js'

interface Model {
  validate(): void
}

const folder = 'dist/deploy'

/**
 * What is wrong with resources by the types of Kubernetes and of the operator for Prometheus: by TypeScript, which knows each member that
 * there is, and by the models' own checks, which know what values may be.
 */
export async function resourceFaults(resources: readonly Resource[]): Promise<string[]> {
  return [...wrongTypes(resources), ...(await wrongValues(resources))]
}

function wrongTypes(resources: readonly Resource[]): string[] {
  const lines = resources.flatMap((resource, nth) => [
    `import type { I${resource.kind} as Type${nth} } from '${moduleOf(resource)}'`,
    `export const resource${nth}: Type${nth} = ${JSON.stringify(resource, null, 2)}`,
  ])
  mkdirSync(folder, { recursive: true })
  const file = resolve(join(folder, 'resources.ts'))
  writeFileSync(file, lines.join('\n'))
  const program = ts.createProgram([file], {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: [],
  })
  return ts.getPreEmitDiagnostics(program).map(({ messageText, file: source, start = 0 }) => {
    const line =
      source?.text
        .slice(0, start + 60)
        .split('\n')
        .at(-1) ?? ''
    return `${line.trim()}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
  })
}

async function wrongValues(resources: readonly Resource[]): Promise<string[]> {
  const faults: string[] = []
  for (const resource of resources) {
    const { kind } = resource
    const models = (await import(moduleOf(resource))) as Readonly<Record<string, new (data: object) => Model>>
    try {
      new models[kind]!(resource).validate()
    } catch (error) {
      faults.push(`${kind} ${resource.metadata.name}: ${(error as Error).message}`)
    }
  }
  return faults
}

function moduleOf({ apiVersion, kind }: Resource): string {
  const models = apiVersion.startsWith('monitoring.coreos.com/') ? '@kubernetes-models/prometheus-operator' : 'kubernetes-models'
  return `${models}/${apiVersion}/${kind}`
}
