import { test } from 'tap'
import { contextNamedBy, contextOfUrl, refuseOtherContext } from '#registry/registry-context.js'

test('a subject names its context before it, or none', async (t) => {
  t.equal(contextNamedBy(':.prod:order-value'), '.prod')
  t.equal(contextNamedBy(':.:order-value'), '.')
  t.equal(contextNamedBy(':.prod:'), '.prod')
  for (const subject of ['order-value', '', '.prod:order', ':order', ':prod:order', ':.prod'])
    t.equal(contextNamedBy(subject), undefined, subject)
})

test('an address asks for the default context, or for the one in its path', async (t) => {
  for (const url of ['http://registry', 'http://registry/contexts', 'http://registry/api?x=/y']) t.equal(contextOfUrl(url), '.', url)
  for (const name of ['.prod', 'prod', ':.prod:', '%3A.prod%3A']) t.equal(contextOfUrl(`https://registry/contexts/${name}/`), '.prod', name)
  t.equal(contextOfUrl('https://registry/contexts/%E0%A4%A'), '.%E0%A4%A', 'what cannot be read is a name like any other')
})

test('refuses what names another context than the one that was asked for', async (t) => {
  for (const own of ['order', ':.:order', null, undefined]) t.doesNotThrow(() => refuseOtherContext(own, '.'))
  t.throws(() => refuseOtherContext(':.prod:order', '.'), {
    kind: 'not_found',
    message: /in the context \.prod alone, and was asked for \.$/,
  })
  t.throws(() => refuseOtherContext(':.:order', '.prod'), { name: 'RegistryError', kind: 'not_found' })
})
