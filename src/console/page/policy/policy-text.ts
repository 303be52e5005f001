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
  try {
    return JSON.parse(text) as PolicyJson
  } catch {
    return undefined
  }
}

/** A rule a line, as people write it. */
function written({ roles, ...others }: PolicyJson): string {
  const role = ([name, rules]: [string, readonly object[]]): string =>
    `    ${JSON.stringify(name)}: [${rules.map((rule) => `\n      ${spaced(JSON.stringify(rule))}`).join(',')}\n    ]`
  const more = Object.entries(others).map(([name, value]) => `,\n  ${JSON.stringify(name)}: ${JSON.stringify(value)}`)
  return `{\n  "roles": {\n${Object.entries(roles).map(role).join(',\n')}\n  }${more.join('')}\n}\n`
}

/** What stands in quotes is a value, whatever it looks like, and stays as it is. */
function spaced(json: string): string {
  return json.replace(/"(?:[^"\\]|\\.)*"|[:,]/g, (part) => (part.length === 1 ? `${part} ` : part))
}
