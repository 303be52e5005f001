// Writes what the image holds into `dist/image`, and prints what it takes: `npm run image`. With a tag of upstream's uWebSockets.js it takes
// the binary from there: `npm run image -- v20.48.0`.
import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { megabytes } from './installed-size.js'
import { serverBinaryName, writeImageFiles } from './image-files.js'

const folder = 'dist/image'
const upstream = 'https://raw.githubusercontent.com/uNetworking/uWebSockets.js'

const [tag] = process.argv.slice(2).filter((argument) => argument !== '')
rmSync(folder, { recursive: true, force: true })
await writeImageFiles(folder, tag === undefined ? undefined : await binaryOf(tag))
process.stdout.write(`${folder}: ${megabytes(bytesWithin(folder))}\n`)

/** With its native packages. */
function bytesWithin(path: string): number {
  const all = readdirSync(path, { recursive: true, encoding: 'utf8' }).map((name) => statSync(join(path, name)))
  return all.reduce((sum, entry) => (entry.isFile() ? sum + entry.size : sum), 0)
}

async function binaryOf(ofTag: string): Promise<Uint8Array> {
  const url = `${upstream}/${ofTag}/${serverBinaryName()}`
  const answer = await fetch(url)
  if (!answer.ok) throw new Error(`${url} is answered with ${answer.status}.`)
  return new Uint8Array(await answer.arrayBuffer())
}
