const [width, height] = [300, 48]

interface Props {
  /** In words, what is drawn. */
  readonly label: string
  readonly values: readonly (number | null)[]
  /** So many would fill it. */
  readonly of: number
}

/** How a figure went, the latest at the right. Where there was none there is a gap. */
export function Sparkline({ label, values, of }: Props) {
  const most = Math.max(0, ...values.map((value) => value ?? 0))
  const points = values.map((value, index) => {
    const x = width - ((values.length - 1 - index) * width) / Math.max(1, of - 1)
    return value === null ? undefined : `${x.toFixed(1)},${(height - 2 - ((height - 4) * value) / (most || 1)).toFixed(1)}`
  })
  return (
    <svg class="sparkline" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label={label}>
      {runsOf(points).map((run, index) => (
        <polyline key={index} points={run.length === 1 ? `${run[0]} ${run[0]}` : run.join(' ')} />
      ))}
    </svg>
  )
}

/** What is joined by a line. */
function runsOf(points: readonly (string | undefined)[]): string[][] {
  const runs: string[][] = [[]]
  for (const point of points) {
    if (point !== undefined) runs.at(-1)!.push(point)
    else if (runs.at(-1)!.length > 0) runs.push([])
  }
  return runs.filter((run) => run.length > 0)
}
