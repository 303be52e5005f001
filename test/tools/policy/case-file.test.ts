import { test } from 'tap'
import { parseCases } from '#tools/policy/case-file.js'

const good = `
- name: one
  user: { sub: amy, big: 9007199254740993 }
  entity: order
  event: &order { total: 10.50, number: 9007199254740993, count: 3, ids: [1], when: 2026-01-31 }
  expect: [id, tag:PII]
# between them
- { name: two, user: {}, entity: order, event: { <<: *order, count: 4 }, before: *order, expect: nothing }
`

test('reads cases with their lines, and integers with all their digits', (t) => {
  const event = { total: 10.5, number: 9007199254740993n, count: 3, ids: [1], when: '2026-01-31' }
  t.same(parseCases(good, 'cases.yaml'), [
    {
      ...{ name: 'one', line: 2, user: { sub: 'amy', big: 9007199254740993n }, entity: 'order', event, before: undefined },
      expect: ['id', 'tag:PII'],
    },
    { name: 'two', line: 8, user: {}, entity: 'order', event: { ...event, count: 4 }, before: event, expect: 'nothing' },
  ])
  t.end()
})

test('says in which line is what is no case', (t) => {
  const message = (text: string) => {
    try {
      parseCases(text, 'cases.yaml')
      return 'taken'
    } catch (error) {
      return `${(error as Error).name} ${(error as Error).message}`
    }
  }
  const one = (members: string) => message(`# cases\n- { ${members} }`)
  const rest = 'user: {}, entity: order, event: {}'
  t.equal(
    message('a: [\n'),
    'ConfigurationError cases.yaml:2 is not YAML: Flow sequence in block collection must be sufficiently indented and end with a ].',
  )
  t.equal(message('a: 1\na: 2'), 'ConfigurationError cases.yaml:2 is not YAML: Map keys must be unique.')
  t.equal(message('- a\n---\n- b'), 'ConfigurationError cases.yaml:2 begins a further document; all cases stand in one list.')
  t.equal(message('name: one'), 'ConfigurationError cases.yaml must hold a list of at least one case.')
  t.equal(message('[]'), 'ConfigurationError cases.yaml must hold a list of at least one case.')
  t.equal(message('- 1'), 'ConfigurationError The case at cases.yaml:1: it must be an object: a case.')
  t.match(one(`${rest}, expect: update`), 'The case at cases.yaml:2: name is missing.')
  t.match(one(`name: a, ${rest}, expect: gone`), /cases\.yaml:2: expect must be an object .*, or one of create, update, delete, nothing\.$/)
  t.match(one(`name: a, ${rest}, expect: nothing, evnet: {}`), /cases\.yaml:2: evnet is no member of a case\.$/)
  t.equal(
    one('name: a, user: {}, entity: order, expect: nothing'),
    'ConfigurationError The case at cases.yaml:2: it must have an event, or the before of what is deleted.',
  )
  t.equal(one('name: a, user: {}, entity: order, before: {}, expect: delete'), 'taken')
  t.match(one('name: a, user: [], entity: order, event: {}, expect: nothing'), /cases\.yaml:2: user must be an object/)
  t.equal(message('- &a [*a]'), 'ConfigurationError cases.yaml cannot be used: an alias stands within what it refers to.')
  t.match(message('- *nowhere'), /^ConfigurationError cases\.yaml.* [Uu]nresolved alias/)
  t.end()
})
