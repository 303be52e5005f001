import { readFileSync } from 'node:fs'
import { test } from 'tap'
import { brokenPromises } from '#packing/broken-promises.js'
import { breakingIn, unreleasedIn } from '#packing/changelog.js'
import { promisesNow, type Promises } from '#packing/promises.js'

test('what the last version promised is kept, or the changelog names it as broken', async (t) => {
  const before = JSON.parse(readFileSync('.deploy/promises.json', 'utf8')) as Promises
  const told = breakingIn(unreleasedIn(readFileSync('.deploy/CHANGELOG.md', 'utf8')))
  for (const { kind, name, how } of brokenPromises(before, promisesNow())) t.ok(told.includes(`\`${name}\``), `${kind}: ${name} ${how}`)
  t.ok(Object.keys(before.settings).length > 50)
})

test('promises something of each kind, and of each member of a message whether it is there', async (t) => {
  const { settings, requests, messages, ...others } = promisesNow()
  t.match(settings['PORT'], { kind: 'integer', default: '8080', min: 0, max: 65_535 })
  t.match(requests, { 'subscribe.type': 'required', 'subscribe.entity_id': 'optional', 'authenticate.token': 'required' })
  t.match(messages, { 'entity_update.data': 'required', 'entity_update.cursor': 'optional', 'reconnect.within_ms': 'required' })
  for (const [kind, promised] of Object.entries(others)) t.ok(Object.keys(promised).length > 4, kind)
})
