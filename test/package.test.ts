import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { test, type Test } from 'tap'

// What another project has that installs the package: not what stands here, but what `npm pack` makes of it, with the packages that it names.

const server = 'uWebSockets.js'

/** A project with the package in it, and with what that asks for except the server, which is large and only the gateway's. */
class Project {
  /** Outside of this one, where Node would find all that is installed here. */
  readonly folder = mkdtempSync(join(tmpdir(), 'sluice-package-'))

  constructor(t: Test) {
    t.teardown(() => rmSync(this.folder, { recursive: true }))
    mkdirSync(join(this.folder, 'node_modules'))
    this.write('package.json', '{ "type": "module" }')
    // The build is there already, and other tests use it: so without the script that makes it anew.
    run(this.folder, 'npm', 'pack', resolve('.'), '--ignore-scripts', '--silent')
    const [tarball = ''] = readdirSync(this.folder).filter((name) => name.endsWith('.tgz'))
    run(this.folder, 'tar', '-xzf', tarball)
    run(this.folder, 'mv', 'package', join('node_modules', 'sluice'))
    const { dependencies } = this.manifest()
    for (const name of Object.keys(dependencies).filter((one) => one !== server)) this.link(name)
  }

  manifest(): { dependencies: Record<string, string>; bin: { sluice: string } } {
    return JSON.parse(readFileSync(this.pathOf('package.json'), 'utf8')) as ReturnType<Project['manifest']>
  }

  /** As npm would have installed it. */
  link(name: string): void {
    const path = join(this.folder, 'node_modules', name)
    mkdirSync(dirname(path), { recursive: true })
    symlinkSync(resolve('node_modules', name), path)
  }

  /** Of a file in the package. */
  pathOf(file: string): string {
    return join(this.folder, 'node_modules', 'sluice', file)
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.folder, file), text)
  }

  node(...args: string[]): Outcome {
    return outcomeOf(this.folder, process.execPath, ...args)
  }
}

interface Outcome {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

function outcomeOf(cwd: string, command: string, ...args: string[]): Outcome {
  const { PATH, HOME } = process.env
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8', env: { PATH, HOME }, timeout: 60_000 })
  if (error !== undefined) throw error
  return { code: status, out: stdout, err: stderr }
}

function run(cwd: string, command: string, ...args: string[]): void {
  const { code, err } = outcomeOf(cwd, command, ...args)
  if (code !== 0) throw new Error(`${command} ${args.join(' ')}: ${err}`)
}

test('the package holds what runs and its types, and nothing of its making', (t) => {
  const { folder } = new Project(t)
  const files = (readdirSync(join(folder, 'node_modules', 'sluice'), { recursive: true }) as string[]).filter((file) => /\.\w+$/.test(file))
  const odd = files.filter((file) => !/^(dist\/src\/.*\.(js|d\.ts)|schemas\/.*|package\.json|README\.md)$/.test(file))
  t.same(odd, [])
  t.ok(files.includes('dist/src/main.js'))
  t.end()
})

const service = `
import { EventEmitter } from 'node:events'
import { ConfigurationError, EntityPublisher, InvalidEntityError, PublishError, RegistryError, type EntityPublisherOptions, type PublishAnswer } from 'sluice/publisher'

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

try {
  await EntityPublisher.create(options)
} catch (error) {
  console.log([ConfigurationError, InvalidEntityError, PublishError, RegistryError].map((one) => error instanceof one).join())
}
`

test('a service of another project publishes with it, in strict TypeScript, without the gateway', (t) => {
  const project = new Project(t)
  project.link('@types/node')
  project.write('service.ts', service)
  const options = ['--strict', '--exactOptionalPropertyTypes', '--target', 'ES2022', '--module', 'NodeNext', '--types', 'node']
  const compiled = project.node(resolve('node_modules/typescript/bin/tsc'), ...options, 'service.ts')
  t.same(compiled, { code: 0, out: '', err: '' })
  t.same(project.node('service.js'), { code: 0, out: 'true,false,false,false\n', err: '' })
  t.end()
})

test('its types say when a service is wrong', (t) => {
  const project = new Project(t)
  project.link('@types/node')
  project.write(
    'service.ts',
    `import { EntityPublisher } from 'sluice/publisher'\nawait EntityPublisher.create({ brokers: ['localhost:9092'], schema: 'schemas' })\n`,
  )
  const options = ['--strict', '--noEmit', '--target', 'ES2022', '--module', 'NodeNext', '--types', 'node']
  const compiled = project.node(resolve('node_modules/typescript/bin/tsc'), ...options, 'service.ts')
  t.match(compiled, { code: 2, out: /'schema' does not exist in type 'EntityPublisherOptions'/ })
  t.end()
})

test('its command runs, and says which version it is', (t) => {
  const project = new Project(t)
  const command = project.pathOf(project.manifest().bin.sluice)
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
  t.same(project.node(command, '--version'), { code: 0, out: `${version}\n`, err: '' })
  t.match(project.node(command, 'schema', 'diff', project.pathOf('schemas'), project.pathOf('schemas')), { code: 0 })
  t.end()
})

test('the gateway says that its server is missing', (t) => {
  const project = new Project(t)
  t.match(project.node(project.pathOf('dist/src/main.js')), {
    code: 78,
    err: 'sluice: uWebSockets.js is not installed; the gateway needs it.\n',
  })
  t.end()
})
