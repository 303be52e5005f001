// The time that a browser gives a page.

/** Calls again and again while the page is seen, until what is returned is called. */
export function whileSeen(everyMs: number, call: () => void): () => void {
  const timer = setInterval(() => {
    if (document.visibilityState === 'visible') call()
  }, everyMs)
  return () => clearInterval(timer)
}

export function later(ms: number, call: () => void): void {
  setTimeout(call, ms)
}
