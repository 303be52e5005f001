/** A run that must not count: something was lost, doubled, leaked or closed. */
export class TrialFailure extends Error {
  override readonly name = 'TrialFailure'
}
