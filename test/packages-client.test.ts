import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { t as all, test } from 'tap'
import ts from 'typescript'
import { clientLibrary } from '#packing/libraries.js'
import { makeTarball } from '#packing/make-tarballs.js'
import { followOrder } from './support/client/follow-order.js'
import { GatewayProcess } from './support/gateway/gateway-process.js'
import { secret, signedToken } from './support/gateway/tokens.js'
import { Project } from './support/packing/project.js'
import { compileService } from './support/tools/compile-service.js'

// What a page has that installs the client library: what is in its tarball, and nothing else.

const folder = mkdtempSync(join(tmpdir(), 'sluice-client-test-'))
all.teardown(() => rmSync(folder, { recursive: true }))
const project = new Project(folder, await makeTarball(clientLibrary, folder))
const tarball = readFileSync(project.tarball.path)
const read = (file: string) => readFileSync(project.packed(file), 'utf8')
const done = { code: 0, err: '' }

/** The whole library without its further entries, as a page loads it. */
const compressedBytesMax = 11_110

test('the package is of modules, each with its types, which ask for nothing else', async (t) => {
  const { exports, dependencies } = project.manifest()
  t.same(dependencies, {})
  const files = readdirSync(project.packed())
  for (const { types, default: code } of Object.values(exports)) t.ok([types, code].every((path) => files.includes(path.slice(2))))
  const entries = Object.keys(exports).map((path) => (path === '.' ? 'index' : path.slice(2)))
  const known = new RegExp(`^((${entries.join('|')})\\.(js|d\\.ts)|shared-\\w+\\.js|client\\.min\\.js|package\\.json|README\\.md|LICENSE)$`)
  t.same(
    files.filter((file) => !known.test(file)),
    [],
  )
  for (const file of files.filter((one) => /\.(js|ts)$/.test(one))) {
    t.notMatch(read(file), /sourceMappingURL|\brequire\(|\bimport\(/, file)
    for (const [, from] of read(file).matchAll(/^(?:import|export)\b[^'"]*\bfrom ["']([^"']+)["']/gm)) t.match(from, /^\.\//, file)
    if (file.endsWith('.d.ts')) t.notMatch(read(file), /^\/\/\/|Surroundings/m, file)
  }
})

test('the library is small', async (t) => {
  const bytes = gzipSync(read('client.min.js'), { level: 9 }).length
  t.comment(`${bytes} bytes, minified and compressed`)
  t.ok(bytes <= compressedBytesMax, `${bytes} bytes are not more than ${compressedBytesMax}`)
})

test('publint has nothing against the tarball', async (t) => {
  const { messages, pkg } = await publint({ pack: { tarball: new Uint8Array(tarball).buffer }, strict: true })
  t.same(
    messages.map((message) => formatMessage(message, pkg)),
    [],
  )
})

test('nor has arethetypeswrong, for who imports modules', async (t) => {
  const checked = await checkPackage(createPackageFromTarballData(tarball))
  const problems = checked.types === false ? ['no types'] : checked.problems
  // `require` finds a module, which is so for every package of modules alone.
  t.same(
    problems.filter((one) => typeof one === 'string' || !('resolutionKind' in one) || one.resolutionKind !== 'node16-cjs'),
    [],
  )
})

/** What `sluice types` writes, and a page that is right about it, and one that is not. */
const page = `
import { SluiceClient, SluiceError, type Change, type ClientOptions, type Collection, type CollectionState, type Cursor, type EntityState, type Missed, type Store } from 'sluice-client'
import { SeedClient } from 'sluice-client/seed'
import { exactJson } from 'sluice-client/exact'
import { scriptedServer } from 'sluice-client/testing'

interface Order { readonly id: string; readonly status: 'NEW' | 'PAID'; readonly email?: string }
interface Entities { readonly order: Order; readonly invoice: { readonly id: string; readonly total: string } }

const options: ClientOptions = { token: async ({ reason, signal }) => (signal.aborted ? '' : reason), clientId: undefined, parse: exactJson('bigint') }
const client = new SluiceClient<Entities>('wss://stream.example.com', options)
export const seed = new SeedClient<Entities>(() => Promise.resolve('wss://stream.example.com'), { token: 'jwt' })

export const ofTest = new SluiceClient('ws://test', { token: 'jwt', WebSocket: scriptedServer().WebSocket })

export async function follow(since: Cursor | undefined): Promise<string[]> {
  const statuses: string[] = []
  for await (const change of client.subscribe('order', 'order-1', { since, maxHz: 10, queueMax: undefined })) {
    const missed: Missed | undefined = change.missed
    if (missed !== undefined) statuses.push(missed.because)
    if (change.operation === 'delete') return statuses
    const status: 'NEW' | 'PAID' = change.data.status
    statuses.push(status, change.data.email ?? '')
  }
  return statuses
}

export function narrow(change: Change<Entities>): string {
  if (change.operation === 'delete') return change.entityType
  return change.entityType === 'order' ? change.data.status : change.data.total
}

const list: Collection<Entities, 'order'> = client.collection('order', { where: { status: 'PAID' }, fields: ['id', 'items.*'], maxHz: 5 })
export const ids = (): string[] => [...list.getSnapshot().rows.keys()]
export const stopList = list.subscribe((state: CollectionState<Order>) => (state.status === 'failed' ? state.error.code : [...state.rows.values()].map(({ status }) => status)))
list.changes({ queueMax: 5 }).subscribe((change) => (change.operation === 'delete' ? change.entityId : change.data.status.length))

const order: Store<EntityState<Order>> = client.entity('order', 'order-1')
export const stop = order.subscribe((state) => (state.status === 'failed' ? state.error.code : state.data?.id))
export const isFinal = (error: unknown): boolean => error instanceof SluiceError && error.final
client.on('digits_lost', ({ path }) => path.toUpperCase())
client.subscribe('order-1').subscribe({ next: (change) => change.entityId, complete: stop })

// @ts-expect-error -- No entity has this name.
client.entity('ordre', 'order-1')
// @ts-expect-error -- No entity has this name.
client.subscribe('ordre', 'order-1')
// @ts-expect-error -- An order has no such field.
client.subscribe('order', 'order-1').subscribe(({ data }) => data?.total)
// @ts-expect-error -- What is deleted has no data.
client.subscribe('order', 'order-1').subscribe((change) => change.operation === 'delete' && change.data.id)
// @ts-expect-error -- It is not known yet whether there is one.
client.entity('order', 'order-1').getSnapshot().data.id
// @ts-expect-error -- What came is not the page's to change.
client.subscribe('order', 'order-1').subscribe(({ data }) => (data!.status = 'PAID'))
// @ts-expect-error -- No entity has this name.
client.collection('ordre')
// @ts-expect-error -- A filter is an object.
client.collection('order', { where: 'PAID' })
// @ts-expect-error -- Fields are a list.
client.collection('order', { fields: 'id' })
// @ts-expect-error -- An order has no such field.
list.subscribe(({ rows }) => rows.get('order-1')?.total)
// @ts-expect-error -- What came is not the page's to change.
list.subscribe(({ rows }) => rows.clear())
// @ts-expect-error -- A list has no cursor to go on from.
list.changes({ since: null })
// @ts-expect-error -- There is no token.
new SluiceClient('wss://stream.example.com', {})
// @ts-expect-error -- No option has this name.
new SluiceClient('wss://stream.example.com', { token: 'jwt', clientID: 'tab' })
// @ts-expect-error -- A rate is a number.
client.subscribe('order', 'order-1', { maxHz: '10' })
// @ts-expect-error -- No event has this name.
client.on('digits', () => undefined)
`

/** What only browsers have. */
const pageOfBrowser = `
import { SluiceClient } from 'sluice-client'

const client = new SluiceClient('wss://stream.example.com', { token: 'jwt', WebSocket })
export const changes = client.subscribe('order', 'order-1', { signal: new AbortController().signal })
`

const resolutions = {
  node16: { module: ts.ModuleKind.Node16 },
  bundler: { module: ts.ModuleKind.ES2022, moduleResolution: ts.ModuleResolutionKind.Bundler },
}

for (const [name, modules] of Object.entries(resolutions)) {
  test(`a page in strict TypeScript that resolves modules as ${name} imports it, without the types of browsers and of Node`, async (t) => {
    const file = `page-of-${name}.mts`
    project.write(file, page)
    t.same(compileService([project.path(file)], { ...modules, types: [] }), [])
  })
}

test('the WebSocket and the signals of browsers fit', async (t) => {
  project.write('page-of-browser.mts', pageOfBrowser)
  const lib = ['lib.es2022.d.ts', 'lib.dom.d.ts']
  t.same(compileService([project.path('page-of-browser.mts')], { ...resolutions.bundler, lib, types: [] }), [])
})

test('an error is of one class, by whichever entry it came', async (t) => {
  project.write(
    'one-class.mjs',
    `import { SluiceError } from 'sluice-client'
    import { SluiceError as OfSeed } from 'sluice-client/seed'
    console.log(SluiceError === OfSeed, new SluiceError('closed', '', true) instanceof Error)`,
  )
  t.same(await project.node('one-class.mjs'), { ...done, out: 'true true\n' })
})

test('it is imported, and a client made, where there is nothing but the language', async (t) => {
  project.write(
    'bare.mjs',
    `import { readFileSync } from 'node:fs'
    import vm from 'node:vm'
    const context = vm.createContext({})
    const source = readFileSync('node_modules/sluice-client/client.min.js', 'utf8')
    const library = new vm.SourceTextModule(source, { context })
    await library.link(() => { throw new Error('it imports something') })
    await library.evaluate()
    const { SluiceClient } = library.namespace
    const client = new SluiceClient('wss://stream.example.com', { token: 'jwt' })
    const store = client.entity('order', 'order-1')
    client.subscribe('order', 'order-1')
    console.log(store.getServerSnapshot().status, client.state.getSnapshot().status, Object.keys(context).length)`,
  )
  const { code, out } = await project.node('--experimental-vm-modules', 'bare.mjs')
  t.same({ code, out }, { code: 0, out: 'waiting idle 0\n' })
})

test('it follows an entity in Node, and lets the process end', async (t) => {
  const gateway = await GatewayProcess.start(t, { JWT_SECRET: secret })
  project.install('ws')
  project.write('follow.mjs', followOrder('sluice-client', gateway.url!, await signedToken({ roles: ['warehouse'] })))
  t.same(await project.node('follow.mjs'), { ...done, out: 'snapshot,update\n' })
  t.equal(await gateway.stop(), 0)
})
