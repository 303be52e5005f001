import { test } from 'tap'
import { type Ailment, ailments, type FleetAilment, fleetAilments } from '#gateway/observe/ailments.js'
import { figures } from '#gateway/observe/figures.js'

test('each ailment is told in sentences, and by growth of a counter unless it is of now', async (t) => {
  for (const [name, { when, sentence, mend }] of Object.entries<Ailment>(ailments)) {
    for (const text of [sentence, mend]) t.match(text, /^[A-Z/].* .*\.$/, name)
    for (const condition of when.filter((each) => 'figure' in each))
      if (figures[condition.figure].kind === 'counter' && name !== 'tables_given_up') t.ok(condition.grownInMinutes, name)
  }
  for (const [name, { sentence, mend }] of Object.entries<FleetAilment>(fleetAilments))
    for (const text of [sentence, mend]) t.match(text, /^[A-Z].* .*\.$/, name)
})
