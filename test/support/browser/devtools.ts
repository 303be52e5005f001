import { WebSocket } from 'ws'

interface Answer {
  readonly id?: number
  readonly sessionId?: string
  readonly method?: string
  readonly params?: Params
  readonly result?: Params
  readonly error?: { readonly message: string }
}

type Params = Readonly<Record<string, unknown>>
type Listener = (params: Params) => void

/**
 * A browser by its own protocol. A library over it would be in the way: those for tests turn off what a page goes through in its life, the
 * back-forward cache and hidden tabs among it.
 */
export class Devtools {
  private readonly asked = new Map<number, (answer: Answer) => void>()
  private readonly listeners = new Map<string, Set<Listener>>()
  private lastId = 0

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => this.take(JSON.parse(data.toString()) as Answer))
  }

  static async connect(url: string): Promise<Devtools> {
    const socket = new WebSocket(url, { maxPayload: 0 })
    await new Promise((opened, failed) => socket.once('open', opened).once('error', failed))
    return new Devtools(socket)
  }

  /** @param session of a tab; the browser itself where it is undefined. @throws Error with what the browser has against it */
  async ask<R = Params>(method: string, params: Params = {}, session?: string): Promise<R> {
    const id = ++this.lastId
    const answer = await new Promise<Answer>((answered) => {
      this.asked.set(id, answered)
      this.socket.send(JSON.stringify({ id, method, params, sessionId: session }))
    })
    if (answer.error) throw new Error(`${method}: ${answer.error.message}`)
    return answer.result as R
  }

  /** Returns what ends it. */
  on(event: string, session: string, listener: Listener): () => void {
    const key = `${event} ${session}`
    const listeners = this.listeners.get(key) ?? new Set()
    this.listeners.set(key, listeners.add(listener))
    return () => listeners.delete(listener)
  }

  close(): void {
    this.socket.terminate()
  }

  private take(answer: Answer): void {
    const { id, method, sessionId, params = {} } = answer
    if (id === undefined) return this.listeners.get(`${method!} ${sessionId ?? ''}`)?.forEach((listener) => listener(params))
    this.asked.get(id)?.(answer)
    this.asked.delete(id)
  }
}
