import type { Config } from '#config/config.js'

/** Where the console's page comes from. */
export interface AdminAddress {
  readonly host: string
  readonly port: number
}

/** The origins by which browsers on this machine know the console's page. */
export function consoleOrigins({ host, port }: AdminAddress): string[] {
  const own = ['0.0.0.0', '::'].includes(host) ? [] : [host.includes(':') ? `[${host}]` : host]
  return [...new Set([...own, 'localhost', '127.0.0.1'])].map((name) => new URL(`http://${name}:${port}`).origin)
}

/** Why the console's page cannot connect to the gateway from any place that is known, if so: a sentence for the log. */
export function originFault(
  { allowedOrigins, adminHosts }: Pick<Config, 'allowedOrigins' | 'adminHosts'>,
  at: AdminAddress,
): string | undefined {
  const own = consoleOrigins(at)
  // Under a name, the page may come by a proxy that has a port and a scheme of its own.
  const isOwn = (origin: string): boolean => own.includes(origin) || adminHosts.includes(new URL(origin).hostname)
  if (allowedOrigins.length === 0 || allowedOrigins.some(isOwn)) return undefined
  return `ALLOWED_ORIGINS has no origin of the console, such as ${own[0]}: its page will show rules and figures, and nobody's values.`
}
