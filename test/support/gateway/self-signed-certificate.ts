import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The paths of a key and of a certificate that it has signed for itself. */
export function selfSignedCertificate(directory: string): { readonly keyFile: string; readonly certFile: string } {
  const [keyFile, certFile] = [join(directory, 'key.pem'), join(directory, 'cert.pem')]
  const options = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=localhost'
  execFileSync('openssl', [...options.split(' '), '-keyout', keyFile, '-out', certFile], { stdio: 'ignore' })
  return { keyFile, certFile }
}

/** Their texts. */
export function selfSignedPems(directory: string): { readonly cert: string; readonly key: string } {
  const { certFile, keyFile } = selfSignedCertificate(directory)
  return { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') }
}
