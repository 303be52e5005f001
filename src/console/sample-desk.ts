import * as v from 'valibot'
import { type AdminAnswer, type AdminRequest, type AdminRoutes, jsonAnswer } from '#gateway/observe/admin-answer.js'
import type { Log } from '#log.js'
import type { Guard } from './guard.js'
import { answered, refusal } from './refusal.js'
import { bodyOf } from './request-body.js'
import type { ShopActs } from './trial-ground.js'

export interface SampleDeskOptions {
  readonly guard: Guard
  /** Undefined but in the embedded default. */
  readonly shop: ShopActs | undefined
  readonly log: Log
}

const field = v.strictObject({ entity_type: v.string() })
const reader = v.strictObject({ sub: v.string(), client_id: v.string(), slowly: v.boolean() })

/** What may be tried out in the sample shop, where nobody but who looks at it has anything of it. */
export class SampleDesk {
  constructor(private readonly options: SampleDeskOptions) {}

  get routes(): AdminRoutes {
    return {
      'POST /api/sample/field': answered((request) => this.addField(request)),
      'POST /api/sample/reader': answered((request) => this.setPace(request)),
    }
  }

  private async addField(request: AdminRequest): Promise<AdminAnswer> {
    const { guard, shop, log } = this.options
    const { label: admin } = guard.admitChange(request)
    if (shop === undefined) throw refusal('not_sample', 'Versions are registered by who owns the schema.')
    const { entity_type } = await bodyOf(request, field)
    const path = shop.addField(entity_type)
    log.info({ admin, entity_type, path }, 'A field is added at the console.')
    return jsonAnswer(200, { path })
  }

  private async setPace(request: AdminRequest): Promise<AdminAnswer> {
    const { guard, shop, log } = this.options
    const { label: admin } = guard.admitChange(request)
    if (shop === undefined) throw refusal('not_sample')
    const { sub, client_id, slowly } = await bodyOf(request, reader)
    if (!shop.readSlowly({ sub, clientId: client_id }, slowly)) throw refusal('not_connected')
    log.info({ admin, sub, client_id, slowly }, 'The pace of a reader is set at the console.')
    return jsonAnswer(200, {})
  }
}
