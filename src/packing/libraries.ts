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

/** What users of a library import. */
export interface Entry {
  /** With the package's name in place of the dot: `.` or `./seed`. */
  readonly path: string
  /** What its files in the package are called: `index` or `seed`. */
  readonly name: string
  /** Its module in the build, without an ending. */
  readonly module: string
}

/** They are the `exports` of the project's package.json in the library's room. */
export function entriesOf({ room }: Library): Entry[] {
  const exported = Object.entries(readManifest('.').exports ?? {}).filter(([path]) => path.split('/')[1] === room)
  return exported.map(([inProject, { default: file }]) => {
    const path = inProject.replace(`./${room}`, '.')
    return { path, name: path === '.' ? 'index' : path.slice('./'.length), module: file.replace(/\.js$/, '') }
  })
}
