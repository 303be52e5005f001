import { createServer, type Server } from 'node:http'
import { extname } from 'node:path'
import type { Test } from 'tap'

const types: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.css': 'text/css', '': 'text/html; charset=utf-8' }

/** Files by their paths, each of the type that its ending says; of none it is HTML. */
export type Pages = Readonly<Record<string, string>>

/** Serves pages on a port, or a free one where that is 0. */
export async function listen(pages: Pages, port: number): Promise<Server> {
  const server = createServer(({ url }, answer) => {
    const page = pages[url!]
    if (page === undefined) return answer.writeHead(404).end()
    answer.setHeader('Content-Type', types[extname(url!)] ?? types['']!).end(page)
  })
  await new Promise<void>((listens) => server.listen(port, '127.0.0.1', listens))
  return server
}

/** A site of pages, which ends with the test. Returns its address. */
export async function serveSite(t: Test, pages: Pages): Promise<string> {
  const server = await listen(pages, 0)
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`
}
