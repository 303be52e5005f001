import { existsSync, mkdirSync, readlinkSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * A folder as Kubernetes mounts a ConfigMap or a Secret: each file is a link to one behind the link `..data`. New contents stand in a folder of
 * their own before that link is swapped, in one step, and those of before are removed after it.
 */
export class MountedFolder {
  private generation = 0

  constructor(private readonly folder: string) {}

  bring(files: Readonly<Record<string, string>>): void {
    const data = join(this.folder, '..data')
    const before = existsSync(data) ? readlinkSync(data) : undefined
    const now = `..generation_${++this.generation}`
    mkdirSync(join(this.folder, now))
    for (const [name, text] of Object.entries(files)) writeFileSync(join(this.folder, now, name), text)
    symlinkSync(now, `${data}_tmp`)
    renameSync(`${data}_tmp`, data)
    for (const name of Object.keys(files))
      if (!existsSync(join(this.folder, name))) symlinkSync(join('..data', name), join(this.folder, name))
    if (before !== undefined) rmSync(join(this.folder, before), { recursive: true })
  }
}
