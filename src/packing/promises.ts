import type * as v from 'valibot'
import { variables } from '#config/variables.js'
import type { Variable } from '#config/variable.js'
import { metricList } from '#gateway/observe/metrics/metric-list.js'
import { conditionOperators } from '#policy/rules/condition-syntax.js'
import { closeNumbers } from '#protocol/close-codes.js'
import { httpErrors, protocolErrors } from '#protocol/codes.js'
import { features } from '#protocol/features.js'
import { messageShapes } from '#protocol/message.js'
import { requestShapes } from '#protocol/request.js'
import { exitCodes } from '#tools/cli/exit-codes.js'
import { readManifest } from './manifest.js'

/** What users of a version rely on, by its kind and name, with what else of it must not change. */
export type Promises = { readonly [K in PromiseKind]: Readonly<Record<string, PromisedValue>> }
export type PromiseKind =
  'settings' | 'requests' | 'messages' | 'features' | 'errors' | 'refusals' | 'closes' | 'operators' | 'metrics' | 'exits' | 'exports'
export type PromisedValue = string | number | PromisedSetting

export type PromisedSetting = { readonly [K in 'kind' | 'default' | 'min' | 'max' | 'choices']: Variable[K] | undefined }

type Shapes = readonly {
  readonly entries: Readonly<Record<string, v.GenericSchema>> & { readonly type: v.LiteralSchema<string, undefined> }
}[]

/** What this code keeps to. Of a member: whether it is `required` or `optional`. */
export function promisesNow(): Promises {
  return {
    settings: mapped(variables as Readonly<Record<string, Variable>>, ({ kind, default: byItself, min, max, choices }) => {
      return { kind, default: byItself, min, max, choices }
    }),
    requests: membersOf(requestShapes),
    messages: membersOf(messageShapes),
    features: named(features),
    errors: named(Object.keys(protocolErrors)),
    refusals: mapped(httpErrors, ({ status }) => status),
    closes: closeNumbers,
    operators: named(conditionOperators),
    metrics: Object.fromEntries([...metricList].map(([name, { type, labels }]) => [name, [type, ...labels].join(' ')])),
    exits: exitCodes,
    exports: named(Object.keys(readManifest('.').exports ?? {})),
  }
}

function named(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, 'there']))
}

function mapped<T, P>(of: Readonly<Record<string, T>>, promise: (value: T) => P): Record<string, P> {
  return Object.fromEntries(Object.entries(of).map(([name, value]) => [name, promise(value)]))
}

/** Several shapes may have one type: a member is required where it is so in all of them. */
function membersOf(shapes: Shapes): Record<string, string> {
  const members: Record<string, string> = {}
  for (const type of new Set(shapes.map(({ entries }) => entries.type.literal))) {
    const ofType = shapes.filter(({ entries }) => entries.type.literal === type)
    for (const member of new Set(ofType.flatMap(({ entries }) => Object.keys(entries))))
      members[`${type}.${member}`] = ofType.every(({ entries }) => isRequired(entries[member])) ? 'required' : 'optional'
  }
  return members
}

function isRequired(schema: v.GenericSchema | undefined): boolean {
  return schema !== undefined && schema.type !== 'optional'
}
