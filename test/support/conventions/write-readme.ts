// Writes the tables in all READMEs anew from the code: `npm run readme`.
import { writeFileSync } from 'node:fs'
import { withTables } from './readme-tables.js'
import { readReadmes } from './readmes.js'

for (const { path, text } of readReadmes()) writeFileSync(path, withTables(text))
