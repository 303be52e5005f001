import type { CloseName } from '#protocol/codes.js'
import type { Backlog } from './backlog.js'
import { Mailbox, type MailboxGauge, type Sized } from './mailbox.js'

/** The policy that drops no message: a client that reads too slowly is closed, and the close code tells it that it has missed something. */
export class CloseWhenFull<M extends Sized> extends Mailbox<M> implements Backlog<M> {
  constructor(
    gauge: MailboxGauge,
    private readonly bytesMax: number,
  ) {
    super(gauge)
  }

  get isOverfull(): boolean {
    return this.bytes > this.bytesMax
  }

  overflow(): CloseName {
    return 'too_slow'
  }
}
