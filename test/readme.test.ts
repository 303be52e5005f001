import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'tap'
import { readmes, readmeTables, tableIn } from './support/conventions/readme-tables.js'

const texts = new Map(readmes.map((path) => [path, readFileSync(path, 'utf8')]))
const readme = [...texts.values()].join('\n')

test('each table of the code stands in one manual, to the letter (npm run readme writes them)', async (t) => {
  for (const [name, rows] of Object.entries(readmeTables)) {
    const found = [...texts.values()].map((text) => tableIn(text, name)).filter((table) => table !== undefined)
    t.same(found, [rows], name)
  }
})

test('links to nothing that is not there', async (t) => {
  const links = [...texts].flatMap(([from, text]) =>
    [...text.matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)].map(([, path]) => join(dirname(from), path!)),
  )
  t.not(links.length, 0)
  for (const path of links) t.ok(existsSync(path), path)
})

test('names only commands that package.json has', async (t) => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }
  for (const [, script] of readme.matchAll(/npm run (?:--silent )?([a-z-]+)/g)) t.ok(scripts[script!], script!)
})

test('mentions no variable that the configuration does not know', async (t) => {
  const known = new Set(readmeTables['configuration']!.map(([name]) => name))
  // Names with an underscore in capitals are variables; those of the tests are said where the tests are.
  for (const [name] of readme.matchAll(/`[A-Z]+(?:_[A-Z]+)+`/g)) t.ok(known.has(name), name)
})
