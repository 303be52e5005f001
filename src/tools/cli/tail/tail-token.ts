import type { TokenAsk } from '#client/sluice-client.js'

export interface TailTokenParts {
  /** The token as it is now. @throws ConfigurationError where there is none. */
  readonly token: () => string
  /** One line, without its end. */
  readonly notice: (line: string) => void
}

/** The token of a tail: what its file holds whenever it is asked for. */
export class TailToken {
  private last: string
  /** That was said to end. */
  private ending: string | undefined

  /** @throws ConfigurationError where there is none. */
  constructor(private readonly parts: TailTokenParts) {
    this.last = parts.token()
  }

  answer({ reason }: Pick<TokenAsk, 'reason'>): string {
    const before = this.last
    const token = (this.last = this.latest())
    if (reason === 'expiring' && token === before && token !== this.ending) {
      this.ending = token
      this.parts.notice('The token ends soon, and there is no other one yet.')
    }
    return token
  }

  /** A file that is just being replaced holds none: then it is the one before. */
  private latest(): string {
    try {
      return this.parts.token()
    } catch {
      return this.last
    }
  }
}
