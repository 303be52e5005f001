import type { Compared, LeafExplanation, RuleOutcome } from './policy-reading.js'

/** Says why a leaf is shown or hidden: a line for the rule that decides, and one for each rule that would have decided before it. */
export function explanationLines({ by, passed }: LeafExplanation): string[] {
  const decisive = by === undefined ? 'no rule shows it' : outcomeText(by)
  return [decisive, ...passed.map((outcome) => `not by ${outcomeText(outcome)}`)]
}

function outcomeText({ rule, line, outcome, condition, claims, values, doubt }: RuleOutcome): string {
  const place = `${rule} (line ${line})`
  switch (outcome) {
    case 'applies':
      return place
    case 'lacks':
      return `${place}: ${condition ?? ''} cannot be asked, ${texts("the token's", claims).join(', ')}`
    case 'undecided':
      return `${place}: ${condition ?? ''} cannot be decided, as it ${doubt ?? ''}`
    default:
      return `${place}: ${condition ?? ''} ${outcome}, ${[...texts("the token's", claims), ...texts("the event's", values)].join(', ')}`
  }
}

function texts(whose: string, compared: readonly Compared[]): string[] {
  return compared.map(({ name, value }) => `${whose} ${name} is ${value}`)
}
