export function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
}

/** Whether it is certain that a host is this machine, so that nobody between here and there can listen. */
function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(host)
}

/** The first of these addresses (`host:port`) on the way to which somebody could listen. */
export function remoteAddress(addresses: readonly string[]): string | undefined {
  return addresses.find((address) => !isLoopback(address.slice(0, address.lastIndexOf(':'))))
}

/** Whether a secret can be sent there without anybody else reading it. */
export function isSealedUrl(text: string): boolean {
  const { protocol, hostname } = new URL(text)
  return protocol === 'https:' || isLoopback(hostname)
}
