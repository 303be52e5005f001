import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { t as all, test, type Test } from 'tap'
import ts from 'typescript'
import { describeSize } from '#packing/installed-size.js'
import { makeTarballs } from '#packing/make-tarballs.js'
import { Project } from './support/packing/project.js'
import { compileService } from './support/tools/compile-service.js'

// What another project has that installs a package: not what stands here, but what is in the tarball, with the packages that it names.

const folder = mkdtempSync(join(tmpdir(), 'sluice-packages-test-'))
all.teardown(() => rmSync(folder, { recursive: true }))
const tarballs = await makeTarballs(folder)
/** Large, and only the gateway's. */
const server = 'uWebSockets.js'

const [gateway, publisher, client] = tarballs.map((tarball) => new Project(folder, tarball, [server])) as [Project, Project, Project]
/** By the name that a service imports it by. */
const services = { 'sluice/publisher': gateway, 'sluice-publisher': publisher }
const done = { code: 0, err: '' }

const librarysFiles = ['index.js', 'index.d.ts', 'package.json', 'README.md', 'LICENSE', 'THIRD-PARTY-NOTICES.txt', 'sbom.json']

test('the packages hold what runs and its types, and nothing of their making', async (t) => {
  const files = readdirSync(gateway.packed(), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = files.map(({ parentPath, name }) => join(parentPath, name).slice(gateway.packed('/').length))
  const odd = paths.filter(
    (path) =>
      !/^(dist\/src\/.*\.js|dist\/page-library\/.*|dist\/console\/page\/.*|(publisher|client)\/.*|schemas\/.*|package\.json|README\.md|LICENSE)$/.test(
        path,
      ),
  )
  t.same(odd, [])
  for (const path of ['dist/src/main.js', 'dist/page-library/client.js', 'dist/console/page/index.html', 'client/client.min.js'])
    t.ok(paths.includes(path), path)
  t.notOk(paths.some((path) => path.startsWith('dist/src/packing/')))
  t.same(new Set(readdirSync(gateway.packed('publisher'))), new Set(librarysFiles))
  t.same(new Set(readdirSync(publisher.packed())), new Set(librarysFiles))
  t.same(readdirSync(gateway.packed('client')), readdirSync(client.packed()))
})

test('the project itself is not packed, as what makes its packages is a script of that name', async (t) => {
  const npm = (...args: string[]) => spawnSync('npm', args, { encoding: 'utf8', timeout: 60_000 })
  t.match(npm('pack', '--dry-run'), { status: 1, stderr: /npm run pack makes the packages/ })
  t.match(npm('run', 'prepack'), { status: 0 }, 'npm runs it before the script, too')
})

test('no manual in a package links to what is not in it', async (t) => {
  const paths = [
    gateway.packed('README.md'),
    gateway.packed('schemas/README.md'),
    publisher.packed('README.md'),
    client.packed('README.md'),
  ]
  for (const path of paths) {
    const text = readFileSync(path, 'utf8')
    t.match(text, /^# /, path)
    for (const [link] of text.matchAll(/\[[^\]]*\]\((?!https?:|#)[^)]*\)/g)) t.fail(`${path}: ${link}`)
  }
})

test('all are of one version, which is the one of this project', async (t) => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
  for (const project of [gateway, publisher, client]) t.equal(project.manifest().version, version)
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
async function compileAndRun(t: Test, endings: Readonly<Record<string, string>>, modules: Parameters<typeof compileService>[1]) {
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
      t.same(await project.node(`service.${ending}`), { ...done, out: 'true,false,false,false\n' }, name)
}

test('a service in strict TypeScript imports the publisher of both packages, as an ES module and as CommonJS', async (t) => {
  await compileAndRun(t, { mts: 'mjs', cts: 'cjs' }, { module: ts.ModuleKind.Node16 })
})

test('a service in strict TypeScript that finds modules as Node 10 did imports the publisher of both packages', async (t) => {
  await compileAndRun(t, { ts: 'js' }, { module: ts.ModuleKind.CommonJS, moduleResolution: ts.ModuleResolutionKind.Node10 })
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
    t.same(await project.node('both.mjs'), { ...done, out: 'true,true\n' })
  })

  test(`${name} asks a registry and Kafka from JavaScript`, async (t) => {
    mkdirSync(project.path('schemas'))
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
    t.match(await project.node('service-of-javascript.cjs'), {
      code: 0,
      out: 'POST /subjects/order.create-value PublishError not_connected\n',
    })
  })
}

test('the package of the gateway exports the client library as the one of its own does', async (t) => {
  const { exports } = client.manifest()
  gateway.write(
    'library.mjs',
    `for (const path of ${JSON.stringify(Object.keys(exports))}) console.log(path, Object.keys(await import('sluice/client' + path.slice(1))).join())`,
  )
  const { code, out } = await gateway.node('library.mjs')
  t.equal(code, 0)
  t.match(out, /^\. SluiceClient,SluiceError$/m)
  t.match(out, /^\.\/seed SeedClient,SluiceError$/m)
  t.equal(out.trim().split('\n').length, Object.keys(exports).length)
})

test('the command of the gateway runs, and says which version it is', async (t) => {
  const { bin, version } = gateway.manifest()
  const command = gateway.packed(bin.sluice)
  t.same(await gateway.node(command, '--version'), { ...done, out: `${version}\n` })
  t.match(await gateway.node(command, 'schema', 'diff', gateway.packed('schemas'), gateway.packed('schemas')), { code: 0 })
})

test('the gateway says that its server is missing where it is asked for, and what sends traces', async (t) => {
  const asked = { SERVER: 'uws', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' }
  t.match(await gateway.nodeWith(asked, gateway.packed('dist/src/main.js')), {
    code: 78,
    out: /npm install @opentelemetry\/sdk-trace @opentelemetry\/resources @opentelemetry\/exporter-trace-otlp-http/,
    err: 'sluice: uWebSockets.js is not installed.\n',
  })
})
