import { test } from 'tap'
import { createTokenVerifier } from '#gateway/authenticate/token-verifier.js'
import { systemClock } from '#clock.js'
import { sampleUsers, tokenOf } from '#sample/users.js'
import { recordingLog } from '../support/running/recording-log.js'

test('the tokens of the sample users are good for a gateway that asks for an issuer, an audience and another claim', async (t) => {
  const secret = 'a secret of the tests with at least 32 bytes'
  const expected = { issuer: 'shop', audience: 'sluice', rolesClaim: 'realm_access.roles' }
  const verifier = createTokenVerifier({ keys: { kind: 'secret', secret }, ...expected }, { clock: systemClock, log: recordingLog() })
  for (const user of sampleUsers)
    t.match(await verifier.verify(await tokenOf(user, { secret, ...expected })), { sub: user.claims.sub, roles: user.claims.roles })
})
