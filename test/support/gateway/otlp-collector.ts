import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface CollectedSpan {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[]
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[]
  readonly events: readonly { readonly name: string }[]
}

interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue?: string } }[] }
    readonly scopeSpans: readonly { readonly spans: readonly CollectedSpan[] }[]
  }[]
}

/** A collector on the loopback, which takes OTLP as JSON over HTTP. */
export class OtlpCollector {
  readonly asked: { readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: Export }[] = []
  status: number | 'never' = 200

  private readonly server = createServer((request, response) => {
    let text = ''
    request.setEncoding('utf8').on('data', (part: string) => (text += part))
    request.on('end', () => {
      this.asked.push({ path: request.url!, headers: request.headers, body: JSON.parse(text) as Export })
      if (this.status !== 'never') response.writeHead(this.status, { 'content-type': 'application/json' }).end('{}')
    })
  })

  static async start(): Promise<OtlpCollector> {
    const collector = new OtlpCollector()
    collector.server.listen(0, '127.0.0.1')
    await once(collector.server, 'listening')
    return collector
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  get spans(): CollectedSpan[] {
    return this.asked.flatMap(({ body }) => body.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)))
  }

  /** Of the last export. */
  get resource(): Record<string, string | undefined> {
    const attributes = this.asked.at(-1)?.body.resourceSpans[0]?.resource.attributes ?? []
    return Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue]))
  }

  stop(): void {
    this.server.close()
    this.server.closeAllConnections()
  }
}
