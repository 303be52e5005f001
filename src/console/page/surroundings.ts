// The time that a browser gives a page.

/** Calls again and again while the page is seen. */
export function whileSeen(everyMs: number, call: () => void): void {
  setInterval(() => {
    if (document.visibilityState === 'visible') call()
  }, everyMs)
}

export function later(ms: number, call: () => void): void {
  setTimeout(call, ms)
}
