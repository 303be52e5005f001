import { existsSync, readFileSync } from 'node:fs'
import { test } from 'tap'
import { readmeTables, tableIn } from './support/conventions/readme-tables.js'

const readme = readFileSync('README.md', 'utf8')

test('holds the tables of the code to the letter (npm run readme writes them)', async (t) => {
  for (const [name, rows] of Object.entries(readmeTables)) t.same(tableIn(readme, name), rows, name)
})

test('links to nothing that is not there', async (t) => {
  const links = [...readme.matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)].map(([, path]) => path!)
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
