import type { BrokenPromise } from './broken-promises.js'
import { breakingIn, unreleasedIn } from './changelog.js'

export interface Release {
  /** The version in package.json. */
  readonly from: string
  readonly to: string
  readonly changelog: string
  /** Of what the last version promised. */
  readonly broken: readonly BrokenPromise[]
}

type Version = readonly [major: number, minor: number, patch: number]

/** Why there cannot be this version, each in a sentence; none where it can. */
export function refusals({ from, to, changelog, broken }: Release): string[] {
  const [before, after] = [versionIn(from), versionIn(to)]
  if (before === undefined || after === undefined) return [`"${to}" is no version: three numbers with dots.`]
  if (!isNext(before, after)) return [`The version after ${from} is ${nextOf(before).map(textOf).join(', ')}, not ${to}.`]
  const text = unreleasedIn(changelog)
  if (text === '') return ['The changelog says nothing of what is to come.']
  const told = breakingIn(text)
  const untold = broken.filter(({ name }) => !told.includes(`\`${name}\``))
  const silent = untold.map(({ kind, name, how }) => `${kind}: ${name} ${how}, and the changelog does not name it under "Breaking".`)
  const mayBreak = after[0] > before[0] || (before[0] === 0 && after[1] > before[1])
  if (mayBreak || (broken.length === 0 && told.trim() === '')) return silent
  return [...silent, `What was promised is broken: the next version is ${textOf(nextOf(before)[before[0] === 0 ? 1 : 0]!)}.`]
}

function versionIn(text: string): Version | undefined {
  const parts = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/.exec(text)?.slice(1).map(Number)
  return parts as Version | undefined
}

/** The next one of each kind: major, minor, patch. */
function nextOf([major, minor, patch]: Version): readonly Version[] {
  return [
    [major + 1, 0, 0],
    [major, minor + 1, 0],
    [major, minor, patch + 1],
  ]
}

function isNext(before: Version, after: Version): boolean {
  return nextOf(before).some((next) => textOf(next) === textOf(after))
}

function textOf(version: Version): string {
  return version.join('.')
}
