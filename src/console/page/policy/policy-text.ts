// A policy's text, as the page changes it for whoever tries things out.

interface PolicyJson {
  readonly roles: Readonly<Record<string, readonly object[]>>
}

/** A field to hide from a role. */
export interface Hide {
  readonly role: string
  readonly type: string
  readonly path: string
}

const reason = 'tried out at the console'

export function withHidden(text: string, hide: Hide): string {
  return hidesAt(text, hide) ? text : changed(text, hide, (rules) => [...rules, ruleOf(hide)])
}

export function withoutHidden(text: string, hide: Hide): string {
  return changed(text, hide, (rules) => rules.filter((rule) => !isSame(rule, hide)))
}

/** Whether a rule of the page's hides it. */
export function hidesAt(text: string, hide: Hide): boolean {
  return (parsed(text)?.roles[hide.role] ?? []).some((rule) => isSame(rule, hide))
}

function changed(text: string, { role }: Hide, change: (rules: readonly object[]) => readonly object[]): string {
  const policy = parsed(text)
  return policy === undefined ? text : written({ ...policy, roles: { ...policy.roles, [role]: change(policy.roles[role] ?? []) } })
}

function ruleOf({ type, path }: Hide): object {
  return { inverted: true, action: 'read', subject: type, fields: [path], reason }
}

function isSame(rule: object, hide: Hide): boolean {
  return JSON.stringify(rule) === JSON.stringify(ruleOf(hide))
}

function parsed(text: string): PolicyJson | undefined {
  if (text.includes(asEscaped)) return undefined
  try {
    return JSON.parse(withNumbersAsTexts(text)) as PolicyJson
  } catch {
    return undefined
  }
}

/** Before a number that is kept as a text meanwhile, as JavaScript would round it. No policy has it. */
const mark = '\u0000#'
const asEscaped = JSON.stringify(mark).slice(1, -1)

/** What stands in quotes, and numbers. */
const textsAndNumbers = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g

function withNumbersAsTexts(json: string): string {
  return json.replace(textsAndNumbers, (part) => (part.startsWith('"') ? part : JSON.stringify(mark + part)))
}

function withNumbers(json: string): string {
  return json.replace(textsAndNumbers, (part) => (part.startsWith(`"${asEscaped}`) ? part.slice(asEscaped.length + 1, -1) : part))
}

/** A rule a line, as people write it. */
function written({ roles, ...others }: PolicyJson): string {
  const role = ([name, rules]: [string, readonly object[]]): string =>
    `    ${JSON.stringify(name)}: [${rules.map((rule) => `\n      ${spaced(JSON.stringify(rule))}`).join(',')}\n    ]`
  const more = Object.entries(others).map(([name, value]) => `,\n  ${JSON.stringify(name)}: ${JSON.stringify(value)}`)
  return withNumbers(`{\n  "roles": {\n${Object.entries(roles).map(role).join(',\n')}\n  }${more.join('')}\n}\n`)
}

/** What stands in quotes is a value, whatever it looks like, and stays as it is. */
function spaced(json: string): string {
  return json.replace(/"(?:[^"\\]|\\.)*"|[:,]/g, (part) => (part.length === 1 ? `${part} ` : part))
}
