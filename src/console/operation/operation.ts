import * as v from 'valibot'
import type { Clock } from '#clock.js'
import type { BadRecords } from '#gateway/observe/bad-records.js'
import { type AdminAnswer, type AdminRequest, type AdminRoutes, jsonAnswer } from '#gateway/observe/admin-answer.js'
import type { Meter } from '#gateway/observe/meter.js'
import type { Log } from '#log.js'
import type { Guard } from '../guard.js'
import { refusal } from '../refusal.js'
import { bodyOf } from '../request-body.js'
import { badRecordsAnswer } from './bad-record-list.js'
import { ConnectionList, type OpenConnections } from './connection-list.js'
import { FigureRing } from './figure-ring.js'
import { pipelineAnswer } from './pipeline.js'

export interface OperationOptions {
  readonly guard: Guard
  readonly meter: Meter
  readonly connections: OpenConnections
  readonly badRecords: Pick<BadRecords, 'recent'>
  readonly clock: Clock
  readonly log: Log
}

const namedClient = v.strictObject({ sub: v.string(), client_id: v.string() })

/** What the console says of the work of a gateway, and does about it. */
export class Operation {
  private readonly ring: FigureRing
  private readonly connections: ConnectionList

  constructor(private readonly options: OperationOptions) {
    this.ring = new FigureRing(options.meter, options.clock)
    this.connections = new ConnectionList(options.connections, options.clock)
  }

  routes(): AdminRoutes {
    const { guard, meter, badRecords, clock } = this.options
    return {
      'GET /api/pipeline': guard.viewed(({ query }) => pipelineAnswer(this.ring, meter, numberIn(query.get('since')))),
      'GET /api/connections': guard.viewed((_request, { rights }) => this.connections.answer(meter.connections, rights.has('act'))),
      // What `sluice_clients_slow` counts, for whoever is called by it: the rows of the screen, without its page.
      'GET /api/slow': guard.viewed((_request, { rights }) => this.connections.slow(meter.connections, rights.has('act'))),
      'POST /api/connections/disconnect': (request) => this.disconnect(request),
      'GET /api/bad-records': guard.viewed(() => badRecordsAnswer(badRecords.recent(), meter, clock)),
    }
  }

  private async disconnect(request: AdminRequest): Promise<AdminAnswer> {
    const { guard, log } = this.options
    const { label: admin } = guard.admitChange(request)
    const { sub, client_id } = await bodyOf(request, namedClient)
    const isGone = this.connections.disconnect(sub, client_id)
    log.info({ admin, sub, client_id, found: isGone }, 'A connection is ended at the console.')
    if (!isGone) throw refusal('not_connected')
    return jsonAnswer(200, {})
  }
}

function numberIn(text: string | null): number {
  return /^\d{1,15}$/.test(text ?? '') ? Number(text) : 0
}
