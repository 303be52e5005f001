import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { floors, neighbours, outside, everywhere, pageOnly, commandLineOnly } from './support/conventions/house-plan.js'
import { sourceFilesIn, type SourceFile } from './support/conventions/source-file.js'
import { testOfMany as test } from './support/running/test-of-many.js'

// The conventions that a tool can hold, as a test. What fails here says the file and what is wrong with it.

const source = sourceFilesIn('src')
const bench = sourceFilesIn('bench')
const tests = sourceFilesIn('test')
const all = [...source, ...bench, ...tests]
const paths = new Set(all.map(({ path }) => path))

/** What stands in a checkout and is no part of it. */
const ignoredFolders = [...readFileSync('.gitignore', 'utf8').matchAll(/^(.+)\/$/gm)].map(([, name]) => name!)

/** Tests of the whole, or of a property that no single file has. */
const testsOfTheWhole = new Set([
  'tidy',
  'readme',
  'deploy/deploy-files',
  'deploy/compose',
  'packages',
  'packages-client',
  'client/held',
  'client/misbehaving-page',
  'client/misbehaving-server',
  'simulation',
  'simulation-pages',
  'simulation-state',
  'schema-evolution',
  'avro-specification',
  'policy/permitted-leaves',
  'gateway/topics-as-they-are',
  'gateway/source/kafka/caught-up',
  'gateway/source/kafka/nothing-lost',
  'gateway/source/kafka/odd-brokers',
])

test('imports go down the floors, and to neighbours that are named', async (t) => {
  const floorOf = (room: string) => floors.findIndex((floor) => floor.includes(room.split('/')[0]!))
  const used = new Set<string>()
  for (const { path, imports } of source) {
    const room = roomOf(path)
    t.not(floorOf(room), -1, `${path} is in a room that has a place on a floor`)
    for (const { from } of imports.filter(({ from }) => paths.has(from) && roomOf(from) !== room)) {
      const other = roomOf(from)
      used.add(`${room} ${other}`)
      const isBelow = floorOf(other) < floorOf(room)
      t.ok(isBelow || room === programOf(other) || neighbours[room]?.includes(other), `${path} imports ${from}`)
    }
  }
  for (const [room, others] of Object.entries(neighbours))
    for (const other of others) t.ok(used.has(`${room} ${other}`), `${room} imports ${other}`)
})

test('an import that leaves its room says which room it goes to', async (t) => {
  for (const { path, imports } of source) {
    for (const { specifier, from } of imports.filter(({ from }) => paths.has(from))) {
      const isInside = path.split('/').length === 2 ? from.split('/').length === 2 : topRoomOf(from) === topRoomOf(path)
      t.equal(specifier.startsWith('#'), !isInside, `${path} imports ${specifier}`)
    }
  }
})

test("the console's page knows of this house what any page may: the client library, and what it is told", async (t) => {
  for (const { path, imports } of source.filter(({ path }) => roomOf(path) === 'console/page')) {
    for (const { from } of imports.filter(({ from }) => from.startsWith('src/') && roomOf(from) !== 'console/page'))
      t.match(from, /^src\/(client\/|text\/printable\.ts$|console\/(operation-)?answers\.ts$)/, `${path} imports ${from}`)
  }
})

test('languages are pure: they ask nobody, and wait for nobody', async (t) => {
  for (const { path, text, imports } of source.filter(({ path }) => floors[1]!.includes(topRoomOf(path)))) {
    // Hashes, and text that is cut where UTF-8 allows it.
    for (const { from } of imports) if (from.startsWith('node:')) t.match(from, /^node:(crypto|buffer|util)$/, `${path} imports ${from}`)
    t.notMatch(text, /\basync\b|\bawait\b|\bPromise\b/, path)
  }
})

test('no file imports itself by way of another, except for types', async (t) => {
  const edges = new Map(source.map(({ path, valueImports }) => [path, valueImports.filter((from) => paths.has(from))]))
  t.same(cyclesIn(edges), [])
})

