import { execFile } from 'node:child_process'
import { basename, dirname } from 'node:path'
import { promisify } from 'node:util'
import { ConfigurationError } from '#errors.js'
import { entitiesOf, type EntityFile, isSchemaFile, sharedFolder, type TextFile } from '#schema/files/schema-folder.js'
import { gatewayViewOf } from '#schema/model/schema-validity.js'

const run = promisify(execFile)

/** The most that git may answer: a schema has a megabyte at most, and the list of a folder's files is shorter. */
const outputBytesMax = 4 * 1024 * 1024
/** How many commits `--level ..._TRANSITIVE` looks at: years of a folder that changes every week, read in some seconds. */
const defaultCommitsMax = 200

/** The schemas of a folder as they were at a commit. */
export interface FolderVersion {
  readonly name: string
  readonly entities: readonly EntityFile[]
}

export interface FolderHistory {
  readonly versions: readonly FolderVersion[]
  /** Whether there are, or may be, more commits: a build's shallow clone does not hold them all. */
  readonly isCut: boolean
}

/** @throws ConfigurationError where git does not know the folder or the commit, or where the folder held no valid schema. */
export async function versionAt(folder: string, ref: string): Promise<FolderVersion> {
  return versionOf(ref, await new GitFolder(folder).filesAt(ref, await commitOf(folder, ref)))
}

/**
 * The folder's schemas at a commit, and at the commits before it that changed the folder, the newest first: `commitsMax` at most.
 * @throws ConfigurationError as `versionAt` does.
 */
export async function versionsUpTo(folder: string, ref: string, commitsMax = defaultCommitsMax): Promise<FolderHistory> {
  const commit = await commitOf(folder, ref)
  const commits = linesIn(await git(folder, 'log', `--max-count=${commitsMax + 1}`, '--format=%H', commit, '--', '.'))
  const inFolder = new GitFolder(folder)
  const versions: FolderVersion[] = []
  for (const [age, one] of commits.slice(0, commitsMax).entries()) {
    const name = one.slice(0, 12)
    const files = await inFolder.filesAt(name, one)
    versions.push(age === 0 ? versionOf(name, files) : validVersionOf(name, files))
  }
  return { versions, isCut: commits.length > commitsMax || (await isShallow(folder)) }
}

/** @throws ConfigurationError where a file holds no record. */
function versionOf(name: string, files: readonly TextFile[]): FolderVersion {
  const pathOf = ({ file }: TextFile) => file.slice(name.length + 1)
  const inFolder = files.filter((one) => dirname(pathOf(one)) === '.')
  const shared = files.filter((one) => dirname(pathOf(one)) === sharedFolder)
  return { name, entities: entitiesOf(inFolder, shared).map((one) => ({ ...one, entityType: basename(pathOf(one), '.avsc') })) }
}

/** Leaves out files that held no valid schema: nobody can have written with them, and they would fail every check for ever. */
function validVersionOf(name: string, files: readonly TextFile[]): FolderVersion {
  try {
    return { name, entities: versionOf(name, files).entities.filter((one) => !('invalid' in gatewayViewOf(one))) }
  } catch (error) {
    if (error instanceof ConfigurationError) return { name, entities: [] }
    throw error
  }
}

class GitFolder {
  /** Files are kept by their content, as most of them are the same in most commits. */
  private readonly texts = new Map<string, string>()

  constructor(private readonly folder: string) {}

  async filesAt(name: string, commit: string): Promise<TextFile[]> {
    const files: TextFile[] = []
    for (const line of (await git(this.folder, 'ls-tree', '-r', '-z', commit, '--', '.')).split('\0')) {
      const [, hash, path] = /^\d+ blob (\w+)\t(.*)$/s.exec(line) ?? []
      if (hash !== undefined && isSchemaFile(path!)) files.push({ file: `${name}:${path!}`, text: await this.text(hash) })
    }
    return files
  }

  private async text(hash: string): Promise<string> {
    const known = this.texts.get(hash)
    if (known !== undefined) return known
    const text = await git(this.folder, 'cat-file', 'blob', hash)
    this.texts.set(hash, text)
    return text
  }
}

async function commitOf(folder: string, ref: string): Promise<string> {
  try {
    return linesIn(await git(folder, 'rev-parse', '--verify', '--end-of-options', `${ref}^{commit}`))[0]!
  } catch (error) {
    // Git's own message is quoted: git may be missing, or may not trust the folder's owner, as happens in CI.
    throw new ConfigurationError(`"${ref}" is neither a folder nor a commit that git knows: ${(error as Error).message}`)
  }
}

async function isShallow(folder: string): Promise<boolean> {
  return (await git(folder, 'rev-parse', '--is-shallow-repository')).trim() === 'true'
}

async function git(folder: string, ...args: string[]): Promise<string> {
  try {
    return (await run('git', ['-C', folder, ...args], { maxBuffer: outputBytesMax })).stdout
  } catch (error) {
    const { message, stderr = '' } = error as { readonly message: string; readonly stderr?: string }
    const said = linesIn(stderr)[0] ?? message
    throw new ConfigurationError(`git ${args[0]!} failed in ${folder}: ${said.replace(/^fatal: |\.$/g, '')}.`)
  }
}

function linesIn(text: string): string[] {
  return text.split('\n').filter((line) => line !== '')
}
