import { createPrivateKey, X509Certificate } from 'node:crypto'
import { ConfigurationError } from '#errors.js'
import type { Environment } from './environment.js'
import type { VariableName } from './variables.js'

// Certificates and keys are checked at the start. With bad ones every connection would fail, and OpenSSL's message names no file.

export interface PemText {
  readonly pem: string
  /** Milliseconds since the epoch. */
  readonly expiresAtMs: number
}

/** Undefined where the variable is not set. @throws ConfigurationError where its file holds no certificate. */
export function readCertificate(environment: Environment, name: VariableName): PemText | undefined {
  const pem = environment.file(name, 'latin1')
  if (pem === undefined) return undefined
  const certificate = parsedPem(name, 'certificate', () => new X509Certificate(pem))
  return { pem, expiresAtMs: Date.parse(certificate.validTo) }
}

/** @param certificate the variable of the key's certificate. @throws ConfigurationError where the file is no key, or another one's. */
export function readKey(environment: Environment, name: VariableName, certificate: VariableName): string | undefined {
  const pem = environment.file(name, 'latin1')
  if (pem === undefined) return undefined
  const key = parsedPem(name, 'private key without a passphrase', () => createPrivateKey(pem))
  const its = readCertificate(environment, certificate)
  if (its !== undefined && !new X509Certificate(its.pem).checkPrivateKey(key))
    throw new ConfigurationError(`${name} is not the key of the certificate in ${certificate}.`)
  return pem
}

/** PEM texts. */
export interface PemTexts {
  readonly ca: string | undefined
  readonly cert: string | undefined
  readonly key: string | undefined
}

export type PemNames = Readonly<Record<keyof PemTexts, VariableName>>

/** One of the variables that is set, if any is. @throws ConfigurationError where a certificate is set without its key. */
export function setPem(environment: Environment, names: PemNames): VariableName | undefined {
  environment.together(names.cert, names.key)
  return Object.values(names).find((name) => environment.isSet(name))
}

/** Reads the files now, as what is wrong should be said at once, and at each call of the answer. @throws ConfigurationError */
export function pemReader(environment: Environment, names: PemNames): () => PemTexts {
  const read = () => readPems(environment, names)
  read()
  return read
}

/** The files of an authority, and of a client's certificate with its key. */
function readPems(environment: Environment, { ca, cert, key }: PemNames): PemTexts {
  const [authority, own] = [readCertificate(environment, ca), readCertificate(environment, cert)]
  return Object.freeze({ ca: authority?.pem, cert: own?.pem, key: readKey(environment, key, cert) })
}

function parsedPem<T>(name: VariableName, what: string, read: () => T): T {
  try {
    return read()
  } catch {
    throw new ConfigurationError(`${name} names a file that holds no ${what} in PEM.`)
  }
}
