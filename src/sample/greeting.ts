import { sampleUsers, tokenOf, type SampleKey } from './users.js'

interface Addresses {
  readonly url: string
  readonly adminUrl: string
}

/**
 * The text that the embedded default prints: for each sample user a command to paste that shows the stream as that user sees it. Tokens are
 * printed only with a key that was made for this process. A user's own key may be valid elsewhere, and this text may go where the log goes.
 */
export async function greeting({ url, adminUrl }: Addresses, consoleKey: string, key: SampleKey | undefined): Promise<string> {
  const ids = 'order-1001 to order-1008, customer-1 to customer-4, parcel-501 to parcel-508'
  const shop = `
Sluice runs its sample shop on ${url}/ws/{client_id} (metrics: ${adminUrl}/metrics).

See one order as different users see it, live, in a browser:
  ${reachable(adminUrl)}/#k=${consoleKey}
`
  if (key === undefined) return `${shop}Tokens are yours to sign; its ids are ${ids}.\n\n`
  const at = url === 'ws://127.0.0.1:8080' ? '' : ` --url ${url}`
  const users = await Promise.all(
    sampleUsers.map(async (user) => {
      return `${user.name} (${user.sees}):\n  npx --no -- sluice tail order-1001${at} --token ${await tokenOf(user, key)}\n`
    }),
  )
  return `${shop}Or in another terminal, by one of these:

${users.join('\n')}
Other ids: ${ids}. The keys are gone when this process ends.

`
}

/** An address that listens everywhere is none to go to. */
function reachable(url: string): string {
  return url.replace(/\/\/(0\.0\.0\.0|\[::\])/, '//localhost')
}
