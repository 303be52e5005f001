import { readdirSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { Plugin } from 'esbuild'
import { compile } from 'svelte/compiler'
import { sampleUsers, type SampleUser } from '#sample/users.js'
import { signedToken } from '../gateway/tokens.js'
import { bundle } from './bundle.js'
import type { Pages } from './site.js'

const folder = 'src/client/examples'
/** The examples import the package, which is not installed where it is made. */
const alias = { 'sluice-client': './dist/src/client/sluice-client.js' }

const svelte: Plugin = {
  name: 'svelte',
  setup(bundler) {
    bundler.onLoad({ filter: /\.svelte$/ }, async ({ path }) => {
      const { js } = compile(await readFile(path, 'utf8'), { filename: path })
      return { contents: js.code, loader: 'js' }
    })
  },
}

/** Tokens of the users of the sample shop, by their names, which are good for a day. */
export async function sampleTokens(secret: string): Promise<Readonly<Record<string, string>>> {
  const exp = Math.floor(Date.now() / 1000) + 86_400
  const tokenOf = ({ claims }: SampleUser) => signedToken({ ...claims, exp }, Buffer.from(secret))
  const tokens = await Promise.all(sampleUsers.map(async (user) => [user.name.toLowerCase(), await tokenOf(user)] as const))
  return Object.fromEntries(tokens)
}

/**
 * The pages of the examples, built, by their paths.
 * @param host of the gateway, in the place of the one that the examples name
 * @param tokens by the names of users, each of whom has all pages in a folder of that name
 */
export async function examplePages(host: string, tokens: Readonly<Record<string, string>>): Promise<Pages> {
  const files = readdirSync(folder).filter((name) => /\.(html|css)$/.test(name))
  const texts = [
    ...files.map((name) => [name, readFileSync(`${folder}/${name}`, 'utf8')] as const),
    ['react.js', await bundle(`${folder}/react.tsx`, { alias })] as const,
    ['list.js', await bundle(`${folder}/list.tsx`, { alias })] as const,
    ['svelte.js', await bundle(`${folder}/svelte.ts`, { alias, plugins: [svelte] })] as const,
  ]
  const pages = texts.map(([name, text]) => [name, text.replaceAll('localhost:8080', host)] as const)
  return Object.fromEntries(
    Object.entries(tokens).flatMap(([user, token]) =>
      [...pages, ['token', token] as const].map(([name, text]) => [`/${user}/${name}`, text]),
    ),
  )
}
