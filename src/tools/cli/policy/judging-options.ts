import { Option } from 'commander'
import { EntityEncoder } from '../../policy/entity-encoder.js'
import { rolesClaimsOf } from '#policy/roles.js'
import { ConfigurationError } from '#errors.js'
import { filesIn, type SchemasOption } from './policy-files.js'

/** The options of the commands that judge events. */
export interface JudgingOptions extends SchemasOption {
  readonly policy: string
  readonly rolesClaim: readonly string[]
}

export function policyOption(): Option {
  return new Option('--policy <file>', 'the policy file').default('policy.json')
}

export function rolesClaimOption(): Option {
  return new Option('--roles-claim <names>', 'the claims with the roles, as the gateway is told by JWT_ROLES_CLAIM')
    .argParser(rolesClaimsOf)
    .default(['roles'], 'roles')
}

/** Makes each type's encoder once, when it is needed. The returned function throws ConfigurationError where the type has no schema. */
export function encodersOf(options: SchemasOption): (entityType: string) => EntityEncoder {
  const files = filesIn(options)
  const known = new Map<string, EntityEncoder>()
  return (entityType) => {
    const file = files.find((one) => one.entityType === entityType)
    if (file === undefined) throw new ConfigurationError(`There is no schema of the entity type "${entityType}" in ${options.schemas}.`)
    const encoder = known.get(entityType) ?? EntityEncoder.of(file)
    known.set(entityType, encoder)
    return encoder
  }
}
