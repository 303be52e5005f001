// Makes the tarballs that people install, and prints what each takes: `npm run pack`.
import { makeTarballs } from './make-tarballs.js'
import { describeSize } from './installed-size.js'

for (const { path, size } of await makeTarballs('dist/tarballs')) process.stdout.write(`${path}: ${describeSize(size)}\n`)
