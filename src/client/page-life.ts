import type { PageEvent, Surroundings } from './surroundings.js'

/** A tab that is seen again so soon keeps its connection. */
const hiddenMsMax = 60_000

type PageLifeEvent = 'hide' | 'show' | 'online' | 'offline'

/**
 * Enters: what happens to the page. Leaves: what a link makes of it. A page that is left closes its socket, as one that may be restored from
 * the back-forward cache must have none open; a page that was frozen and goes on looks whether its connection does too.
 * @returns what ends it
 */
export function followPage(surroundings: Surroundings, pausesHidden: boolean, told: (event: PageLifeEvent) => void): () => void {
  let cancel = (): void => undefined
  const takes: Readonly<Record<PageEvent, () => void>> = {
    visible: () => told('show'),
    hidden() {
      if (pausesHidden) cancel = surroundings.after(hiddenMsMax, () => told('hide'))
    },
    pagehide: () => told('hide'),
    pageshow: () => told('show'),
    resume: () => told('online'),
    online: () => told('online'),
    offline: () => told('offline'),
  }
  const stop = surroundings.watchPage((event) => {
    if (event === 'visible' || event === 'hidden') cancel()
    takes[event]()
  })
  return () => {
    cancel()
    stop()
  }
}
