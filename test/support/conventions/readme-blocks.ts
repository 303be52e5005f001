import { readFileSync } from 'node:fs'

export interface Block {
  /** Empty for what a command answers. */
  readonly language: string
  readonly name: string | undefined
  readonly text: string
}

/** The fenced blocks of a README, as they stand there. */
export function blocksOf(readme: string): Block[] {
  return [...readFileSync(readme, 'utf8').matchAll(/^```(\w*)(?: (\S+))?\n(.*?)^```$/gms)].map(([, language, name, text]) => ({
    language: language!,
    name,
    text: text!,
  }))
}

/** Files by the name that stands behind a block's language. */
export function filesIn(readme: string): Record<string, string> {
  return Object.fromEntries(blocksOf(readme).flatMap(({ name, text }) => (name === undefined ? [] : [[name.replace('try/', ''), text]])))
}
