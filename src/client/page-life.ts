import type { PageEvent, Surroundings } from './surroundings.js'

/** A tab that is seen again so soon keeps its connection. */
const hiddenMsMax = 60_000

type PageLifeEvent = 'hide' | 'show' | 'online' | 'doubt'

const meanings: Readonly<Record<Exclude<PageEvent, 'hidden'>, PageLifeEvent>> = {
  visible: 'show',
  pagehide: 'hide',
  pageshow: 'show',
  resume: 'online',
  online: 'online',
  offline: 'doubt',
}

/**
 * Enters: what happens to the page. Leaves: what a link makes of it. A page that is left closes its socket, as one that may be restored from
 * the back-forward cache must have none open; a page that was frozen and goes on looks whether its connection does too.
 * @returns what ends it
 */
export function followPage(surroundings: Surroundings, pausesHidden: boolean, told: (event: PageLifeEvent) => void): () => void {
  let cancel = (): void => undefined
  const stop = surroundings.watchPage((event) => {
    if (event === 'visible' || event === 'hidden') cancel()
    if (event !== 'hidden') told(meanings[event])
    else if (pausesHidden) cancel = surroundings.after(hiddenMsMax, () => told('hide'))
  })
  return () => {
    cancel()
    stop()
  }
}
