import { backlog } from './backlog.js'
import { fanOut } from './fan-out.js'
import { idle } from './idle.js'
import { ingest } from './ingest.js'
import { latency } from './latency.js'
import { micro } from './micro.js'
import { mixed } from './mixed.js'
import { revoke } from './revoke.js'
import { rights } from './rights.js'
import type { Scenario } from './scenario.js'
import { sharded } from './sharded.js'
import { slow } from './slow.js'

/** In the order in which they run. */
export const scenarios: readonly Scenario[] = [fanOut, sharded, mixed, rights, ingest, backlog, idle, slow, latency, revoke, micro]
