import { test } from 'tap'
import { type Ailment, ailments } from '#gateway/observe/ailments.js'
import { figures } from '#gateway/observe/figures.js'

test('each ailment is told in sentences, and by growth only where the figure grows', async (t) => {
  for (const [name, { figure, over, sentence, mend }] of Object.entries<Ailment>(ailments)) {
    for (const text of [sentence, mend]) t.match(text, /^[A-Z/].* .*\.$/, name)
    if (over === 'minute') t.equal(figures[figure].kind, 'counter', name)
  }
})
