import { test } from 'tap'
import { parseEntities } from '#config/entities-file.js'
import { topicsOf } from '#entities.js'
import { entitiesOf } from '#schema/files/schema-folder.js'
import { recordSubjectsOf } from '#schema/subjects/record-subjects.js'
import { plannedSubjects } from '#schema/subjects/subject-plan.js'

const fileOf = (entityType: string, name: string) => ({
  file: `${entityType}.avsc`,
  text: JSON.stringify({ type: 'record', name, namespace: 'shop', fields: [{ name: 'id', type: 'string' }] }),
})
const files = entitiesOf([fileOf('order', 'Order'), fileOf('payment', 'Payment')], [])
const entry = (record: string, topic: string) => ({ layout: 'single-topic', envelope: 'none', topic, record, streamable: true })

function subjectsOf(entries: object): (inline: boolean) => string[] {
  const { entities } = parseEntities('entities.json', () => JSON.stringify(entries))
  const definitionOf = (entityType: string) => entities.find(({ name }) => name === entityType)!
  return (inline) => plannedSubjects(files, { inline, definitionOf }).flatMap(({ kind, subject }) => (kind === 'bare' ? [subject] : []))
}

test('entities that share a topic have subjects of their own, by which they are looked for', async (t) => {
  const entries = { order: entry('shop.Order', 'shop.events'), payment: entry('shop.Payment', 'shop.events') }
  for (const inline of [true, false]) t.same(subjectsOf(entries)(inline), ['shop.events-shop.Order', 'shop.events-shop.Payment'])
  const { entities } = parseEntities('entities.json', () => JSON.stringify(entries))
  const lookedFor = entities.flatMap(topicsOf).flatMap((topic) => recordSubjectsOf(topic).map(([first]) => first))
  t.same(lookedFor, subjectsOf(entries)(true))
})

test('an entity that has a topic alone has the subject of the topic, whether it names its record or not', async (t) => {
  const entries = { order: entry('shop.Order', 'shop.orders'), payment: { ...entry('shop.Payment', 'shop.payments'), record: undefined } }
  for (const inline of [true, false]) t.same(subjectsOf(entries)(inline), ['shop.orders-value', 'shop.payments-value'])
})
