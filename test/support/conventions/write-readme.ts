// Writes the tables in all READMEs anew from the code, and the picture from what the gateway sends: `npm run readme`.
import { writeFileSync } from 'node:fs'
import { withTables } from './readme-tables.js'
import { orderPicture, orderPicturePath } from '../picture/order-picture.js'
import { orderViews } from '../picture/order-views.js'
import { readReadmes } from './readmes.js'

for (const { path, text } of readReadmes()) writeFileSync(path, withTables(text))
writeFileSync(orderPicturePath, orderPicture(await orderViews()))
