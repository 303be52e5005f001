import type { Contender } from './contender.js'
import { sluice } from './sluice.js'

/** The gateway whose clients are served by `ws`, as where uWebSockets.js has no binary. */
export const onWs: Contender = {
  ...sluice,
  name: 'on-ws',
  start: (options) => sluice.start({ ...options, env: { ...options.env, SERVER: 'ws' } }),
}
