import type { Terminal } from './terminal.js'

/** Colours by what they mean here. Each function returns its text to be printed. */
export interface Paint {
  readonly changed: (text: string) => string
  readonly added: (text: string) => string
  readonly gone: (text: string) => string
  readonly faint: (text: string) => string
  readonly strong: (text: string) => string
}

const plain = (text: string): string => text

/** For files, pipes, and people who set NO_COLOR. */
export const noColours: Paint = { changed: plain, added: plain, gone: plain, faint: plain, strong: plain }

/** The eight colours that every terminal has, so that the user's own scheme decides how they look. */
export const colours: Paint = {
  changed: sgr(33, 39),
  added: sgr(32, 39),
  gone: sgr(31, 39),
  faint: sgr(2, 22),
  strong: sgr(1, 22),
}

/** Colours where people see them. */
export function paintFor({ hasColours }: Terminal): Paint {
  return hasColours ? colours : noColours
}

function sgr(start: number, end: number): (text: string) => string {
  return (text) => `\u001b[${start}m${text}\u001b[${end}m`
}
