/** What the command needs cannot be reached, or ended it in a way that trying again does not mend: exit code 69. */
export class UnavailableError extends Error {
  override readonly name = 'UnavailableError'
}
