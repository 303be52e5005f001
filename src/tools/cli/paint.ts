import { styleText } from 'node:util'
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
  changed: styled('yellow'),
  added: styled('green'),
  gone: styled('red'),
  faint: styled('dim'),
  strong: styled('bold'),
}

/** Colours where people see them. */
export function paintFor({ hasColours }: Terminal): Paint {
  return hasColours ? colours : noColours
}

/** The command's own terminal decides whether people see colours, not Node's look at the standard output. */
function styled(format: Parameters<typeof styleText>[0]): (text: string) => string {
  return (text) => styleText(format, text, { validateStream: false })
}
