// Writes the console's page as the admin port sends it: a part of `npm run build`.
import { copyFileSync, writeFileSync } from 'node:fs'
import { build } from 'esbuild'
import { packagesIn } from './library-code.js'
import { thirdPartyNotices } from './third-party-notices.js'

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
// Whoever passes code on passes on its licence.
writeFileSync(`${folder}/licences.txt`, thirdPartyNotices(packagesIn(metafile)))
