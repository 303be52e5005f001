import { apicurioJar, kafkaClassPath, missingForRealParts } from './artifacts.js'

// Before `npm test`: a download may take longer than a test file is given. Where it cannot be done the tests say so.
if (missingForRealParts() === undefined) {
  kafkaClassPath()
  apicurioJar()
}
