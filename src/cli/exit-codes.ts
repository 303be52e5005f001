/** What `sluice` leaves with, after BSD's sysexits.h, so that scripts can tell the cases apart. */
export const exitCodes = {
  /** All is well, or the user ended it. */
  good: 0,
  /** The command did its work and found something. */
  foundSomething: 1,
  /** EX_USAGE: the command line is wrong. */
  wrongUse: 64,
  /** EX_UNAVAILABLE: the gateway, the registry or the broker cannot be reached, or ended it in a way that trying again does not mend. */
  unavailable: 69,
  /** EX_SOFTWARE: a fault in sluice itself. */
  crash: 70,
  /** EX_NOPERM: the gateway refused the token or the subscription. */
  refused: 77,
  /** EX_CONFIG: a file that the command needs cannot be used. */
  wrongConfiguration: 78,
} as const
