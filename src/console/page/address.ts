import { signal } from '@preact/signals'

// What is looked at stands in the address, so that it can be sent to a colleague; a token never does.

export const screens = ['live', 'policy', 'schemas', 'pipeline', 'connections', 'bad-records'] as const
export type Screen = (typeof screens)[number]

export interface View {
  readonly screen: Screen
  readonly entityType: string | undefined
  readonly entityId: string | undefined
}

export const view = signal<View>(viewIn(location.hash))

addEventListener('hashchange', () => (view.value = viewIn(location.hash)))

export function show(next: Partial<View>): void {
  const { screen, entityType, entityId } = { ...view.value, ...next }
  location.hash = ['#', screen, entityType, entityId]
    .filter((part) => part !== undefined)
    .map(encoded)
    .join('/')
}

function viewIn(hash: string): View {
  const [, screen, entityType, entityId] = hash.split('/').map(decoded)
  return { screen: screens.find((one) => one === screen) ?? 'live', entityType: entityType || undefined, entityId: entityId || undefined }
}

function encoded(part: string): string {
  return part === '#' ? part : encodeURIComponent(part)
}

/** A link that somebody has cut short leads to where it can. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
