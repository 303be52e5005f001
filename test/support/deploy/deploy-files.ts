import { format, resolveConfig } from 'prettier'
import { stringify } from 'yaml'
import { alertCases } from './alert-cases.js'
import { alertRules } from './alert-rules.js'
import { dashboard } from './dashboard.js'
import { valuesSchema } from './values-schema.js'

const madeBy = '# Made of src/gateway/observe/ailments.ts by `npm run readme`.\n'

/** What stands in `.deploy` and is made of the code, by its path, as the formatter leaves it. */
export async function deployFiles(): Promise<ReadonlyMap<string, string>> {
  const texts: Readonly<Record<string, string>> = {
    '.deploy/chart/values.schema.json': JSON.stringify(valuesSchema()),
    '.deploy/monitoring/alerts.yaml': madeBy + yaml(alertRules()),
    '.deploy/monitoring/alerts.test.yaml': madeBy + yaml(alertCases()),
    '.deploy/monitoring/dashboard.json': JSON.stringify(dashboard()),
  }
  const formatted = Object.entries(texts).map(async ([path, text]) => {
    return [path, await format(text, { ...(await resolveConfig(path)), filepath: path })] as const
  })
  return new Map(await Promise.all(formatted))
}

/** Without what one part of it calls another, which people could not follow. */
function yaml(value: object): string {
  return stringify(value, { aliasDuplicateObjects: false, lineWidth: 0 })
}
