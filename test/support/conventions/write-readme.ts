// Writes what the READMEs and `.deploy` have from the code anew, and the picture from what the gateway sends: `npm run readme`.
import { writeFileSync } from 'node:fs'
import { deployFiles } from '../deploy/deploy-files.js'
import { orderPicture, orderPicturePath } from '../picture/order-picture.js'
import { orderViews } from '../picture/order-views.js'
import { withParts } from './readme-parts.js'
import { readReadmes } from './readmes.js'

for (const { path, text } of readReadmes()) writeFileSync(path, withParts(text))
writeFileSync(orderPicturePath, orderPicture(await orderViews()))
for (const [path, text] of await deployFiles()) writeFileSync(path, text)
