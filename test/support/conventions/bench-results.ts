import { readFileSync } from 'node:fs'

/** As the bench calls them, and in the words of the top README. */
const contenders = {
  sluice: 'Sluice',
  ceiling: 'a bare uWebSockets.js: ready frames, no Kafka, no rights',
  naive: 'rights by hand: each update filtered for each client',
  ws: '`ws`, without rights',
  'socket-io': 'socket.io, without rights',
}

interface BenchRow {
  readonly scenario: string
  readonly at: string
  readonly contender: string
  readonly rate: string
  readonly framesPerWrite: string
  readonly p99: string
}

/** Of the bench's table the rows for somebody who has a minute: headings and lines. @throws Error where the bench has no such row. */
export function benchResults(): [headings: string[], lines: string[][]] {
  const rows = benchRows()
  const find = (scenario: string, contender: string, at: RegExp) => {
    const row = rows.find((row) => row.scenario === scenario && row.contender === contender && at.test(row.at))
    if (row === undefined) throw new Error(`The bench says nothing of ${contender} in ${scenario}.`)
    return row
  }
  const headings = ['1,000 clients on one node', 'all watch the same', 'frames per write', 'p99', 'each watches its own', 'p99']
  const lines = Object.entries(contenders).map(([contender, words]) => {
    const same = find('fan-out', contender, /^burst 10?, .*masks 3$/)
    const own = find('sharded', contender, /^events per second/)
    return [words, same.rate, same.framesPerWrite.replace(/ frames/, ''), same.p99, own.rate, own.p99]
  })
  return [headings, lines]
}

function benchRows(): BenchRow[] {
  const table = /<!-- bench: [^>]*-->\n\n((?:\|.*\n)+)/.exec(readFileSync('bench/README.md', 'utf8'))?.[1] ?? ''
  return table.split('\n').map((line) => {
    const [, scenario = '', at = '', contender = '', rate = '', framesPerWrite = '', , , p99 = ''] = line
      .split('|')
      .map((cell) => cell.trim())
    return { scenario, at, contender, rate, framesPerWrite, p99 }
  })
}
