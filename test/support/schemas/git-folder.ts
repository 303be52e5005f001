import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Test } from 'tap'

/** A repository of git with a folder `schemas`, for tests of its history. */
export class GitFolder {
  readonly schemas: string

  constructor(t: Test) {
    const root = t.testdir({ schemas: {} })
    this.schemas = join(root, 'schemas')
    this.git('init', '--quiet', root)
  }

  write(files: Readonly<Record<string, unknown>>): void {
    for (const [name, content] of Object.entries(files)) {
      const file = join(this.schemas, name)
      mkdirSync(dirname(file), { recursive: true })
      if (content === undefined) rmSync(file)
      else writeFileSync(file, JSON.stringify(content))
    }
  }

  /** Resolves with its name. */
  commit(files: Readonly<Record<string, unknown>>): string {
    this.write(files)
    this.git('add', '-A')
    this.git('-c', 'user.name=t', '-c', 'user.email=t@example.com', 'commit', '--quiet', '--allow-empty', '-m', 'Schemas')
    return this.git('rev-parse', 'HEAD').trim()
  }

  /** The folder in a further clone of the repository. */
  clone(...options: readonly string[]): string {
    const clone = mkdtempSync(join(dirname(this.schemas), 'clone-'))
    this.git('clone', '--quiet', ...options, `file://${dirname(this.schemas)}`, clone)
    return join(clone, 'schemas')
  }

  private git(...args: string[]): string {
    return execFileSync('git', ['-C', this.schemas, ...args], { encoding: 'utf8' })
  }
}
