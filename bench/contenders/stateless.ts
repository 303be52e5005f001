import type { Contender } from './contender.js'
import { sluice } from './sluice.js'

/** The gateway without the latest versions: what it does with them costs the difference. */
export const stateless: Contender = {
  ...sluice,
  name: 'stateless',
  start: (options) => sluice.start({ ...options, env: { ...options.env, STATE: 'off' } }),
}
