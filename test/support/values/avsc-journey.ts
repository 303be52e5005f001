import avsc from 'avsc'
import type { EntityFile } from '#schema/files/schema-folder.js'

/** What a program in another language would do with an entity's schema: write values, and read those of another version. Judged by avsc alone. */
export class AvscJourney {
  readonly type: avsc.Type

  constructor({ text, references }: EntityFile) {
    const registry = Object.create(null) as Record<string, avsc.Type>
    const options = { registry, wrapUnions: 'always', noAnonymousTypes: true } as const
    for (const reference of references) avsc.Type.forSchema(JSON.parse(reference.text) as avsc.Schema, options)
    this.type = avsc.Type.forSchema(JSON.parse(text) as avsc.Schema, options)
  }

  /** @param json as the specification writes values in JSON, unions with the names of their branches. */
  write(json: unknown): Buffer {
    return this.type.toBuffer(this.type.fromString(JSON.stringify(json)))
  }

  /** The same JSON of what another one has written. @throws Error where the two schemas cannot be resolved. */
  read(bytes: Buffer, writer: AvscJourney): unknown {
    const resolver = this.type.createResolver(writer.type, { ignoreNamespaces: true })
    return JSON.parse(this.type.toString(this.type.fromBuffer(bytes, resolver)))
  }
}
