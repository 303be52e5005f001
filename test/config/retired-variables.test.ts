import { test } from 'tap'
import { retiredVariables } from '#config/retired-variables.js'
import { configOf } from '../support/tools/config-reader.js'

test('says of a variable that has no meaning any more why that is, where it is set', (t) => {
  const sentence = 'KAFKA_GROUP_PREFIX is set and means nothing any more: no consumer group is joined any more.'
  t.same(retiredVariables({ KAFKA_GROUP_PREFIX: 'sluice-', PATH: '/bin' }), [sentence])
  t.same(retiredVariables({ KAFKA_GROUP_PREFIX: '' }), [])
  t.same(configOf({ KAFKA_GROUP_PREFIX: 'sluice-' }).warnings, [sentence], 'the process starts all the same')
  t.end()
})
