import { normalize } from 'node:path'
import * as v from 'valibot'
import { parseJson } from '#text/json-text.js'
import { ConfigurationError } from '#errors.js'
import type { Finding, FindingPlace } from './finding.js'

const lineRule = 'must be the number of a line, from 1'

const membersSchema = v.strictObject(
  {
    /** By a rule's id, or by all rules of a check (`schema/*`): how serious their findings are. */
    rules: v.optional(v.record(v.string(), v.picklist(['off', 'warning', 'error'], 'must be "off", "warning" or "error"')), {}),
    /** Findings at single places, which somebody has looked at and accepted. */
    ignore: v.optional(
      v.array(
        v.strictObject(
          {
            rule: v.string('must be the id of a rule'),
            file: v.string('must be the path of a file'),
            line: v.optional(v.pipe(v.number(lineRule), v.integer(lineRule), v.minValue(1, lineRule))),
            reason: v.pipe(v.string('must say why'), v.minLength(1, 'must say why')),
          },
          ({ expected }) =>
            expected === 'Object'
              ? 'must be an object with rule, file and reason, and perhaps a line'
              : expected === 'never'
                ? 'is not understood; there are rule, file, line and reason'
                : 'is missing',
        ),
        'must be a list',
      ),
      [],
    ),
  },
  'must be an object with nothing else than rules and ignore',
)

const settingsSchema = v.pipe(
  v.unknown(),
  // To valibot a list is an object without members.
  v.check((json) => !Array.isArray(json), 'must be an object with nothing else than rules and ignore'),
  membersSchema,
)

type Settings = v.InferOutput<typeof settingsSchema>

/** A project's settings: which rules are off, how serious the others are, and which findings it accepts. */
export class RuleSettings {
  static readonly none = new RuleSettings({ rules: {}, ignore: [] })

  private constructor(private readonly settings: Settings) {}

  /** @param ruleIds of all rules there are. @throws ConfigurationError with the place in the file. */
  static parse(text: string, file: string, ruleIds: readonly string[]): RuleSettings {
    const json = parseJson(text, (why) => new ConfigurationError(`${file} ${why}.`))
    const result = v.safeParse(settingsSchema, json)
    if (result.success) return new RuleSettings(withKnownRules(result.output, file, ruleIds))
    const [issue] = result.issues
    throw new ConfigurationError(`In ${file}, ${v.getDotPath(issue) ?? 'the file'}: ${issue.message}.`)
  }

  apply(findings: readonly Finding[]): Finding[] {
    return findings.flatMap((finding) => {
      const severity = this.severityOf(finding)
      return severity === 'off' || this.ignores(finding) ? [] : [{ ...finding, severity }]
    })
  }

  private severityOf({ rule, severity }: Finding): Finding['severity'] | 'off' {
    const { rules } = this.settings
    return rules[rule] ?? rules[roomOf(rule)] ?? severity
  }

  /** Compares resolved paths, as `./policy.json` and `policy.json` are one file. */
  private ignores({ rule, file, line }: Finding & FindingPlace): boolean {
    const isThere = (one: FindingPlace) => normalize(one.file) === normalize(file) && (one.line === undefined || one.line === line)
    return this.settings.ignore.some((one) => one.rule === rule && isThere(one))
  }
}

/** Refuses an unknown rule: the setting of a misspelt one would have no effect, and nobody would notice. @throws ConfigurationError */
function withKnownRules(settings: Settings, file: string, ruleIds: readonly string[]): Settings {
  const known = new Set([...ruleIds, ...ruleIds.map(roomOf)])
  const named = [...Object.keys(settings.rules), ...settings.ignore.map(({ rule }) => rule)]
  const unknown = named.find((rule) => !known.has(rule))
  if (unknown === undefined) return settings
  const near = ruleIds.filter((rule) => roomOf(rule) === roomOf(unknown))
  const there = near.length > 0 ? near : [...new Set(ruleIds.map(roomOf))]
  throw new ConfigurationError(`In ${file}: there is no rule "${unknown}"; there are ${there.join(', ')}.`)
}

function roomOf(rule: string): string {
  return `${rule.split('/')[0]!}/*`
}
