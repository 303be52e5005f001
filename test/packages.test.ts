import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { t as all, test, type Test } from 'tap'
import ts from 'typescript'
import { describeSize } from '#packing/installed-size.js'
import { makeTarballs, type Tarball } from '#packing/make-tarballs.js'
import { compileService } from './support/tools/compile-service.js'

// What another project has that installs a package: not what stands here, but what is in the tarball, with the packages that it names.

/** Outside of this project, where Node would find all that is installed here. */
const folder = mkdtempSync(join(tmpdir(), 'sluice-packages-test-'))
all.teardown(() => rmSync(folder, { recursive: true }))
const tarballs = await makeTarballs(folder)
const server = 'uWebSockets.js'

interface Outcome {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** A project that has installed one package with what that asks for, except the server, which is large and only the gateway's. */
class Project {
  readonly tarball: Tarball
  private readonly folder: string

  constructor(readonly name: string) {
    this.tarball = tarballs.find((one) => one.name === name)!
    this.folder = join(folder, name)
    mkdirSync(this.path('node_modules', name), { recursive: true })
    this.write('package.json', '{}')
    this.run('tar', '-xzf', this.tarball.path, '-C', this.path('node_modules', name), '--strip-components=1')
    for (const one of Object.keys(this.manifest().dependencies)) if (one !== server) this.link(one)
  }

  manifest(): { version: string; dependencies: Record<string, string>; bin: { sluice: string } } {
    return JSON.parse(readFileSync(this.packed('package.json'), 'utf8')) as ReturnType<Project['manifest']>
  }

  packed(file = ''): string {
    return this.path('node_modules', this.name, file)
  }

  write(file: string, text: string): void {
    writeFileSync(this.path(file), text)
  }

  node(...args: string[]): Outcome {
    return this.run(process.execPath, ...args)
  }

  path(...names: string[]): string {
    return join(this.folder, ...names)
  }

  /** As npm would have installed it. */
  private link(name: string): void {
    const path = this.path('node_modules', name)
    mkdirSync(dirname(path), { recursive: true })
    symlinkSync(resolve('node_modules', name), path)
  }

