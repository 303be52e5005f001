import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { readmeTables, tableIn } from './support/conventions/readme-tables.js'
import { orderPicture, orderPicturePath } from './support/picture/order-picture.js'
import { orderViews } from './support/picture/order-views.js'
import { readReadmes } from './support/conventions/readmes.js'

const readmes = readReadmes()
const columnsMax = 160

test('hold each table of the code in one place, to the letter (npm run readme writes them)', async (t) => {
  for (const [name, rows] of Object.entries(readmeTables)) {
    const found = readmes.map(({ text }) => tableIn(text, name)).filter((table) => table !== undefined)
    t.same(found, [rows], name)
  }
})

test('tell no figure at the top that the bench does not tell', async (t) => {
  const [top, bench] = ['README.md', 'bench/README.md'].map((path) => readmes.find((readme) => readme.path === path)!.text)
  for (const [figure] of top!.matchAll(/\b\d{1,3}(?:,\d{3})+/g)) t.ok(bench!.includes(figure), figure)
})

test('show the order of the picture as the gateway sends it (npm run readme draws it)', async (t) => {
  t.equal(readFileSync(orderPicturePath, 'utf8'), orderPicture(await orderViews()))
})

test('have no line that is wider than a screen, but for tables', async (t) => {
  for (const { path, text } of readmes)
    for (const [number, line] of text.split('\n').entries())
      if (!line.startsWith('|')) t.ok(line.length <= columnsMax, `${path}:${number + 1}`)
})

test('link to nothing that is not there', async (t) => {
  for (const { path, text } of readmes) {
    for (const [, link] of withoutCode(text).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)) {
      const [file = '', anchor] = link!.split('#')
      const target = file === '' ? path : join(path, '..', file)
      if (!existsSync(target)) t.fail(`${path}: ${link!}`)
      else if (anchor !== undefined) t.ok(anchorsIn(target).has(anchor), `${path}: ${link!}`)
    }
  }
})

test('lead from the top to every other one', async (t) => {
  const reached = new Set(['README.md'])
  for (const path of reached) {
    for (const [, link] of readmes.find((readme) => readme.path === path)!.text.matchAll(/\]\(([^)#\s]*README\.md)[^)]*\)/g))
      reached.add(join(path, '..', link!))
  }
  t.same(
    readmes.map(({ path }) => path).filter((path) => !reached.has(path)),
    [],
  )
})

test('name only commands that package.json has', async (t) => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }
  for (const { path, text } of readmes) {
    for (const [, script] of text.matchAll(/npm run (?:--silent )?([a-z-]+)/g)) t.ok(scripts[script!], `${path}: ${script!}`)
  }
})

test('mention no variable that the configuration does not know', async (t) => {
  const known = new Set(readmeTables['configuration']!.map(([name]) => name))
  // Names with an underscore in capitals are variables; those of the tests are written without backticks.
  for (const { path, text } of readmes) {
    for (const [name] of text.matchAll(/`[A-Z]+(?:_[A-Z]+)+`/g)) t.ok(known.has(name), `${path}: ${name}`)
  }
})

/** As GitHub makes them from the headings. */
function anchorsIn(path: string): Set<string> {
  if (statSync(path).isDirectory()) return new Set()
  const headings = withoutCode(readFileSync(path, 'utf8')).matchAll(/^#+ (.+)$/gm)
  return new Set(
    [...headings].map(([, heading]) =>
      heading!
        .toLowerCase()
        .replace(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    ),
  )
}

function withoutCode(text: string): string {
  return text.replace(/^```.*?^```$/gms, '')
}
