import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { uniqueName } from '../kafka/kafka-topics.js'

/** A folder with an entity and a type that it shares, under names that nobody else has registered. */
export class TicketFolder {
  readonly folder: string
  readonly entityType = uniqueName('ticket')
  private readonly name: string

  constructor(
    t: Test,
    readonly namespace = uniqueName('help').replaceAll('-', '_'),
  ) {
    this.folder = t.testdir({ types: {} })
    const letters = this.entityType.replaceAll('-', '')
    this.name = letters[0]!.toUpperCase() + letters.slice(1)
    this.write()
  }

  /** In the order in which they are registered. */
  get subjects(): string[] {
    return [`${this.namespace}.Place`, this.entityType, ...['create', 'update', 'delete'].map((one) => `${this.entityType}.${one}-value`)]
  }

  /** The record alone, as it would be without files of its own. */
  entity(...fields: readonly object[]): Readonly<Record<string, unknown>> {
    const place = { name: 'place', type: ['null', `${this.namespace}.Place`], default: null, doc: 'Where it is.' }
    const id = { name: 'id', type: 'string', doc: 'Its id.' }
    const { namespace, name } = this
    return { type: 'record', name, namespace, doc: 'A question.', streamable: true, fields: [id, place, ...fields] }
  }

  write(...fields: readonly object[]): void {
    this.writeAs({}, ...fields)
  }

  /** A further type in the namespace of the record, for its fields to refer to. Returns its full name. */
  share(type: { readonly name: string } & Readonly<Record<string, unknown>>): string {
    writeFileSync(join(this.folder, 'types', `${type.name}.avsc`), JSON.stringify({ namespace: this.namespace, ...type }))
    return `${this.namespace}.${type.name}`
  }

  /** @param attributes of the record, instead of its own. */
  writeAs(attributes: Readonly<Record<string, unknown>>, ...fields: readonly object[]): void {
    const { namespace } = this
    const city = { name: 'city', type: 'string', doc: 'The town.' }
    mkdirSync(join(this.folder, 'types'), { recursive: true })
    writeFileSync(join(this.folder, `${this.entityType}.avsc`), JSON.stringify({ ...this.entity(...fields), ...attributes }))
    writeFileSync(
      join(this.folder, 'types', 'place.avsc'),
      JSON.stringify({ type: 'record', name: 'Place', namespace, doc: 'A place.', fields: [city] }),
    )
  }
}
