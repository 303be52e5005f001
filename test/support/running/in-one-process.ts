import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { t } from 'tap'

// Runs a test file, or those of a folder one after the other: each is loaded by a test that bears its name, and its own tests follow
// before the next file is loaded.

const path = process.argv[2]!
const own = path.endsWith('.js')
  ? [path]
  : readdirSync(path)
      .sort()
      .map((name) => join(path, name))

for (const file of own.filter((name) => name.endsWith('.test.js'))) {
  await t.test(file, async (t) => {
    await import(pathToFileURL(resolve(file)).href)
    t.pass('is loaded')
  })
}
