// Amounts as people read them.

export function countText(count: number): string {
  return Math.round(count).toLocaleString('en-US')
}

export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  return bytes < 1_000_000 ? `${amountText(bytes / 1000)} kB` : `${amountText(bytes / 1_000_000)} MB`
}

export function rateText(perSecond: number | undefined): string {
  return perSecond === undefined ? '–' : amountText(perSecond)
}

export function millisecondsText(ms: number | null | undefined): string {
  return ms === null || ms === undefined ? '–' : `${amountText(ms)} ms`
}

const units = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
  [1, 's'],
] as const

export function durationText(seconds: number): string {
  const [size, name] = units.find(([least]) => seconds >= least) ?? units.at(-1)!
  return `${countText(Math.floor(seconds / size))} ${name}`
}

/** Small ones with a digit behind the point. */
function amountText(amount: number): string {
  return amount > 0 && amount < 10 ? amount.toFixed(1) : countText(amount)
}
