import { alerts } from './alert-rules.js'

const calls = { critical: 'Somebody is to come at once.', warning: 'Somebody is to look after it today.', info: 'Nobody is to be called.' }

/** A heading for each alert, to which the alert leads: what it says, what to do, what to look at. */
export function runbook(): string {
  return alerts()
    .map(({ name, sentence, severity, minutes, mend, metrics, compare }) => {
      const says = sentence.replace(/\{(?:n|%)\}/, '…').replace('….', '…')
      const held = minutes === 0 ? 'Given at once' : `Given once it has held for ${minutes} minutes`
      const looks = [...new Set([...metrics, ...compare])].map((metric) => `\`${metric}\``).join(', ')
      return [`### ${name}`, `_${says}_ ${held}. ${calls[severity]}`, mend, `Look at: ${looks}.`].join('\n\n')
    })
    .join('\n\n')
}