  private run(command: string, ...args: string[]): Outcome {
    const { PATH, HOME } = process.env
    const options = { cwd: this.folder, encoding: 'utf8', env: { PATH, HOME }, timeout: 60_000 } as const
    const { status, stdout, stderr, error } = spawnSync(command, args, options)
    if (error !== undefined) throw error
    return { code: status, out: stdout, err: stderr }
  }
}

const gateway = new Project('sluice')
const publisher = new Project('sluice-publisher')
/** By the name that a service imports it by. */
const services = { 'sluice/publisher': gateway, 'sluice-publisher': publisher }
const done = { code: 0, err: '' }

const librarysFiles = ['index.js', 'index.d.ts', 'package.json', 'README.md', 'LICENSE', 'THIRD-PARTY-NOTICES.txt']

test('the packages hold what runs and its types, and nothing of their making', async (t) => {
  const files = readdirSync(gateway.packed(), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = files.map(({ parentPath, name }) => join(parentPath, name).slice(gateway.packed('/').length))
  const odd = paths.filter((path) => !/^(dist\/src\/.*\.js|publisher\/.*|schemas\/.*|package\.json|README\.md|LICENSE)$/.test(path))
  t.same(odd, [])
  t.ok(paths.includes('dist/src/main.js'))
  t.notOk(paths.some((path) => path.startsWith('dist/src/packing/')))
  t.same(new Set(readdirSync(gateway.packed('publisher'))), new Set(librarysFiles))
  t.same(new Set(readdirSync(publisher.packed())), new Set(librarysFiles))
})

test('the project itself is not packed, as what makes its packages is a script of that name', async (t) => {
  const npm = (...args: string[]) => spawnSync('npm', args, { encoding: 'utf8', timeout: 60_000 })
  t.match(npm('pack', '--dry-run'), { status: 1, stderr: /npm run pack makes the packages/ })
  t.match(npm('run', 'prepack'), { status: 0 }, 'npm runs it before the script, too')
})

test('no manual in a package links to what is not in it', async (t) => {
  for (const path of [gateway.packed('README.md'), gateway.packed('schemas/README.md'), publisher.packed('README.md')]) {
    const text = readFileSync(path, 'utf8')
    t.match(text, /^# /, path)
    for (const [link] of text.matchAll(/\[[^\]]*\]\((?!https?:|#)[^)]*\)/g)) t.fail(`${path}: ${link}`)
  }
})

test('both are of one version, which is the one of this project', async (t) => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
  for (const project of [gateway, publisher]) t.equal(project.manifest().version, version)
})

test('a service that installs the publisher gets nothing of the gateway, the tools and the client that the registry offers', async (t) => {
  for (const { name, size } of tarballs) t.comment(`${name}: ${describeSize(size)}`)
  const { needs, bytesWithAll } = publisher.tarball.size
  for (const name of [server, 'rxjs', 'commander', 'ws', '@confluentinc/schemaregistry']) t.notOk(needs.includes(name), name)
  t.ok(bytesWithAll < 10e6, `${bytesWithAll} bytes`)
})

test('the licences of what is bundled go with it', async (t) => {
  const code = readFileSync(publisher.packed('index.js'), 'utf8')
  const notices = readFileSync(publisher.packed('THIRD-PARTY-NOTICES.txt'), 'utf8')
  const bundled = new Set([...code.matchAll(/^ *\/\/ node_modules\/((?:@[^/\n]+\/)?[^/\n]+)/gm)].map(([, name]) => name!))
  t.ok(bundled.has('@confluentinc/schemaregistry'))
  for (const name of bundled) t.match(notices, new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(`, 'm'), name)
})

/** In TypeScript that is an ES module and a CommonJS module alike. */
const service = (name: string) => `
import { EventEmitter } from 'node:events'
import { ConfigurationError, EntityPublisher, InvalidEntityError, PublishError, RegistryError, type EntityPublisherOptions, type PublishAnswer } from '${name}'

const { REGISTRY_USER: user, REGISTRY_PASSWORD: password, CA: ca } = process.env
const options: EntityPublisherOptions = {
  brokers: [],
  registry: { url: 'http://127.0.0.1:1', user, password, timeoutMs: undefined },
  schemas: 'schemas',
  entities: undefined,
  register: undefined,
  sasl: undefined,
  tls: ca === undefined ? undefined : { ca, cert: undefined, key: undefined },
  compression: undefined,
  deliveryTimeoutMs: undefined,
  closeTimeoutMs: undefined,
  batchBytesMax: undefined,
  queueBytesMax: undefined,
  log: undefined,
}

export async function publishAll(publisher: EntityPublisher): Promise<PublishAnswer> {
  publisher.on(new EventEmitter(), { 'order.paid': () => ({ entityType: 'order', operation: 'update', entity: {} }) }, () => undefined)
  await publisher.publish('order', 'update', { id: 'order-1' }, { entityId: undefined, timestamp: undefined })
  return publisher.publish('order', 'create', { id: 'order-1' }, { timestamp: new Date() })
}

EntityPublisher.create(options).catch((error: unknown) =>
  console.log([ConfigurationError, InvalidEntityError, PublishError, RegistryError].map((one) => error instanceof one).join()),
)

export const misspelt: EntityPublisherOptions = {
  brokers: [],
  registry: { url: '' },
  // @ts-expect-error -- The types say when a service is wrong, which they would not if TypeScript had not found them.
  schema: 'schemas',
}
`

/** Compiles the service of each package at once, as reading TypeScript's own declarations takes longest, and runs what came out. */
function compileAndRun(t: Test, endings: Readonly<Record<string, string>>, modules: Parameters<typeof compileService>[1]): void {
  const paths: string[] = []
  for (const [name, project] of Object.entries(services)) {
    for (const ending of Object.keys(endings)) {
      project.write(`service.${ending}`, service(name))
      paths.push(project.path(`service.${ending}`))
    }
  }
  t.same(compileService(paths, modules), [])
  for (const [name, project] of Object.entries(services))
    for (const ending of Object.values(endings))
      t.same(project.node(`service.${ending}`), { ...done, out: 'true,false,false,false\n' }, name)
}

test('a service in strict TypeScript imports the publisher of both packages, as an ES module and as CommonJS', async (t) => {
  compileAndRun(t, { mts: 'mjs', cts: 'cjs' }, { module: ts.ModuleKind.Node16 })
})

test('a service in strict TypeScript that finds modules as Node 10 did imports the publisher of both packages', async (t) => {
  compileAndRun(t, { ts: 'js' }, { module: ts.ModuleKind.CommonJS, moduleResolution: ts.ModuleResolutionKind.Node10 })
})

for (const [name, project] of Object.entries(services)) {
  test(`${name} has each error once in a process, whether that imports or requires it`, async (t) => {
    project.write(
      'both.mjs',
      `import { createRequire } from 'node:module'
      import * as imported from '${name}'
      const required = createRequire(import.meta.url)('${name}')
      console.log(['EntityPublisher', 'PublishError'].map((one) => required[one] === imported[one]).join())`,
    )
    t.same(project.node('both.mjs'), { ...done, out: 'true,true\n' })
  })

  test(`${name} asks a registry and Kafka from JavaScript`, async (t) => {
    mkdirSync(join(folder, project.name, 'schemas'))
    project.write(
      'schemas/order.avsc',
      '{ "type": "record", "name": "Order", "streamable": true, "fields": [{ "name": "id", "type": "string" }] }',
    )
    project.write(
      'service-of-javascript.cjs',
      `const { EntityPublisher } = require('${name}')
      const asked = []
      const registry = require('node:http').createServer((request, response) => {
        asked.push(request.method + ' ' + request.url.split('?')[0])
        response.end('{ "subject": "order.create-value", "version": 1, "id": 1, "schema": "{}" }')
      })
      registry.listen(0, '127.0.0.1', async () => {
        const url = 'http://127.0.0.1:' + registry.address().port
        const options = { brokers: ['127.0.0.1:1'], registry: { url }, schemas: 'schemas' }
        const error = await EntityPublisher.create(options).catch((one) => one)
        console.log(asked[0], error.name, error.code)
        registry.close()
      })`,
    )
    t.match(project.node('service-of-javascript.cjs'), { code: 0, out: 'POST /subjects/order.create-value PublishError not_connected\n' })
  })
}

test('the command of the gateway runs, and says which version it is', async (t) => {
  const { bin, version } = gateway.manifest()
  const command = gateway.packed(bin.sluice)
  t.same(gateway.node(command, '--version'), { ...done, out: `${version}\n` })
  t.match(gateway.node(command, 'schema', 'diff', gateway.packed('schemas'), gateway.packed('schemas')), { code: 0 })
})

test('the gateway says that its server is missing', async (t) => {
  t.match(gateway.node(gateway.packed('dist/src/main.js')), {
    code: 78,
    err: 'sluice: uWebSockets.js is not installed; the gateway needs it.\n',
  })
})
