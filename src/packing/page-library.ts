// Writes what the gateway answers at `/client.js`: a part of `npm run build`.
import { writePageLibrary } from './write-page-library.js'

await writePageLibrary('dist/page-library')
