import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { refusalAnswer, type HttpAnswer } from './http-answer.js'

/** What the build writes. It compresses too, so that a request costs no more than sending. The best first. */
export const pageLibraryFiles = { br: 'client.js.br', gzip: 'client.js.gz', identity: 'client.js' } as const
type Encoding = keyof typeof pageLibraryFiles
const encodings = Object.keys(pageLibraryFiles) as Encoding[]

/** Of a request for it. */
export interface FileRequest {
  readonly path: string
  /** The headers `Accept-Encoding` and `If-None-Match`, or empty strings. */
  readonly acceptEncoding: string
  readonly ifNoneMatch: string
}

/**
 * A new version reaches pages within an hour by `/client.js`. That is the file itself, and no redirect to `/client.<hash>.js`: a first visit
 * would take a second round trip, and while nodes are replaced a node of the other version would not know the hash.
 */
const shared = 'public, max-age=3600'
/** `/client.<hash>.js` never changes. */
const lasting = 'public, max-age=31536000, immutable'

/** What browsers send has 23 characters. A header full of commas would cost milliseconds. */
const acceptEncodingMax = 256

/** The client library for pages without a build step, in memory. */
export class PageLibrary {
  private readonly hash: string
  private readonly headers: Readonly<Record<string, string>>

  constructor(private readonly files: Readonly<Record<Encoding, Uint8Array>>) {
    this.hash = createHash('sha256').update(files.identity).digest('hex').slice(0, 16)
    this.headers = {
      'Content-Type': 'text/javascript; charset=utf-8',
      'X-Content-Type-Options': 'nosniff',
      // Relative, as a proxy may put something before the path.
      'Content-Location': `client.${this.hash}.js`,
      Vary: 'Accept-Encoding',
      // Browsers import modules of other origins only with it. The file is public; `ALLOWED_ORIGINS` is about who may connect.
      'Access-Control-Allow-Origin': '*',
    }
  }

  /** @throws Error where the build has not written it */
  static read(folder: string): PageLibrary {
    const read = (encoding: Encoding) => readFileSync(join(folder, pageLibraryFiles[encoding]))
    return new PageLibrary({ br: read('br'), gzip: read('gzip'), identity: read('identity') })
  }

  answer({ path, acceptEncoding, ifNoneMatch }: FileRequest): HttpAnswer {
    const isByHash = path === `/client.${this.hash}.js`
    if (path !== '/client.js' && !isByHash) return refusalAnswer('not_found')
    const encoding = bestEncoding(acceptEncoding)
    const tag = `"${this.hash}.${encoding}"`
    const headers = { ...this.headers, 'Cache-Control': isByHash ? lasting : shared, ETag: tag }
    // Contained: there may be several, and a proxy may have made one weak.
    if (ifNoneMatch.includes(tag)) return { status: '304 Not Modified', headers, body: '' }
    const coding = encoding === 'identity' ? {} : { 'Content-Encoding': encoding }
    return { status: '200 OK', headers: { ...headers, ...coding }, body: this.files[encoding] }
  }
}

/** Whether the path is one of the library's, of whichever version. */
export function isLibraryPath(path: string): boolean {
  return /^\/client(\.[0-9a-f]+)?\.js$/.test(path)
}

/** Of `gzip, br;q=0.9, *;q=0`: the smallest that is named, by itself or by `*`, and not by a weight of zero. */
function bestEncoding(acceptEncoding: string): Encoding {
  const weights = new Map(acceptEncoding.slice(0, acceptEncodingMax).toLowerCase().split(',').map(nameAndWeight))
  return encodings.find((one) => (weights.get(one) ?? weights.get('*') ?? 0) > 0) ?? 'identity'
}

function nameAndWeight(item: string): [string, number] {
  const [name, weight] = item.split(';').map((part) => part.trim())
  return [name!, weight === undefined ? 1 : Number(weight.replace(/^q=/, '')) || 0]
}
