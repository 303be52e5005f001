import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { pageLibraryFiles } from '#gateway/deliver/socket/page-library.js'
import { clientLibrary } from './libraries.js'
import { minifiedCode } from './library-code.js'

/** Writes the client library as the gateway sends it to pages without a build step. */
export async function writePageLibrary(folder: string): Promise<void> {
  const code = await minifiedCode(clientLibrary)
  const contents = { identity: code, gzip: gzipSync(code, { level: constants.Z_BEST_COMPRESSION }), br: brotliCompressSync(code) }
  mkdirSync(folder, { recursive: true })
  for (const encoding of ['identity', 'gzip', 'br'] as const) writeFileSync(join(folder, pageLibraryFiles[encoding]), contents[encoding])
}
