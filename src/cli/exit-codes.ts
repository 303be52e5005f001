/** What `sluice` leaves with, after BSD's sysexits.h, so that scripts can tell the cases apart. */
export const exitCodes = {
  /** Ended by the user. */
  done: 0,
  /** EX_USAGE: the command line is wrong. */
  wrongUse: 64,
  /** EX_UNAVAILABLE: the gateway cannot be reached, or ended the stream in a way that trying again does not mend. */
  unavailable: 69,
  /** EX_NOPERM: the gateway refused the token or the subscription. */
  refused: 77,
} as const
