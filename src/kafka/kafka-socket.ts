import { connect as connectPlain, isIP, type Socket } from 'node:net'
import { connect as connectByTls } from 'node:tls'

/** PEM texts. */
export interface Pems {
  readonly ca?: string | undefined
  readonly cert?: string | undefined
  readonly key?: string | undefined
}

/** `true` trusts what Node trusts. A function is called at each connection, so that certificates may change while the process runs. */
export type KafkaTls = boolean | Pems | (() => Pems)

const keepAliveMs = 60_000

interface SocketAsked {
  readonly host: string
  readonly port: number
  readonly onConnect: () => void
}

/** Opens a socket as kafkajs would, but with the certificates as they are now. @throws Error where they cannot be read. */
export function openSocket({ host, port, onConnect }: SocketAsked, tls: KafkaTls): Socket {
  const socket = tls === false ? connectPlain({ host, port }, onConnect) : connectByTls({ host, port, ...tlsOptions(host, tls) }, onConnect)
  socket.setKeepAlive(true, keepAliveMs)
  return socket
}

function tlsOptions(host: string, tls: true | Pems | (() => Pems)) {
  const pems = typeof tls === 'function' ? tls() : tls === true ? {} : tls
  return { ...(isIP(host) === 0 && { servername: host }), ...pems }
}
