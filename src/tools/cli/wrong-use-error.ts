/** The command line, or a variable that stands for an option, is wrong or incomplete, whatever is in the files that it names. */
export class WrongUseError extends Error {
  override readonly name = 'WrongUseError'
}
