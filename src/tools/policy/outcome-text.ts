import type { Compared, ComparedClaim, LeafExplanation, RuleOutcome } from './policy-reading.js'

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
      return `${place}: ${condition ?? ''} cannot be asked, ${claimTexts(claims).join(', ')}`
    case 'undecided':
      return `${place}: ${condition ?? ''} cannot be decided, as it ${doubt ?? ''}`
    default:
      return `${place}: ${condition ?? ''} ${outcome}, ${[...claimTexts(claims), ...values.map((value) => comparedText("the event's", value))].join(', ')}`
  }
}

const whose = { token: "the token's", 'claims topic': "by the claims' topic the user's" }

function claimTexts(claims: readonly ComparedClaim[]): string[] {
  return claims.map((claim) => comparedText(whose[claim.by], claim))
}

function comparedText(owner: string, { name, value }: Compared): string {
  return `${owner} ${name} is ${value}`
}
