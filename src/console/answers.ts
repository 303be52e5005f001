/**
 * What the console's page is told, as JSON: types alone, which the page imports. No answer has a value of an entity, the length of a list in
 * one or the key of a map: these come over the viewer's own WebSocket, or not at all.
 */

export interface SessionAnswer {
  /** Of the process that answers. */
  readonly node: string
  readonly rights: readonly string[]
  /** Where the page connects with a token of the viewer's own. */
  readonly socket_url: string
  /** Those of the sample shop, or of the roles that `sluice look` has made up; none elsewhere. */
  readonly people: readonly PersonAnswer[]
  /** A gateway that stays; or the sample shop or `sluice look`, where everything may be tried out. */
  readonly place: 'gateway' | 'shop' | 'look'
}

export interface PersonAnswer {
  /** Who they are to the gateway. */
  readonly sub: string
  readonly name: string
  /** What they see, in words. */
  readonly sees: string
  readonly roles: readonly string[]
  readonly token: string
}

/** Whose a token says it is. It is not verified. */
export interface TokenAnswer {
  readonly sub: string
  readonly roles: readonly string[]
}

export interface TypesAnswer {
  readonly types: readonly TypeAnswer[]
  readonly pending: readonly PendingAnswer[]
}

export interface TypeAnswer {
  readonly entity_type: string
  /** Of its schema, as far as they are in use here, the newest last. */
  readonly versions: readonly VersionAnswer[]
  /** Ids to begin with; none at a gateway that stays. */
  readonly examples: readonly string[]
  /** Of the newest version. */
  readonly leaves: readonly LeafAnswer[]
}

export interface VersionAnswer {
  /** The leaves that it has and the one before has not. */
  readonly added: readonly AddedAnswer[]
  /** Those that only the one before has. */
  readonly removed: readonly string[]
}

export interface AddedAnswer {
  readonly path: string
  /** The roles to whom a rule shows it, always or under a condition; a pattern such as `**` names what comes later, too. */
  readonly shown_to: readonly string[]
}

/** A leaf that no rule names: nobody is shown it until one does. */
export interface PendingAnswer {
  readonly entity_type: string
  readonly path: string
  readonly tags: readonly string[]
  /** By its name it says something about a person. */
  readonly looks_personal: boolean
}

export interface LeafAnswer {
  readonly path: string
  /** The names on the way to it, each with whether a list or a map stands there. */
  readonly steps: readonly { readonly name: string; readonly list: boolean }[]
  /** Whether other leaves stand under it, as where a union has a record and something else: objects there are theirs. */
  readonly has_leaves_under: boolean
  readonly tags: readonly string[]
}

/** What rules say of the leaves of a type, to users with certain roles. */
export interface RightsAnswer {
  readonly roles: readonly string[]
  readonly entity_type: string
  readonly leaves: readonly LeafRightsAnswer[]
}

export interface LeafRightsAnswer {
  readonly path: string
  readonly shown: 'always' | 'sometimes' | 'never'
  /** Where it is shown sometimes: when. */
  readonly when: string | undefined
  /** The rules that name it, in the order of the policy: the last one that applies decides. */
  readonly rules: readonly RuleAnswer[]
}

export interface RuleAnswer {
  /** `roles.support[1]`. */
  readonly rule: string
  /** In the policy's text, from 1. */
  readonly line: number
  readonly shows: boolean
  readonly when: string | undefined
  /** The fields that its condition asks about. */
  readonly asks: readonly string[]
}

export interface PolicyAnswer {
  readonly text: string
  /** As it was when the process began. */
  readonly first: string
  /** Why what was written last is not in force. */
  readonly refused: string | undefined
  readonly may_change: boolean
}

/** Counts since the start, of which the page makes rates. */
export interface FiguresAnswer {
  /** Milliseconds of a clock that is never set. */
  readonly at_ms: number
  readonly records: number
  readonly frames: number
  readonly connections: number
  /** Of the policy in force, so that a page knows when to ask for it. */
  readonly policy_hash: string
  /** How many schemas are known, likewise. */
  readonly schemas: number
}

/** What was written for a gateway that stays. */
export interface SavedAnswer {
  /** Paths. */
  readonly files: readonly string[]
  /** By which that gateway is started, for a shell. */
  readonly command: string
}

/** What a text would do if it were in force. */
export interface TrialAnswer {
  /** Why it is no policy; nothing else is told then. */
  readonly fault: string | undefined
  readonly findings: readonly FindingAnswer[]
  readonly changes: readonly ChangeAnswer[]
  readonly cases: CasesAnswer
  readonly views: readonly ViewAnswer[]
}

export interface FindingAnswer {
  readonly severity: 'error' | 'warning'
  /** In the policy's text, from 1. */
  readonly line: number | undefined
  readonly what: string
  readonly mend: string
}

/** What a role would see otherwise than now. */
export interface ChangeAnswer {
  readonly kind: 'wider' | 'narrower' | 'other'
  readonly role: string
  readonly entity_type: string
  readonly path: string
  readonly tags: readonly string[]
  readonly before: string
  readonly after: string
}

export interface CasesAnswer {
  readonly passed: number
  /** Why the cases cannot be read. */
  readonly fault: string | undefined
  readonly failed: readonly { readonly name: string; readonly line: number; readonly why: string }[]
}

/** Who may see a type. */
export interface ViewAnswer {
  readonly entity_type: string
  readonly roles: readonly string[]
  /** Of each leaf, by role: `always`, `never`, or when. */
  readonly leaves: readonly { readonly path: string; readonly shown: readonly string[] }[]
}

/** A case for `sluice policy test`, in YAML. */
export interface CaseAnswer {
  readonly text: string
}
