/** A run that must not count: something was lost, doubled, leaked or closed. */
export class TrialFailure extends Error {
  override readonly name: string = 'TrialFailure'
}

/** What a server may do to clients that cannot keep up; it fails every trial in which nothing is to be lost. */
export class ClientsClosed extends TrialFailure {
  override readonly name = 'ClientsClosed'
  constructor(readonly byCode: ReadonlyMap<number, number>) {
    super(`clients were closed: ${[...byCode].map(([code, count]) => `${count} with ${code}`).join(', ')}`)
  }
}
