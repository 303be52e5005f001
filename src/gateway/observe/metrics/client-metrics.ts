import { closeCodes, httpErrors, protocolErrors } from '#protocol/codes.js'
import { refusalReasons } from '../meter.js'
import { counter, counterBy, gauge, histogram, type Metric } from './metric.js'

/** What belongs to an update is told in its place, and counted as a bad record. */
const notAnswered: readonly string[] = ['update_too_large']

export const clientMetrics: Readonly<Record<string, Metric>> = {
  sluice_connections: gauge('Connections that are open.', (meter) => meter.connections),
  sluice_connections_limit: gauge(
    'Connections that there may be: CONNECTIONS_MAX, or what the file descriptors of the process are enough for.',
    (meter) => meter.connectionsMax,
  ),
  sluice_connections_accepted_total: counter('Connections that were accepted.', (meter) => meter.connectionsAccepted),
  sluice_connections_closed_total: counterBy(
    'reason',
    [...Object.keys(closeCodes), 'client'],
    'Connections that ended, by the name of the close code; "client" where the client left.',
    (meter) => meter.connectionsClosed,
  ),
  sluice_sockets_waiting: gauge('Sockets that are open and have not said yet whose they are.', (meter) => meter.socketsWaiting),
  sluice_sockets_refused_total: counter('Sockets that were closed at once, as too many were waiting.', (meter) => meter.socketsRefused),
  sluice_upgrades_pending: gauge('Upgrades whose token is being verified.', (meter) => meter.upgradesPending),
  sluice_upgrade_seconds: histogram(
    'From an upgrade until it was accepted or refused, of those whose token was read.',
    (meter) => meter.upgradeLatency,
  ),
  sluice_upgrades_refused_total: counterBy(
    'error',
    Object.keys(httpErrors).filter((error) => error !== 'not_found'),
    'Upgrades that were refused, by their error.',
    (meter) => meter.upgradesRefused,
  ),
  sluice_tokens_refused_total: counterBy(
    'reason',
    refusalReasons,
    'Tokens that were refused, at an upgrade or by an open connection, by their fault.',
    (meter) => meter.tokensRefused,
  ),
  sluice_tokens_expiring: gauge('Connections whose token ends within a minute.', (meter) => meter.clients.expiring),
  sluice_protocol_errors_total: counterBy(
    'code',
    Object.keys(protocolErrors).filter((code) => !notAnswered.includes(code)),
    'Errors that clients were told, by the code: what they asked for wrongly, and "forbidden" where their rights show nothing of it.',
    (meter) => meter.protocolErrors,
  ),
  sluice_subscriptions: gauge('Subscriptions of all connections.', (meter) => meter.subscriptions),
  sluice_collections: gauge('Those of them that are to collections.', (meter) => meter.collections),
  sluice_clients_slow: gauge(
    'Clients that cannot be written to, or for whom a quarter of MAILBOX_BYTES_MAX waits; /api/slow of the admin port says which.',
    (meter) => meter.clients.slow,
  ),
  sluice_mailbox_largest_bytes: gauge(
    'The most that waits for one client, in its mailbox and its socket.',
    (meter) => meter.clients.fullestBytes,
  ),
}
