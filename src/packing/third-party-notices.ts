import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readManifest } from './manifest.js'

/** The licences of the packages that a bundle contains, which must go where their code goes. */
export function thirdPartyNotices(folders: readonly string[]): string {
  return folders.map(noticeOf).join(`\n${'-'.repeat(80)}\n\n`)
}

function noticeOf(folder: string): string {
  const { name, version, license } = readManifest(folder)
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file))
  if (files.length === 0) throw new Error(`${name} has no file with its licence`)
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim())
  return `${name} ${version} (${license ?? 'see below'})\n\n${texts.join('\n\n')}\n`
}
