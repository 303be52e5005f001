import { readdirSync, readFileSync } from 'node:fs'

export interface Readme {
  /** From the project's folder: `src/avro/README.md`. */
  readonly path: string
  readonly text: string
}

const rooms = ['src', 'test', 'schemas', 'bench', '.deploy']

/** The pages of the project: the one at the top, and that of each room that has one. */
export function readReadmes(): Readme[] {
  const found = rooms.flatMap((room) => (readdirSync(room, { recursive: true }) as string[]).map((path) => `${room}/${path}`))
  const paths = ['README.md', ...found.filter((path) => path.endsWith('/README.md')).sort()]
  return paths.map((path) => ({ path, text: readFileSync(path, 'utf8') }))
}
