import { type AdminToken, adminTokensIn } from '#config/admin-tokens.js'
import type { FileListener } from '#config/watched-file.js'
import type { Log } from '#log.js'
import type { Guard } from './guard.js'

interface TokenKeepers {
  readonly log: Log
  /** Takes tokens that no log may show. */
  readonly learn: (secrets: readonly string[]) => void
}

/** The admin tokens of a file that may change while the process runs. Where it cannot be used, those of before go on to count. */
export class AdminTokensInForce implements FileListener {
  /** @param own tokens that count whatever the file says. */
  constructor(
    private readonly guard: Pick<Guard, 'know'>,
    private readonly own: readonly AdminToken[],
    private readonly keepers: TokenKeepers,
  ) {}

  changed(text: string): void {
    const { log, learn } = this.keepers
    let tokens: readonly AdminToken[]
    try {
      tokens = adminTokensIn(text)
    } catch (error) {
      return this.keep((error as Error).message)
    }
    learn(tokens.map(({ token }) => token))
    this.guard.know([...this.own, ...tokens])
    log.info({ admins: tokens.map(({ label }) => label) }, 'The changed admin tokens are in force.')
  }

  unreadable(why: string): void {
    this.keep(`ADMIN_TOKEN_FILE: ${why}`)
  }

  readable(): void {
    this.keepers.log.info({}, 'The file of admin tokens can be read again.')
  }

  private keep(reason: string): void {
    this.keepers.log.error({ reason }, 'The changed admin tokens cannot be used; those of before go on to count.')
  }
}
