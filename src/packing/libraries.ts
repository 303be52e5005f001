import { readManifest } from './manifest.js'

/** A program of `src` that other projects import, and that is packed for them alone. */
export interface Library {
  readonly name: string
  readonly description: string
  /** Whose README goes with it, and what the gateway's package exports it as: `sluice/client`. */
  readonly room: string
  /**
   * `cjs` is one file that `require` and `import` both read: with a file for each, an error would be of two classes in a process that uses
   * both. `esm` is for bundlers and browsers.
   */
  readonly format: 'cjs' | 'esm'
}

const publisherLibrary: Library = {
  name: 'sluice-publisher',
  description: 'Publishes the changes of a service to Kafka, for Sluice to stream to clients.',
  room: 'publisher',
  format: 'cjs',
}

export const clientLibrary: Library = {
  name: 'sluice-client',
  description: 'Follows entities that Sluice streams, in browsers, Node and whatever else has a WebSocket.',
  room: 'client',
  format: 'esm',
}

/** What is packed besides the gateway. */
export const libraries: readonly Library[] = [publisherLibrary, clientLibrary]

/** The modules of the build that a library's users import: the main one as `index`, `sluice-client/seed` as `seed`. Without endings. */
export function entriesOf({ room }: Library): Record<string, string> {
  const entries: Record<string, string> = {}
  for (const [path, { default: file }] of Object.entries(readManifest('.').exports ?? {})) {
    const [, of, name = 'index'] = path.split('/')
    if (of === room) entries[name] = file.replace(/\.js$/, '')
  }
  return entries
}
