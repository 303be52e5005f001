// Writes the console's page as the admin port sends it: a part of `npm run build`.
import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { build, type Metafile } from 'esbuild'
import { packagesIn } from './library-code.js'

const [source, folder] = ['src/console/page', 'dist/console/page']

const { metafile } = await build({
  entryPoints: [`${source}/main.tsx`],
  outdir: folder,
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  banner: { js: '// What others have written of this: licences.txt' },
  logLevel: 'warning',
  metafile: true,
})
copyFileSync(`${source}/index.html`, `${folder}/index.html`)
writeFileSync(`${folder}/licences.txt`, licencesOf(metafile))

/** Whoever passes code on passes on its licence. */
function licencesOf(made: Metafile): string {
  const texts = packagesIn(made).map((from) => {
    const file = readdirSync(from).find((name) => /^licen[cs]e/i.test(name))
    if (file === undefined) throw new Error(`${from} has no licence to pass on.`)
    return `${from.replace(/^.*node_modules\//, '')}\n\n${readFileSync(`${from}/${file}`, 'utf8')}`
  })
  return texts.join('\n\n')
}
