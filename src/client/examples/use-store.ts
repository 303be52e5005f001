import { useSyncExternalStore } from 'react'
import type { Store } from 'sluice-client'

export function useStore<T>({ subscribe, getSnapshot, getServerSnapshot }: Store<T>): T {
  return useSyncExternalStore(subscribe, getSnapshot, getServerSnapshot)
}
