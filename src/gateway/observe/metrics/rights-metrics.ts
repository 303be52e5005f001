import { judgingFaults } from '../meter.js'
import { counter, counterBy, gauge, gaugeBy, histogram, type Metric } from './metric.js'

export const rightsMetrics: Readonly<Record<string, Metric>> = {
  sluice_policy_info: gaugeBy(
    ['hash'],
    '1, with the hash of the policy in force: SHA-256 of its text. Equal on all nodes that judge by the same policy.',
    ({ policyInForce }) => (policyInForce === undefined ? [] : [[[policyInForce.hash], 1]]),
  ),
  sluice_policy_loaded_timestamp_seconds: gauge(
    'When it was put in force here, in seconds since the epoch; 0 before there is one.',
    (meter) => (meter.policyInForce?.sinceMs ?? 0) / 1000,
  ),
  sluice_policy_file_in_force: gauge(
    '1 where the policy in force is what its file or topic says; 0 where that cannot be read or used.',
    (meter) => Number(meter.policyFileInForce),
  ),
  sluice_policy_reloads_total: counterBy(
    'outcome',
    ['applied', 'refused', 'unchanged'],
    'Policies of the file or topic that were read, or could not be read on request, while the process ran, by what became of them.',
    (meter) => meter.policyReloads,
  ),
  sluice_control_offset: gaugeBy(
    ['topic'],
    'The offset behind the last record of a control topic that was read, once it was read to its end; also one that cannot be used.',
    ({ control }) => control.flatMap(({ name, offset }) => (offset === undefined ? [] : [[[name], offset] as const])),
  ),
  sluice_control_hash: gaugeBy(
    ['topic', 'hash'],
    '1, with the hash of what is in force of a control topic: of a policy SHA-256 of its text. Equal at nodes that have read as far.',
    ({ control }) => control.flatMap(({ name, offset, hash }) => (offset === undefined ? [] : [[[name, hash], 1] as const])),
  ),
  sluice_control_age_seconds: gaugeBy(
    ['topic'],
    'How long ago the last record of a control topic was written that was read.',
    ({ control }) => control.flatMap(({ name, ageMs }) => (ageMs === undefined ? [] : [[[name], ageMs / 1000] as const])),
  ),
  sluice_rights_change_seconds: histogram(
    'From a change of the policy until all pages stood by it, or all that reads fast enough.',
    (meter) => meter.rightsChangeLatency,
  ),
  sluice_policy_change_seconds: histogram(
    'From the Kafka timestamp of a policy on its topic until all pages stood by it, or all that reads fast enough.',
    (meter) => meter.policyChangeLatency,
  ),
  sluice_claims_change_seconds: histogram(
    'From the Kafka timestamp of a record of claims until a page of its user stood by it.',
    (meter) => meter.claimsChangeLatency,
  ),
  sluice_revocation_seconds: histogram(
    'From the Kafka timestamp of a revocation until a connection that it ends was closed.',
    (meter) => meter.revocationLatency,
  ),
  sluice_audiences: gauge(
    'Audiences of the policy in force: users and types with equal rules share one, and an event is judged once for each that wants it.',
    (meter) => meter.sharing().audiences,
  ),
  sluice_masks: gauge(
    'Sets of fields that were shown to audiences under the policy in force: an event is encoded once for each that is met.',
    (meter) => meter.sharing().masks,
  ),
  sluice_fields_without_rule: gaugeBy(
    ['entity_type'],
    'Fields of the newest schema of an entity type that no rule of the policy names, so that nobody is shown them.',
    ({ fieldsWithoutRule }) => Array.from(fieldsWithoutRule, ([entityType, count]) => [[entityType], count]),
  ),
  sluice_conditions_undecided_total: counterBy(
    'by',
    ['claims', 'event'],
    'Conditions that could not be decided, so that their rules did not show, or did hide, by what left them undecided.',
    (meter) => meter.conditionsUndecided,
  ),
  sluice_judging_faults_total: counterBy(
    'at',
    judgingFaults,
    'Faults while the rights of single users were judged, who were shown nothing then, by what was being done.',
    (meter) => meter.judgingFaults,
  ),
  sluice_frames_withdrawn_total: counter(
    'Frames that waited for a client and were not sent, as they were made by other rights than those of now: it is told the latest version that it may see.',
    (meter) => meter.framesWithdrawn,
  ),
  sluice_transitions_total: counterBy(
    'operation',
    ['create', 'delete'],
    'Updates whose operation is not that of their event, as the entity came into sight for their receivers or left it.',
    (meter) => meter.transitions,
  ),
}
