import { readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { t } from 'tap'
import { groupedBy } from '#grouped-by.js'

// What `npm test` runs: the test files of a folder in one process, one after the other, as loading tap and what is tested takes a second
// of the processor. Files in `test` itself test the whole, and each has a process of its own.

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const tests = 'dist/test'
const inOneProcess = fileURLToPath(new URL('./in-one-process.js', import.meta.url))
const patienceMs = 600_000

interface Share {
  /** A folder, or a file of `test` itself. */
  readonly path: string
  readonly isOfTheWhole: boolean
  readonly bytes: number
}

function shares(): Share[] {
  const files = readdirSync(join(root, tests), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.test.js'))
  const byPath = groupedBy(files.sort(), (file) => (dirname(file) === '.' ? file : dirname(file)))
  const bytesOf = (own: readonly string[]) => own.reduce((sum, file) => sum + statSync(join(root, tests, file)).size, 0)
  return [...byPath].map(([path, own]) => ({ path: join(tests, path), isOfTheWhole: own.includes(path), bytes: bytesOf(own) }))
}

/** What takes long begins early, so that no process runs alone at the end. */
function longestFirst(a: Share, b: Share): number {
  return Number(b.isOfTheWhole) - Number(a.isOfTheWhole) || b.bytes - a.bytes
}

t.jobs = Number(process.env['TAP_JOBS'])
for (const { path } of shares().sort(longestFirst)) {
  // Without the module hooks that tap puts into NODE_OPTIONS: they take half a second of each process, also of those that tests start.
  const args = ['-u', 'NODE_OPTIONS', process.execPath, '--enable-source-maps', inOneProcess, path]
  void t.spawn('env', args, { buffered: true, timeout: patienceMs, cwd: root }, path)
}
