import { test } from 'tap'
import { HeldClaims, heldText } from '#gateway/control/held-claims.js'

test('claims are read from their bytes whatever characters they have, each from its own', async (t) => {
  const [one, other] = [{ region: 'eu', name: 'Ünal 東京' }, { region: 'us' }].map((claims) =>
    heldText(Buffer.from(JSON.stringify(claims))),
  )
  const [first, second] = [new HeldClaims(one!), new HeldClaims(other!)]
  for (let n = 0; n < 2; n++) {
    t.same(first.claims, { region: 'eu', name: 'Ünal 東京' })
    t.same(second.claims, { region: 'us' })
  }
})
