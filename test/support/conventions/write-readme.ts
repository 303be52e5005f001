// Writes the tables of the manuals anew from the code: `npm run readme`.
import { readFileSync, writeFileSync } from 'node:fs'
import { readmes, withTables } from './readme-tables.js'

for (const path of readmes) writeFileSync(path, withTables(readFileSync(path, 'utf8')))
