/** What the command line, or a variable that stands for one of its options, lacks or says wrongly, whatever is in the files that it names. */
export class WrongUseError extends Error {
  override readonly name = 'WrongUseError'
}
