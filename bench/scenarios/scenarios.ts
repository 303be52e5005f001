import { backlog } from './backlog.js'
import { batch } from './batch.js'
import { churn } from './churn.js'
import { claims } from './claims.js'
import { collections } from './collections.js'
import { connect } from './connect.js'
import { consoles } from './consoles.js'
import { fanOut } from './fan-out.js'
import { hotKey } from './hot-key.js'
import { idle } from './idle.js'
import { ingest } from './ingest.js'
import { latency } from './latency.js'
import { micro } from './micro.js'
import { mixed } from './mixed.js'
import { payload } from './payload.js'
import { restart } from './restart.js'
import { resume } from './resume.js'
import { revoke } from './revoke.js'
import { rights } from './rights.js'
import type { Scenario } from './scenario.js'
import { schemaChange } from './schema-change.js'
import { servers } from './servers.js'
import { sharded } from './sharded.js'
import { slow } from './slow.js'
import { snapshot } from './snapshot.js'
import { soak } from './soak.js'
import { start } from './start.js'
import { state } from './state.js'

/** In the order in which they run. */
export const scenarios: readonly Scenario[] = [
  ...[fanOut, sharded, mixed, rights, payload],
  ...[start, ingest, backlog, batch, servers, idle, connect, churn],
  ...[state, snapshot, resume, restart, collections, consoles],
  ...[slow, hotKey, schemaChange, latency, revoke, claims, soak, micro],
]
