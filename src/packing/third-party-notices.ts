import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readManifest } from './manifest.js'

/** The licences of the packages that a bundle contains, which must go where their code goes. */
export function thirdPartyNotices(folders: readonly string[]): string {
  return folders.map(noticeOf).join(`\n${'-'.repeat(80)}\n\n`)
}

function noticeOf(folder: string): string {
  const { name, version, license } = readManifest(folder)
  const texts = licencesIn(folder)
  if (texts.length === 0) throw new Error(`${name} has no text with its licence`)
  return `${name} ${version} (${license ?? 'see below'})\n\n${texts.join('\n\n')}\n`
}

/** The files with them; a few packages have theirs at the end of their manual. */
function licencesIn(folder: string): string[] {
  const texts = (pattern: RegExp) => {
    return readdirSync(folder).flatMap((file) => (pattern.test(file) ? [readFileSync(join(folder, file), 'utf8').trim()] : []))
  }
  const own = texts(/^(licen[cs]e|copying|notice)/i)
  return own.length > 0 ? own : texts(/^readme/i).flatMap((manual) => /^#* *licen[cs]e\b.*/ims.exec(manual)?.[0] ?? [])
}
