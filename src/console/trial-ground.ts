import type { RecordNode } from '#avro/schema/avro-schema.js'
import type { EntityEncoder } from '#tools/policy/entity-encoder.js'
import type { PersonAnswer, SavedAnswer } from './answers.js'

/** A gateway where everything may be tried out, as its rights are nobody's but of whoever looks: the sample shop's, or that of `sluice look`. */
export interface TrialGround extends GroundSchemas {
  /** None where the gateway's key is a user's own. */
  people(): Promise<readonly PersonAnswer[]>
  /** Ids to begin with, by their types; the type to begin with comes first. */
  readonly ids: Readonly<Record<string, readonly string[]>>
  /** What only a shop does whose records are made up. */
  readonly shop?: ShopActs
  /** Writes a policy and what it is about as files, for a gateway that stays. @throws ConfigurationError where they cannot be written. */
  readonly save?: (policyText: string) => SavedAnswer
}

/** What its entities are written by. */
export interface GroundSchemas {
  /** @throws ConfigurationError where there is no such type. */
  readonly encoderOf: (entityType: string) => EntityEncoder
  /** @throws ConfigurationError where there is no such type. */
  readonly recordOf: (entityType: string) => RecordNode
}

export interface ShopActs {
  /** As a data team does one day: answers the name of a field that entities have from now on. @throws ConfigurationError */
  readonly addField: (entityType: string) => string
  /** Makes a client read slowly, until its connection ends or it is told otherwise. Answers whether there is such a client. */
  readonly readSlowly: (client: { readonly sub: string; readonly clientId: string }, slowly: boolean) => boolean
}
