import { test } from 'tap'
import { seedEntity } from '#entities.js'
import { readEntities } from '#publisher/published-entity.js'

const order = JSON.stringify({ type: 'record', name: 'Order', streamable: true, fields: [] })
const draft = JSON.stringify({ type: 'record', name: 'Draft', fields: [] })

test("takes each schema of the folder for an entity in the seed's layout, streamable where it says so", async (t) => {
  const folder = t.testdir({ 'order.avsc': order, 'draft.avsc': draft, 'policy.json': '{}' })
  t.same(
    readEntities(folder).map(({ definition, isStreamable }) => ({ definition, isStreamable })),
    [
      { definition: seedEntity('draft'), isStreamable: false },
      { definition: seedEntity('order'), isStreamable: true },
    ],
  )
})

test('takes those that are defined, as they are defined', async (t) => {
  const folder = t.testdir({ 'order.avsc': order, 'draft.avsc': draft })
  const definition = { ...seedEntity('draft'), envelope: 'none', streamable: true } as const
  t.match(readEntities(folder, [definition]), [{ definition, isStreamable: true }])
})

test('refuses a schema that is not the record which the gateway is told to read', async (t) => {
  const folder = t.testdir({ 'order.avsc': order })
  const definition = (...record: string[]) => ({ ...seedEntity('order'), envelope: 'none', record }) as const
  t.equal(readEntities(folder, [definition('shop.Order', 'Order')]).length, 1)
  t.throws(() => readEntities(folder, [definition('shop.Order')]), {
    name: 'ConfigurationError',
    message: /order\.avsc is the record Order, and the entity "order" is said to be shop\.Order\.$/,
  })
})

test('says which folder, file or topic is wrong', async (t) => {
  const folder = t.testdir({
    empty: {},
    text: { 'order.avsc': '{' },
    array: { 'order.avsc': '{"type":"array","items":"int"}' },
    unknown: { 'order.avsc': '{"type":"record","name":"Order","fields":[{"name":"id","type":"Missing"}]}' },
    'a.avsc': order,
    'b.avsc': order,
  })
  const refusal = (message: RegExp) => ({ name: 'ConfigurationError', message })
  t.throws(() => readEntities(`${folder}/nowhere`), refusal(/nowhere cannot be read \(ENOENT\)/))
  t.throws(() => readEntities(`${folder}/empty`), refusal(/empty holds no \.avsc/))
  t.throws(() => readEntities(`${folder}/text`), refusal(/order\.avsc/))
  t.throws(() => readEntities(`${folder}/array`), refusal(/holds no Avro record/))
  t.throws(() => readEntities(`${folder}/unknown`), refusal(/order\.avsc is not the schema of an entity: undefined type name: Missing\./))
  t.throws(() => readEntities(folder, [seedEntity('c')]), refusal(/c\.avsc does not exist/))
  const shared = [seedEntity('a'), { ...seedEntity('b'), topic: 'a' }]
  t.throws(() => readEntities(folder, shared), refusal(/The topic a\.create belongs to two entities/))
})
