import { test } from 'tap'
import { createTokenVerifier } from '#gateway/authenticate/token-verifier.js'
import { systemClock } from '#clock.js'
import { sampleUsers, tokenOf } from '#sample/users.js'
import { Meter } from '#gateway/observe/meter.js'
import { secret, tokenChecks } from '../support/gateway/tokens.js'
import { recordingLog } from '../support/running/recording-log.js'

test('the tokens of the sample users are good for a gateway that asks for an issuer, an audience and another claim', async (t) => {
  const expected = { issuer: 'shop', audience: 'sluice', rolesClaims: ['realm_access.roles', 'groups'], subClaim: 'user.id' }
  const verifier = createTokenVerifier({ ...tokenChecks, ...expected }, { clock: systemClock, log: recordingLog(), meter: new Meter() })
  for (const user of sampleUsers)
    t.match(await verifier.verify(await tokenOf(user, { secret, ...expected })), { sub: user.claims.sub, roles: user.claims.roles })
})
