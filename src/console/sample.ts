import type { RecordNode } from '#avro/schema/avro-schema.js'
import type { EntityEncoder } from '#tools/policy/entity-encoder.js'
import type { PersonAnswer } from './answers.js'

/** The shop of the embedded default, as its console knows it. */
export interface Sample extends SampleSchemas {
  /** None where the gateway's key is not the shop's. */
  people(): Promise<readonly PersonAnswer[]>
  /** Ids to begin with, by their types; the type to begin with comes first. */
  readonly ids: Readonly<Record<string, readonly string[]>>
  /** Makes a client read slowly, until its connection ends or it is told otherwise. Answers whether there is such a client. */
  readonly readSlowly: (client: { readonly sub: string; readonly clientId: string }, slowly: boolean) => boolean
}

/** What the shop writes its entities by. */
export interface SampleSchemas {
  /** @throws ConfigurationError where there is no such type. */
  readonly encoderOf: (entityType: string) => EntityEncoder
  /** @throws ConfigurationError where there is no such type. */
  readonly recordOf: (entityType: string) => RecordNode
  /** As a data team does one day: answers the name of a field that entities have from now on. @throws ConfigurationError */
  readonly addField: (entityType: string) => string
}
