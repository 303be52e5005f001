import { readFileSync } from 'node:fs'

/** A link or a picture: its text and its target. Links to a heading of the page itself, and to other places of the web, stay. */
const relativeLink = /(!?)\[([^\]]*)\]\((?!https?:|#)[^)]*\)/g

/**
 * A manual as it goes into a package, in which the other manuals, the pictures and the code of this project are not: of a link the text
 * stays, of a picture nothing.
 */
export function packedReadme(file: string): string {
  return readFileSync(file, 'utf8').replace(relativeLink, (_link, picture: string, text: string) => (picture === '' ? text : ''))
}
