import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Tarball } from '#packing/make-tarballs.js'

export interface Outcome {
  readonly code: number | string | null | undefined
  readonly out: string
  readonly err: string
}

const timeoutMs = 60_000

/** Another project that has installed a package: what is in its tarball, with the packages that it names. */
export class Project {
  /**
   * @param parent a folder outside of this project, where Node would find all that is installed here
   * @param missing packages that are not installed, though the package names them
   */
  constructor(
    private readonly parent: string,
    readonly tarball: Tarball,
    missing: readonly string[] = [],
  ) {
    const { name, path } = tarball
    mkdirSync(this.path('node_modules', name), { recursive: true })
    this.write('package.json', '{}')
    execFileSync('tar', ['-xzf', path, '-C', this.packed(), '--strip-components=1'])
    for (const one of Object.keys(this.manifest().dependencies)) if (!missing.includes(one)) this.install(one)
  }

  manifest(): {
    version: string
    dependencies: Record<string, string>
    bin: { sluice: string }
    exports: Record<string, { types: string; default: string }>
  } {
    return JSON.parse(readFileSync(this.packed('package.json'), 'utf8')) as ReturnType<Project['manifest']>
  }

  packed(file = ''): string {
    return this.path('node_modules', this.tarball.name, file)
  }

  write(file: string, text: string): void {
    writeFileSync(this.path(file), text)
  }

  path(...names: string[]): string {
    return join(this.parent, this.tarball.name, ...names)
  }

  /** Installs a package that stands here, as npm would have done it. */
  install(name: string): void {
    const path = this.path('node_modules', name)
    mkdirSync(dirname(path), { recursive: true })
    symlinkSync(resolve('node_modules', name), path)
  }

  /** Runs Node in it until that ends. */
  node(...args: string[]): Promise<Outcome> {
    return this.nodeWith({}, ...args)
  }

  /** As `node`, with more in its environment. */
  nodeWith(environment: Readonly<Record<string, string>>, ...args: string[]): Promise<Outcome> {
    const { PATH, HOME } = process.env
    const options = { cwd: this.path(), env: { PATH, HOME, ...environment }, timeout: timeoutMs }
    return new Promise((resolved) => {
      execFile(process.execPath, args, options, (error, out, err) => resolved({ code: error === null ? 0 : error.code, out, err }))
    })
  }
}
