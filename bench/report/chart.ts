/** A chart as the page draws it: what enters the page's script as JSON. */
export interface Chart {
  readonly title: string
  readonly x: ChartAxis
  readonly y: ChartAxis
  readonly lines: readonly ChartLine[]
}

export interface ChartAxis {
  readonly label: string
  readonly logarithmic: boolean
  /** Words for 0, 1, 2 and so on, where the values are no numbers. */
  readonly names?: readonly string[]
}

export interface ChartLine {
  readonly name: string
  /** Lines of the same contender have the same colour. */
  readonly colour: number
  readonly stroke: 'solid' | 'dashed' | 'dotted'
  readonly points: readonly (readonly [x: number, y: number])[]
}
