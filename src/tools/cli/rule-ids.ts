import { policyCaseRules } from '../policy/case-findings.js'
import { policyLintRules } from '../policy/policy-lint.js'
import { topicRules } from '../policy/topic-check.js'
import { viewRules } from '../policy/view-check.js'
import { registryCheckRules } from '../schema/subjects/registry-check.js'
import { schemaCheckRules } from '../schema/compare/schema-check.js'
import { schemaLintRules } from '../schema/schema-lint-rules.js'

/** The ids of the rules of all commands, as one file of settings is for all of them. */
export const ruleIds: readonly string[] = [
  ...schemaLintRules,
  ...schemaCheckRules,
  ...viewRules,
  ...registryCheckRules,
  ...policyLintRules,
  ...policyCaseRules,
  ...topicRules,
]
