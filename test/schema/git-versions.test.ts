import { test } from 'tap'
import { versionAt, versionsUpTo } from '../../src/schema/git-versions.js'
import { GitFolder } from '../support/git-folder.js'

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
  const docs = (await versionsUpTo(repository.schemas, 'HEAD')).map(({ name, entities }) => [name, entities[0]?.schema['doc']])
  t.same(
    docs,
    ['three', 'two', 'one'].map((doc, index) => [commits[2 - index]!.slice(0, 12), doc]),
  )
  t.equal((await versionsUpTo(repository.schemas, commits[1]!)).length, 2)
})

test('says what git does not know', async (t) => {
  const repository = new GitFolder(t)
  const message = /"--output=x" is neither a folder nor a commit that git knows/
  await t.rejects(versionAt(repository.schemas, '--output=x'), { name: 'ConfigurationError', message })
  await t.rejects(versionsUpTo(repository.schemas, 'HEAD'), { name: 'ConfigurationError' })
})
