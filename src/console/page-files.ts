import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AdminAnswer, AdminRequest } from '#gateway/observe/admin-answer.js'

/** What the build writes, by the path of a request. */
const files = {
  '/': { name: 'index.html', contentType: 'text/html; charset=utf-8' },
  '/main.js': { name: 'main.js', contentType: 'text/javascript; charset=utf-8' },
  '/main.css': { name: 'main.css', contentType: 'text/css; charset=utf-8' },
  '/licences.txt': { name: 'licences.txt', contentType: 'text/plain; charset=utf-8' },
} as const

type PagePath = keyof typeof files

export const pagePaths = Object.keys(files) as PagePath[]

/** The console's page, in memory: no path is ever made of what is asked. */
export class PageFiles {
  private constructor(private readonly contents: ReadonlyMap<PagePath, { readonly body: Buffer; readonly tag: string }>) {}

  /** @throws Error where the build has not written them. */
  static read(folder: string): PageFiles {
    const entries = pagePaths.map((path) => {
      const body = readFileSync(join(folder, files[path].name))
      return [path, { body, tag: `"${createHash('sha256').update(body).digest('hex').slice(0, 16)}"` }] as const
    })
    return new PageFiles(new Map(entries))
  }

  /** @param socketUrl where the page connects: besides this port the only place that it may ask. */
  answer({ path, headers }: AdminRequest, socketUrl: string): AdminAnswer {
    const { body, tag } = this.contents.get(path as PagePath)!
    const { contentType } = files[path as PagePath]
    const its = { ...guards, 'Content-Security-Policy': contentPolicy(socketUrl), 'Cache-Control': 'no-cache', ETag: tag }
    if (headers['if-none-match'] === tag) return { status: 304, contentType, body: '', headers: its }
    return { status: 200, contentType, body, headers: its }
  }
}

const guards = {
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
}

/** Nothing but the page's own files and the gateway's socket; no text ever becomes markup or a script. */
function contentPolicy(socketUrl: string): string {
  return [
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:",
    `connect-src 'self' ${new URL(socketUrl).origin}`,
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "require-trusted-types-for 'script'; trusted-types 'none'",
  ].join('; ')
}
