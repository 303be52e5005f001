import { readFileSync } from 'node:fs'

export interface Block {
  /** Empty for what a command answers. */
  readonly language: string
  readonly name: string | undefined
  readonly text: string
}

/** The fenced blocks of a section of the README, as they stand there, up to the next heading of the second level. */
export function blocksOf(heading: string): Block[] {
  const section = readFileSync('README.md', 'utf8').split(`\n${heading}\n`)[1]!.split('\n## ')[0]!
  return [...section.matchAll(/^```(\w*)(?: (\S+))?\n(.*?)^```$/gms)].map(([, language, name, text]) => ({
    language: language!,
    name,
    text: text!,
  }))
}

/** Files by the name that stands behind a block's language. */
export function filesIn(heading: string): Record<string, string> {
  return Object.fromEntries(blocksOf(heading).flatMap(({ name, text }) => (name === undefined ? [] : [[name.replace('try/', ''), text]])))
}
