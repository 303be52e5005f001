/** The exit codes of `sluice`, after BSD's sysexits.h, so that scripts can tell the cases apart. */
export const exitCodes = {
  good: 0,
  foundSomething: 1,
  /** EX_USAGE */
  wrongUse: 64,
  /** EX_UNAVAILABLE */
  unavailable: 69,
  /** EX_SOFTWARE */
  crash: 70,
  /** EX_NOPERM */
  refused: 77,
  /** EX_CONFIG, as the gateway itself leaves with at its start. */
  wrongConfiguration: 78,
} as const

/** The exit code of an error, so that the same mistake has the same code in all commands. */
export const exitMeanings: Readonly<Record<keyof typeof exitCodes, string>> = {
  good: 'All is well, or Ctrl-C ended it (npx itself ends with 130 then, whatever the command leaves with).',
  foundSomething:
    'It found something: a finding, a difference, a case that fails, a file to be checked that cannot be used. Warnings count with `--strict` alone.',
  wrongUse: 'The command, an argument, an option or the variable that stands for one is missing, unknown or not what it may be.',
  unavailable: 'The gateway, the registry or the brokers cannot be reached, or ended it in a way that trying again does not mend.',
  crash: 'A fault of its own.',
  refused: 'The gateway refused the token or the subscription.',
  wrongConfiguration:
    'What the line names cannot be read, written or understood, or is not there: a file, a folder, a commit, a type, a field.',
}
