/** The samples of a metrics page, by name and labels as they stand. @throws Error on a line that Prometheus would not read. */
export function samplesOf(text: string): Map<string, number> {
  const samples = new Map<string, number>()
  const types = new Map<string, string>()
  for (const line of text.split('\n').filter((each) => each !== '' && !each.startsWith('# HELP '))) {
    const type = /^# TYPE (\w+) (counter|gauge|histogram|summary)$/.exec(line)
    if (type !== null) types.set(type[1]!, type[2]!)
    else addSample(line, types, samples)
  }
  return samples
}

const samplePattern = /^(\w+?)(_bucket|_sum|_count)?(\{(?:\w+="(?:[^"\\]|\\.)*",?)*\})? (-?[\d.e+-]+|[Nn]a[Nn]|\+Inf)$/

function addSample(line: string, types: ReadonlyMap<string, string>, samples: Map<string, number>): void {
  const [, base, suffix = '', labels = '', value] = samplePattern.exec(line) ?? []
  if (base === undefined) throw new Error(`no sample: ${line}`)
  if (!types.has(base) && !types.has(base + suffix)) throw new Error(`no type before: ${line}`)
  const key = base + suffix + labels
  if (samples.has(key)) throw new Error(`twice: ${key}`)
  samples.set(key, Number(value!.replace('+Inf', 'Infinity')))
}
