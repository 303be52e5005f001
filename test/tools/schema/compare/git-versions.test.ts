import { test } from 'tap'
import { versionAt, versionsUpTo } from '#tools/schema/compare/git-versions.js'
import { GitFolder } from '../../../support/schemas/git-folder.js'

const record = (name: string, doc: string, type = 'string') => ({
  type: 'record',
  name,
  namespace: 'shop',
  doc,
  fields: [{ name: 'id', type }],
})

test('reads the folder as it was at a commit, with the types that were shared', async (t) => {
  const repository = new GitFolder(t)
  const files = {
    'order.avsc': record('Order', 'one', 'shop.Part'),
    'types/part.avsc': record('Part', 'a'),
    'notes.txt': 'x',
    'old/order.avsc': 'x',
  }
  const first = repository.commit(files)
  repository.commit({ 'order.avsc': record('Order', 'two'), 'types/part.avsc': undefined })
  const { entities } = await versionAt(repository.schemas, first)
  t.match(entities, [{ entityType: 'order', file: `${first}:order.avsc`, schema: { doc: 'one' }, references: [{ schema: { doc: 'a' } }] }])
  t.match((await versionAt(repository.schemas, 'HEAD')).entities, [{ schema: { doc: 'two' }, references: [] }])
})

test('reads all commits in which the folder has changed, the newest first', async (t) => {
  const repository = new GitFolder(t)
  const commits = ['one', 'two', 'three'].map((doc) => repository.commit({ 'order.avsc': record('Order', doc) }))
  repository.commit({ '../elsewhere.json': {} })
  const { versions, isCut } = await versionsUpTo(repository.schemas, 'HEAD')
  const docs = versions.map(({ name, entities }) => [name, entities[0]?.schema['doc']])
  t.same(
    docs,
    ['three', 'two', 'one'].map((doc, index) => [commits[2 - index]!.slice(0, 12), doc]),
  )
  t.equal(isCut, false)
  t.equal((await versionsUpTo(repository.schemas, commits[1]!)).versions.length, 2)
  t.match(await versionsUpTo(repository.schemas, 'HEAD', 2), { versions: [{ name: commits[2]!.slice(0, 12) }, {}], isCut: true })
})

test('says that there may be more where a clone is shallow, as those of builds are', async (t) => {
  const repository = new GitFolder(t)
  for (const doc of ['one', 'two']) repository.commit({ 'order.avsc': record('Order', doc) })
  const clones = await Promise.all([['--depth=1'], []].map((depth) => versionsUpTo(repository.clone(...depth), 'HEAD')))
  t.same(
    clones.map(({ versions, isCut }) => [versions.length, isCut]),
    [
      [1, true],
      [2, false],
    ],
  )
})

test('passes over what was no valid schema in the past, but not now', async (t) => {
  const repository = new GitFolder(t)
  const [order, ticket] = [record('Order', 'one'), record('Ticket', 'one')]
  repository.commit({ 'order.avsc': order, 'ticket.avsc': ticket })
  repository.commit({ 'order.avsc': record('Order', 'unknown type', 'nosuch') })
  repository.commit({ 'order.avsc': 'no record' })
  const typesOf = async () =>
    (await versionsUpTo(repository.schemas, 'HEAD')).versions.map(({ entities }) => entities.map(({ entityType }) => entityType))
  await t.rejects(typesOf(), { name: 'ConfigurationError', message: /order\.avsc holds no Avro record/ })
  repository.commit({ 'order.avsc': order })
  t.same(await typesOf(), [['order', 'ticket'], [], ['ticket'], ['order', 'ticket']])
})

test('says what git does not know', async (t) => {
  const repository = new GitFolder(t)
  const message = /"--output=x" is neither a folder nor a commit that git knows/
  await t.rejects(versionAt(repository.schemas, '--output=x'), { name: 'ConfigurationError', message })
  await t.rejects(versionsUpTo(repository.schemas, 'HEAD'), { name: 'ConfigurationError' })
  await t.rejects(versionAt('/', 'HEAD'), {
    message: /^"HEAD" is neither a folder nor a commit that git knows: git rev-parse failed in \/: ./,
  })
})
