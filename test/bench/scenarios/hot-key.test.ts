import { test } from 'tap'
import { hotKey } from '../../../bench/scenarios/hot-key.js'
import { knobDefaults } from '../../../bench/scenarios/knobs.js'

test('refuses a single entity, as there would be no others to hold up', async (t) => {
  t.match(hotKey.refusal?.({ ...knobDefaults, entities: 1 }), /two entities at least/)
  t.equal(hotKey.refusal?.({ ...knobDefaults, entities: 2 }), undefined)
})
