import { createServer } from 'node:http'
import type { Test } from 'tap'

/** A site of pages, each by its path: HTML, or whatever else its ending says. Ends with the test. */
export async function serveSite(t: Test, pages: Readonly<Record<string, string>>): Promise<string> {
  const server = createServer(({ url }, answer) => {
    const page = pages[url!]
    if (page === undefined) return answer.writeHead(404).end()
    answer.setHeader('Content-Type', url!.endsWith('.js') ? 'text/javascript' : 'text/html; charset=utf-8').end(page)
  })
  await new Promise<void>((listens) => server.listen(0, '127.0.0.1', listens))
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`
}