test('the rooms within a room import each other one way, or not at all', async (t) => {
  const edges = new Map<string, string[]>()
  for (const { path, imports } of source.filter(({ path }) => dirname(path).split('/').length > 2)) {
    const room = dirname(path)
    const beside = imports.map(({ from }) => dirname(from)).filter((from) => from !== room && dirname(from) === dirname(room))
    edges.set(room, [...(edges.get(room) ?? []), ...beside])
  }
  t.ok(edges.size > 3)
  t.same(cyclesIn(edges), [])
})

test('the code imports nothing from the tests, the bench and what packs it', async (t) => {
  for (const { path, imports } of source)
    t.notOk(
      imports.some(({ from }) => /^(test|bench)\//.test(from)),
      path,
    )
})

test('the report of the bench knows neither the gateway nor what measures it, so that old reports stay readable', async (t) => {
  for (const { path, imports } of bench.filter(({ path }) => path.startsWith('bench/report/'))) {
    for (const { from } of imports.filter(({ from }) => paths.has(from))) t.match(from, /^bench\/report\//, `${path} imports ${from}`)
  }
})

test('only one file knows each package', async (t) => {
  for (const { path, imports } of source) {
    for (const { from } of imports.filter(({ from }) => isPackage(from) && !everywhere.has(from))) {
      const [, room] = [[commandLineOnly, 'tools/cli'] as const, [pageOnly, 'console/page'] as const].find(([only]) => only.has(from)) ?? []
      const isAllowed = outside[from]?.includes(path) === true || (room !== undefined && roomOf(path) === room)
      t.ok(isAllowed, `${path} imports ${from}`)
    }
  }
})

test('the workload of the bench knows nothing of whom it is fed to', async (t) => {
  for (const { path, imports } of bench.filter(({ path }) => path.startsWith('bench/workload/'))) {
    for (const { from } of imports.filter(({ from }) => from.startsWith('bench/')))
      t.match(from, /^bench\/workload\//, `${path} imports ${from}`)
  }
})

test('the micro benchmarks know nothing of how they are measured', async (t) => {
  for (const { path, imports } of bench)
    for (const { from } of imports) if (from === 'tinybench') t.equal(path, 'bench/micro/measure.ts', `${path} imports ${from}`)
})

test('what is inside kafkajs is known to one file, and nothing of it is overwritten', async (t) => {
  for (const { path, text } of source) {
    if (path !== 'src/kafka/kafka-link.ts') t.notMatch(text, /kafkajs\/src/, path)
    t.notMatch(text, /\.prototype\b.*=[^=]|\{ prototype \}/, path)
  }
})

test('only the process reads its environment', async (t) => {
  for (const { path, text } of source) {
    // What the server library reads itself, when it is loaded, cannot be handed in.
    const read =
      path === 'src/gateway/deliver/socket/uws/uws-server.ts' ? text.replace(`process.env['UWS_HTTP_MAX_HEADERS_SIZE'] =`, '') : text
    if (path !== 'src/main.ts' && path !== 'src/sluice.ts') t.notMatch(read, /process\.env/, path)
  }
})

test('the clock and chance are handed in', async (t) => {
  const top = new Set([
    ...['src/clock.ts', 'src/main.ts', 'src/gateway/start.ts', 'src/sluice.ts'],
    // Of the library, which runs in browsers too.
    'src/client/surroundings.ts',
    // Of the console's page.
    'src/console/page/surroundings.ts',
  ])
  for (const { path, text } of source)
    if (!top.has(path)) t.notMatch(text, /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\b|\bset(Timeout|Interval)\(/, path)
})

test('what time it is is asked only for what carries a date, as a clock that is set back or ahead must hold up nothing', async (t) => {
  const dated = [
    ...[
      'src/gateway/source/memory/memory-topics.ts',
      'src/sample/shop.ts',
      'src/sample/shop-writers.ts',
      'src/publisher/entity-publisher.ts',
    ],
    ...['src/gateway/authenticate/token-verifier.ts', 'src/gateway/deliver/connection/connection-token.ts'],
    // The time before which tokens are revoked.
    'src/tools/cli/control/revoke-command.ts',
    // When the client library tries again.
    'src/tools/cli/tail/tail.ts',
    // Whether a token that somebody brings to the console has ended.
    'src/console/console.ts',
    // How long ago a record's Kafka time is.
    ...['src/gateway/decode/decode.ts', 'src/gateway/deliver/connection/frame-writer.ts', 'src/gateway/table/tables.ts'],
    // The header Date.
    'src/gateway/deliver/socket/ws/ws-server.ts',
    // Spans.
    'src/gateway/observe/tracing/event-tracing.ts',
    ...['src/gateway/deliver/changing-rights.ts', 'src/gateway/control/control-topic.ts'],
    // Which tokens end soon.
    'src/gateway/deliver/connection-census.ts',
    // When the policy in force was put in force, as operators of several nodes compare it.
    'src/gateway/rights-data.ts',
    // The day of a version.
    'src/packing/release.ts',
  ]
  for (const { path, text } of source) if (!dated.includes(path)) t.notMatch(text, /[cC]lock\.now\b/, path)
})

test('files hold one thing', async (t) => {
  for (const { path, lines } of [...source, ...bench]) t.ok(lines <= 250, `${path} has ${lines} lines`)
  // A list of cases is long without being complicated.
  for (const { path, lines } of tests) t.ok(lines <= 400, `${path} has ${lines} lines`)
})

test('functions do one thing', async (t) => {
  for (const { path, functions } of [...source, ...bench]) {
    for (const { name, line, lines } of functions) t.ok(lines <= 50, `${path}:${line} ${name} has ${lines} lines`)
  }
})

test('files are named in kebab-case, after what they hold and not after what they are', async (t) => {
  for (const { path } of all) {
    t.match(basename(path), /^[a-z0-9]+(-[a-z0-9]+)*(\.test|\.case)?\.tsx?$/, path)
    t.notMatch(path, /\/(utils?|helpers?|common|misc|types|index)(\/|\.)|-(utils?|helpers?)\./, path)
  }
})

test('types are named by nouns that say something', async (t) => {
  for (const { path, types } of all) {
    for (const { name, line } of types) t.notMatch(name, /(Manager|Service|Helper|Utils?|Impl)$|^I[A-Z][a-z]/, `${path}:${line} ${name}`)
  }
})

test('$ marks observables and nothing else', async (t) => {
  for (const { path, values } of source) {
    for (const { name, line, type, value } of values) {
      const isObservable = /^(Observable|Subject|ReplaySubject|BehaviorSubject)<|\.(pipe|asObservable)\(/.test(type || value)
      if (name.endsWith('$')) t.ok(isObservable, `${path}:${line} ${name} is no observable`)
      if (/^Observable</.test(type)) t.match(name, /\$$/, `${path}:${line} ${name} is an observable`)
    }
  }
})

test('exports have names, and somebody imports them', async (t) => {
  const imported = new Set(all.flatMap(({ imports }) => imports.flatMap(({ from, names }) => names.map((name) => `${from} ${name}`))))
  for (const file of all) {
    const { path, exports } = file
    t.notOk(exports.includes('default'), `${path} has a default export`)
    if (imported.has(`${path} *`) || isForOthers(path)) continue
    const unused = exports.filter((name) => !imported.has(`${path} ${name}`) && !isPartOfAnother(file, name))
    t.same(unused, [], `${path} exports what nobody imports`)
  }
})

test('every test stands where its source does', async (t) => {
  for (const { path } of tests.filter(({ path }) => path.endsWith('.test.ts'))) {
    const name = path.slice('test/'.length, -'.test.ts'.length)
    t.ok(
      testsOfTheWhole.has(name) || /^(end-to-end|fuzz\/|deploy\/)/.test(name) || paths.has(sourceOf(name)),
      `${path} has no ${sourceOf(name)}`,
    )
  }
  for (const { path, text } of tests) {
    if (!/\.(test|case)\.ts$/.test(path)) t.match(path, /^test\/support\//, `${path} is no test`)
    for (const [, title] of text.matchAll(/^\s*(?:t\.|void )?test\('([^']+)'/gm))
      t.match(title, /^\S+ \S+ \S/, `${path}: "${title}" is a sentence`)
  }
})

test('each stage says at its top what enters and what leaves', async (t) => {
  for (const stage of [
    'source/partition-source',
    'decode/decode',
    'table/table',
    'route/route',
    'authorize/authorize',
    'deliver/deliver',
  ]) {
    const file = source.find(({ path }) => path === `src/gateway/${stage}.ts`)
    t.match(file?.text.slice(0, 600), /^\/\/ \w+\. Enters: [^]*Leaves: [^]*Dropped: [^]*Fails: /, stage)
  }
})

test('whoever turns a rule of the linter off says why', async (t) => {
  for (const { path, text } of all) {
    for (const [line] of text.matchAll(/^.*(?:eslint-disable|@ts-expect-error|@ts-ignore).*$/gm))
      t.match(line, / -- \S|matchAll/, `${path}: ${line.trim()}`)
  }
})

test('the top folder holds what the README says', async (t) => {
  const known = [
    'LICENSE',
    'README.md',
    'bench',
    'eslint.config.js',
    'package-lock.json',
    'package.json',
    'schemas',
    'src',
    'test',
    'tsconfig.json',
  ]
  const unknown = readdirSync('.').filter((name) => !name.startsWith('.') && !ignoredFolders.includes(name) && !known.includes(name))
  t.same(unknown, [])
})

test('the linter passes over what git ignores, the folder of who follows the README among it', async (t) => {
  const { default: config } = (await import(pathToFileURL('eslint.config.js').href)) as { default: [{ ignores: string[] }] }
  // It knows node_modules by itself.
  t.same(new Set(['node_modules/', ...config[0].ignores]), new Set(ignoredFolders.map((name) => `${name}/`)))
})

/** Of the test of that name: the bench has its tests in a folder of its own. */
function sourceOf(name: string): string {
  return name.startsWith('bench/') ? `${name}.ts` : `src/${name}.ts`
}

/** `src/clock.ts`: clock; `src/avro/read/avro-reader.ts`: avro. */
function topRoomOf(path: string): string {
  return path.split('/')[1]!.replace(/\.ts$/, '')
}

/** As above, and of programs with rooms of their own which of them: `gateway/decode`; what joins these is in `gateway` itself. */
function roomOf(path: string): string {
  const top = topRoomOf(path)
  const [, , inner, rest] = path.split('/')
  return ['gateway', 'tools', 'console'].includes(top) && rest !== undefined ? `${top}/${inner!}` : top
}

/** `gateway/decode`: gateway. Undefined of what is no part of a program. */
function programOf(room: string): string | undefined {
  return room.includes('/') ? room.split('/')[0] : undefined
}

function isPackage(from: string): boolean {
  return !from.startsWith('node:') && !from.startsWith('src/')
}

/** What `package.json` exports is imported by services that are not here. */
function isForOthers(path: string): boolean {
  const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as { exports: Record<string, { default: string }> }
  return Object.values(exports).some((entry) => entry.default === `./dist/${path.replace(/ts$/, 'js')}`)
}

/** A type that the file's other exports are made of, which a caller meets without naming it. */
function isPartOfAnother(file: SourceFile, name: string): boolean {
  return file.types.some((type) => type.name === name) && file.uses(name)
}

function cyclesIn(edges: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>()
  const cycles: string[] = []
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) cycles.push([...trail.slice(trail.indexOf(path)), path].join(' -> '))
    if (trail.includes(path) || done.has(path)) return
    for (const next of edges.get(path) ?? []) visit(next, [...trail, path])
    done.add(path)
  }
  for (const path of edges.keys()) visit(path, [])
  return cycles
}
