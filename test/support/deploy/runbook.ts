import type { FigureName } from '#gateway/observe/figures.js'
import { type Alert, alerts } from './alert-rules.js'

const calls = { critical: 'Somebody is to come at once.', warning: 'Somebody is to look after it today.', info: 'Nobody is to be called.' }

/** Of figures that must not be there besides: what explains the ailment. */
const explanations: Partial<Record<FigureName, string>> = { fill_left: 'its tables are being filled', draining: 'the node drains' }

/** A heading for each alert, to which the alert leads: what it says, what to do, what to look at. */
export function runbook(): string {
  return alerts()
    .map(({ name, sentence, severity, minutes, mend, metrics, compare, ailment }) => {
      const says = sentence.replace(/\{(?:n|%)\}/, '…').replace('….', '…')
      const held = minutes === 0 ? 'Given at once' : `Given once it has held for ${minutes} minutes`
      const looks = [...new Set([...metrics, ...compare])].map((metric) => `\`${metric}\``).join(', ')
      return [`### ${name}`, `_${says}_ ${held}${unless(ailment)}. ${calls[severity]}`, mend, `Look at: ${looks}.`].join('\n\n')
    })
    .join('\n\n')
}

function unless(ailment: Alert['ailment']): string {
  const others = 'when' in ailment ? ailment.when.slice(1) : []
  const named = others.flatMap((condition) => ('figure' in condition ? (explanations[condition.figure] ?? []) : []))
  return named.length === 0 ? '' : `, unless ${named.join(' or ')}`
}
