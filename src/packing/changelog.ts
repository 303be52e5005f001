/** What is to come, as a heading of its own. */
const unreleased = '## Unreleased'
const breaking = '### Breaking'

/** What the changelog says of what is to come. @throws Error where it has no such part. */
export function unreleasedIn(changelog: string): string {
  const start = changelog.indexOf(`${unreleased}\n`)
  if (start < 0) throw new Error(`The changelog has no part "${unreleased}".`)
  const text = changelog.slice(start + unreleased.length)
  const end = text.indexOf('\n## ')
  return (end < 0 ? text : text.slice(0, end)).trim()
}

/** The lines on what is broken, each of which names it in backticks. */
export function breakingIn(text: string): string {
  const start = text.indexOf(breaking)
  if (start < 0) return ''
  const rest = text.slice(start + breaking.length)
  const end = rest.indexOf('\n### ')
  return end < 0 ? rest : rest.slice(0, end)
}

/** What was to come is this version from that day on. */
export function releasedAs(changelog: string, version: string, day: string): string {
  return changelog.replace(`${unreleased}\n`, () => `${unreleased}\n\n## ${version}, ${day}\n`)
}
