// Makes a version of what is committed, and a tag: `npm run release -- 0.2.0`. It refuses what would break a promise in silence, and pushes
// nothing.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { systemClock } from '#clock.js'
import { brokenPromises } from './broken-promises.js'
import { releasedAs } from './changelog.js'
import { readManifest } from './manifest.js'
import { refusals } from './next-version.js'
import { promisesNow, type Promises } from './promises.js'

const changelogFile = '.deploy/CHANGELOG.md'
/** What the last version promised. */
const promisesFile = '.deploy/promises.json'
/** The chart has the version of what it installs. */
const chartFile = '.deploy/chart/Chart.yaml'

const to = process.argv[2] ?? ''
const from = readManifest('.').version
const changelog = readFileSync(changelogFile, 'utf8')
const promises = promisesNow()
const broken = brokenPromises(JSON.parse(readFileSync(promisesFile, 'utf8')) as Promises, promises)
const reasons = [...repositoryRefusals(), ...refusals({ from, to, changelog, broken })]
if (reasons.length > 0) {
  process.stderr.write(`${reasons.join('\n')}\n`)
  process.exit(1)
}
writeFileSync(changelogFile, releasedAs(changelog, to, new Date(systemClock.now()).toISOString().slice(0, 10)))
writeFileSync(promisesFile, `${JSON.stringify(promises, null, 2)}\n`)
writeFileSync(chartFile, readFileSync(chartFile, 'utf8').replace(/^(version|appVersion): .*$/gm, `$1: ${to}`))
for (const page of git('ls-files', '*.md')
  .split('\n')
  .filter((name) => name !== '' && name !== changelogFile))
  writeFileSync(page, withVersion(readFileSync(page, 'utf8')))
// Writes package.json and package-lock.json.
execFileSync('npm', ['version', to, '--no-git-tag-version'], { stdio: 'ignore' })
git('commit', '--quiet', '--all', '--message', `Version ${to}.`)
git('tag', '--annotate', `v${to}`, '--message', `Version ${to}`)
process.stdout.write(`Version ${to} is committed and tagged as v${to}: git push --follow-tags origin main\n`)

/** Images and tarballs of ours that people are to name: the chart asks for the image of its own version. */
function withVersion(text: string): string {
  return text.replace(/\b((?:sluice[a-z-]*[:-])|VERSION=)\d+\.\d+\.\d+\b/g, `$1${to}`)
}

/** A version is of what is on main, and of nothing besides. */
function repositoryRefusals(): string[] {
  return [
    ...(git('status', '--porcelain') === '' ? [] : ['There are changes that are not committed.']),
    ...(git('rev-parse', '--abbrev-ref', 'HEAD') === 'main' ? [] : ['Versions are made on main.']),
    ...(git('tag', '--list', `v${to}`) === '' ? [] : [`There is a tag v${to} already.`]),
  ]
}

function git(...args: readonly string[]): string {
  return execFileSync('git', args, { encoding: 'utf8' }).trim()
}
