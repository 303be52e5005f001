import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { variables } from '#config/variables.js'
import { hasPart, readmeParts, withParts } from './support/conventions/readme-parts.js'
import { orderPicture, orderPicturePath } from './support/picture/order-picture.js'
import { orderViews } from './support/picture/order-views.js'
import { readReadmes } from './support/conventions/readmes.js'
import { testOfMany as test } from './support/running/test-of-many.js'

const readmes = readReadmes()
const columnsMax = 160

test('are what npm run readme writes from the code', async (t) => {
  for (const { path, text } of readmes) {
    const options = await resolveConfig(path)
    t.equal(await format(withParts(text), { ...options, filepath: path }), text, path)
  }
  for (const name of Object.keys(readmeParts)) t.equal(readmes.filter(({ text }) => hasPart(text, name)).length, 1, `${name} stands in one`)
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

test('mention each variable of the configuration where it is explained, and no other one', async (t) => {
  // Names with an underscore in capitals are variables; those of the tests are written without backticks.
  for (const { path, text } of readmes)
    for (const [, name] of text.matchAll(/`([A-Z]+(?:_[A-Z]+)+)`/g)) t.ok(name! in variables, `${path}: ${name!}`)
  const explained = [...readmeParts['configuration']!.matchAll(/^- \*\*`(\w+)`/gm)].map(([, name]) => name!)
  t.same(explained.sort(), Object.keys(variables).sort())
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
