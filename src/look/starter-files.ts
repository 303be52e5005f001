import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { readTextFile } from '#config/text-file.js'
import type { EntityDefinition } from '#entities.js'
import { ConfigurationError } from '#errors.js'

/** The text of an `ENTITIES` file, an entry a line. */
export function entitiesText(definitions: readonly EntityDefinition[]): string {
  const entries = definitions.map((definition) => `  ${JSON.stringify(definition.name)}: ${spaced(entryOf(definition))}`)
  return `{\n${entries.join(',\n')}\n}\n`
}

function entryOf({ name, layout, topic, envelope, record, idFields, key, marks, streamable }: EntityDefinition): object {
  return {
    layout,
    ...(topic !== name && { topic }),
    envelope,
    ...(record !== undefined && { record: onlyOf(record) }),
    ...(idFields !== undefined && { id_field: onlyOf(idFields) }),
    ...(key !== undefined && { key }),
    ...(marks !== undefined && { marks }),
    ...(streamable !== undefined && { streamable }),
  }
}

function onlyOf(names: readonly string[]): string | readonly string[] {
  return names.length === 1 ? names[0]! : names
}

function spaced(json: object): string {
  return JSON.stringify(json, undefined, 1).replace(/\n\s*/g, ' ')
}

/** The files by which a gateway of one's own begins, in one folder. What was not written by this process is never replaced. */
export class StarterFiles {
  private readonly written = new Map<string, string>()

  constructor(
    private readonly folder: string,
    private readonly entities: string,
  ) {}

  /** Answers their paths. @throws ConfigurationError that names the file which is in the way, before anything is written. */
  save(policy: string): { readonly policy: string; readonly entities: string } {
    const paths = { policy: this.pathOf('policy.json'), entities: this.pathOf('entities.json') }
    const texts = [[paths.policy, policy] as const, [paths.entities, this.entities] as const]
    for (const [path, text] of texts) this.refuseOther(path, text)
    for (const [path, text] of texts) this.write(path, text)
    return paths
  }

  private pathOf(name: string): string {
    return resolve(join(this.folder, name))
  }

  private refuseOther(path: string, text: string): void {
    const there = existsSync(path) ? readTextFile(path) : undefined
    if (there === undefined || there === text || there === this.written.get(path)) return
    throw new ConfigurationError(`${path} is there already and says something else: move it away, or name another folder by --save-to.`)
  }

  private write(path: string, text: string): void {
    try {
      mkdirSync(resolve(this.folder), { recursive: true })
      writeFileSync(path, text)
      this.written.set(path, text)
    } catch (error) {
      throw new ConfigurationError(`${path} cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`)
    }
  }
}
