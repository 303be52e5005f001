import * as v from 'valibot'
import type { EntitySchema } from '#avro/entity-schema.js'
import type { Clock } from '#clock.js'
import type { AdminToken } from '#config/admin-tokens.js'
import { type AdminAnswer, type AdminRequest, type AdminRoutes, jsonAnswer } from '#gateway/observe/admin-answer.js'
import type { Log } from '#log.js'
import { filledEntity } from '#tools/policy/filled-entity.js'
import { writtenCase } from '#tools/policy/written-case.js'
import type { CaseAnswer, PolicyAnswer } from './answers.js'
import type { Guard } from './guard.js'
import { tryPolicy, type TrialWorld } from './policy-trial.js'
import { answered, refusal } from './refusal.js'
import { bodyOf } from './request-body.js'
import type { TrialGround } from './trial-ground.js'

/** The policy in force. */
export interface ConsolePolicy {
  readonly textInForce: string | undefined
  readonly refused: string | undefined
  changed(text: string): void
}

export interface PolicyDeskOptions {
  readonly guard: Guard
  readonly policy: ConsolePolicy
  readonly schemas: () => readonly EntitySchema[]
  readonly rolesClaims: readonly string[]
  /** Where a policy may be changed and cases are run. */
  readonly ground: Pick<TrialGround, 'encoderOf' | 'recordOf' | 'save'> | undefined
  readonly clock: Clock
  readonly log: Log
}

/** The policy and its cases. */
const trialCharactersMax = 100_000

const text = v.strictObject({ text: v.string() })
const trial = v.strictObject({ text: v.string(), cases: v.string() })
const nothing = v.strictObject({})
const oneCase = v.strictObject({
  name: v.string(),
  user: v.record(v.string(), v.unknown()),
  entity_type: v.string(),
  event: v.unknown(),
  shown: v.array(v.string()),
})

/** The policy where there is none. */
export const nobody = '{"roles":{}}'

/** What the console does with policies: shows the one in force, tries others out, and changes and saves it where it is nobody else's. */
export class PolicyDesk {
  private readonly first: string
  private isTrying = false

  constructor(private readonly options: PolicyDeskOptions) {
    this.first = options.policy.textInForce ?? nobody
  }

  get routes(): AdminRoutes {
    const { guard } = this.options
    return {
      'GET /api/policy': (request) => jsonAnswer(200, this.answer(guard.admit(request, 'view'))),
      'POST /api/policy': answered((request) => this.change(request)),
      'POST /api/policy/try': answered((request) => this.try(request)),
      'POST /api/policy/save': answered((request) => this.save(request)),
      'POST /api/case': answered((request) => this.case(request)),
    }
  }

  private answer({ rights }: AdminToken): PolicyAnswer {
    const { policy, ground } = this.options
    const { textInForce = nobody, refused } = policy
    return { text: textInForce, first: this.first, refused, may_change: ground !== undefined && rights.has('act') }
  }

  /** On trial ground alone: elsewhere the policy belongs to a file or a topic, and to whoever reviews it. */
  private async change(request: AdminRequest): Promise<AdminAnswer> {
    const { guard, policy, ground, log } = this.options
    const admin = guard.admitChange(request)
    if (ground === undefined) throw refusal('not_sample', 'The policy is changed where it stands, not here.')
    const body = await bodyOf(request, text)
    log.info({ admin: admin.label }, 'The policy is changed at the console.')
    policy.changed(body.text)
    return jsonAnswer(200, this.answer(admin))
  }

  /** The policy in force, as files beside this process: of somebody's own records alone. */
  private async save(request: AdminRequest): Promise<AdminAnswer> {
    const { guard, policy, ground, log } = this.options
    const admin = guard.admitChange(request)
    if (ground?.save === undefined) throw refusal('not_sample', 'Only `sluice look` writes files.')
    await bodyOf(request, nothing)
    const saved = ground.save(policy.textInForce ?? nobody)
    log.info({ admin: admin.label, files: saved.files }, 'The policy is saved from the console.')
    return jsonAnswer(200, saved)
  }

  private async try(request: AdminRequest): Promise<AdminAnswer> {
    const { guard } = this.options
    guard.admitPost(request, 'view')
    const body = await bodyOf(request, trial)
    if (body.text.length + body.cases.length > trialCharactersMax)
      throw refusal('too_large', `More than ${trialCharactersMax} characters are not tried out here.`)
    if (this.isTrying) throw refusal('busy')
    this.isTrying = true
    try {
      return jsonAnswer(200, await tryPolicy(body.text, body.cases, this.world()))
    } finally {
      this.isTrying = false
    }
  }

  private world(): TrialWorld {
    const { policy, schemas, ground, rolesClaims, clock } = this.options
    const turn = () => new Promise<void>((resolve) => clock.nextTick(resolve))
    return { schemas: schemas(), textInForce: policy.textInForce ?? nobody, encoderOf: ground?.encoderOf, rolesClaims, turn }
  }

  private async case(request: AdminRequest): Promise<AdminAnswer> {
    const { guard, ground } = this.options
    guard.admitPost(request, 'view')
    if (ground === undefined) throw refusal('not_sample', 'The texts of the schemas are not known here.')
    const { entity_type, ...parts } = await bodyOf(request, oneCase)
    const encoder = ground.encoderOf(entity_type)
    const event = filledEntity(ground.recordOf(entity_type), parts.event)
    return jsonAnswer(200, { text: writtenCase({ ...parts, event }, encoder) } satisfies CaseAnswer)
  }
}
