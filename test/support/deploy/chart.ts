import { spawnSync } from 'node:child_process'
import { parseAllDocuments } from 'yaml'

/** The one that `.ci/run` builds, or another one. */
const helm = process.env['HELM'] ?? '.cache/tools/helm'
/** One that `go install` built takes Kubernetes for one of years ago. */
const kubernetes = ['--kube-version', '1.31.0']
const chart = '.deploy/chart'
const release = 'shop'

export type Resource = Readonly<Record<string, unknown>> & {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> }
}

/** The resources that the chart makes of the values. @throws Error that says what helm said. */
export function rendered(values: object): Resource[] {
  const text = asked(['template', release, chart, ...kubernetes], values)
  return parseAllDocuments(text)
    .map((document) => {
      if (document.errors.length > 0) throw document.errors[0]!
      return document.toJS() as Resource | null
    })
    .filter((resource) => resource !== null)
}

/** @throws Error */
export function lint(values: object): void {
  asked(['lint', chart, '--strict', ...kubernetes], values)
}

/** What it says where it refuses the values. */
export function refusalOf(values: object): string | undefined {
  try {
    rendered(values)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

function asked(args: readonly string[], values: object): string {
  const { status, stdout, stderr, error } = spawnSync(helm, [...args, '--values', '-'], {
    input: JSON.stringify(values),
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  })
  if (error !== undefined) throw new Error(`${helm} cannot be run: ${error.message}`)
  if (status !== 0) throw new Error(stderr + stdout)
  return stdout
}
