import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client'
import { badRecordReasons } from '#errors.js'
import { closeCodes, httpErrors } from '#protocol/codes.js'
import type { LatencyHistogram } from './latency-histogram.js'
import { type DependencyName, judgingFaults, type Meter, skipReasons } from './meter.js'

// The only file that imports prom-client. It counts nothing itself, and reads the meter's numbers when the metrics are asked for.

const gauges: Readonly<Record<string, readonly [help: string, read: (meter: Meter) => number]>> = {
  sluice_ready: ['1 where /readyz says that it is ready, 0 where it does not.', (meter) => Number(meter.isReady())],
  sluice_keys: ['Keys that may verify a token.', (meter) => meter.keyCount()],
  sluice_connections: ['Connections that are open.', (meter) => meter.connections],
  sluice_sockets_waiting: ['Sockets that are open and have not said yet whose they are.', (meter) => meter.socketsWaiting],
  sluice_subscriptions: ['Subscriptions of all connections.', (meter) => meter.subscriptions],
  sluice_policy_file_in_force: [
    '1 where the policy in force is what its file says; 0 where that cannot be read or used.',
    (meter) => Number(meter.policyFileInForce),
  ],
  sluice_mailbox_bytes: ['Bytes that wait in all mailboxes, those of a shared frame once.', (meter) => meter.mailboxBytes],
  sluice_socket_bytes: ['Bytes that wait in this process’s buffers of all sockets.', (meter) => meter.socketBytes],
}

const counters: typeof gauges = {
  sluice_connections_accepted_total: ['Connections that were accepted.', (meter) => meter.connectionsAccepted],
  sluice_sockets_refused_total: ['Sockets that were closed at once, as too many were waiting.', (meter) => meter.socketsRefused],
  sluice_records_total: ['Records that came from the source.', (meter) => meter.records],
  sluice_record_bytes_total: ['Bytes of those records.', (meter) => meter.recordBytes],
  sluice_records_not_streamable_total: ['Records of entities whose schema is not streamable.', (meter) => meter.recordsNotStreamable],
  sluice_records_foreign_total: ['Records on a topic that are not its entity, which is another record.', (meter) => meter.recordsForeign],
  sluice_events_routed_total: ['Change events that somebody had subscribed to.', (meter) => meter.eventsRouted],
  sluice_events_stale_total: [
    'Change events that were not sent to some who may see them, as they had been sent a newer one of the entity.',
    (meter) => meter.eventsStale,
  ],
  sluice_frames_encoded_total: ['Frames that were encoded, each for all that may see the same of it.', (meter) => meter.framesEncoded],
  sluice_frames_sent_total: ['Frames that were sent, one for each connection.', (meter) => meter.framesSent],
  sluice_sent_bytes_total: ['Bytes of the frames that were sent.', (meter) => meter.bytesSent],
  sluice_offsets_cut_total: [
    'Offsets that were read, and that an unclean election cut off their log: other records may stand in their place.',
    (meter) => meter.offsetsCut,
  ],
  sluice_log_lines_lost_total: [
    'Lines of the log that were lost, as it could not be written fast enough or at all.',
    (meter) => meter.logLinesLost(),
  ],
  sluice_writes_total: ['Writes to sockets, each of all frames that waited for one connection.', (meter) => meter.writes],
}

const histograms: Readonly<Record<string, readonly [help: string, read: (meter: Meter) => LatencyHistogram]>> = {
  sluice_read_latency_seconds: [
    'From the Kafka timestamp of the oldest record in a batch until the batch was taken up.',
    (meter) => meter.readLatency,
  ],
  sluice_delivery_latency_seconds: [
    'From the Kafka timestamp of the oldest record in a write to that write.',
    (meter) => meter.deliveryLatency,
  ],
}

interface LabelledCounter {
  readonly help: string
  readonly label: string
  /** The known values of the label. They stand at 0 before they happen, as a rate needs a number before the first one. */
  readonly known: readonly string[]
  readonly read: (meter: Meter) => ReadonlyMap<string, number>
}

const labelledCounters: Readonly<Record<string, LabelledCounter>> = {
  sluice_connections_closed_total: {
    help: 'Connections that ended, by the name of the close code; "client" where the client left.',
    label: 'reason',
    known: [...Object.keys(closeCodes), 'client'],
    read: (meter) => meter.connectionsClosed,
  },
  sluice_upgrades_refused_total: {
    help: 'Upgrades that were refused, by their error.',
    label: 'error',
    known: Object.keys(httpErrors).filter((error) => error !== 'not_found'),
    read: (meter) => meter.upgradesRefused,
  },
  sluice_policy_reloads_total: {
    help: 'Policy files that were read, or could not be read on request, while the process ran, by what became of them.',
    label: 'outcome',
    known: ['applied', 'refused', 'unchanged'],
    read: (meter) => meter.policyReloads,
  },
  sluice_conditions_undecided_total: {
    help: 'Conditions that could not be decided, so that their rules did not show, or did hide, by what left them undecided.',
    label: 'by',
    known: ['claims', 'event'],
    read: (meter) => meter.conditionsUndecided,
  },
  sluice_offsets_skipped_total: {
    help: 'Offsets that were never read, by the reason.',
    label: 'reason',
    known: skipReasons,
    read: (meter) => meter.offsetsSkipped,
  },
  sluice_bad_records_total: {
    help: 'Records that were skipped, by the reason.',
    label: 'reason',
    known: Object.keys(badRecordReasons),
    read: (meter) => meter.badRecords,
  },
  sluice_judging_faults_total: {
    help: 'Faults while the rights of single users were judged, who were shown nothing then, by what was being done.',
    label: 'at',
    known: judgingFaults,
    read: (meter) => meter.judgingFaults,
  },
}

/** The meter's numbers and prom-client's about the process (memory, CPU, event-loop delay), as the text that Prometheus reads. */
export class Metrics {
  private readonly registry = new Registry()

  constructor(private readonly meter: Meter) {
    const registers = [this.registry]
    // In milliseconds. With prom-client's default of 10 the process wakes a hundred times a second, even at rest.
    collectDefaultMetrics({ register: this.registry, eventLoopMonitoringPrecision: 50 })
    for (const [name, [help, read]] of Object.entries(gauges)) new Gauge({ name, help, registers, collect: setTo(() => read(meter)) })
    for (const [name, [help, read]] of Object.entries(counters)) new Counter({ name, help, registers, collect: countTo(() => read(meter)) })
    for (const [name, counter] of Object.entries(labelledCounters)) this.addLabelled(name, counter)
    this.addFieldsWithoutRule()
    this.addLag()
    this.addDependencies()
    if (meter.certificateExpiresAtMs !== undefined) this.addCertificate(meter.certificateExpiresAtMs)
  }

  get contentType(): string {
    return this.registry.contentType
  }

  async text(): Promise<string> {
    const texts = Object.entries(histograms).map(([name, [help, read]]) => read(this.meter).text(name, help))
    return (await this.registry.metrics()) + texts.join('')
  }

  private addLabelled(name: string, { help, label, known, read }: LabelledCounter): void {
    const { meter, registry } = this
    new Counter({
      name,
      help,
      labelNames: [label],
      registers: [registry],
      collect() {
        this.reset()
        for (const value of known) this.inc({ [label]: value }, 0)
        for (const [value, count] of read(meter)) this.inc({ [label]: value }, count)
      },
    })
  }

  private addFieldsWithoutRule(): void {
    const { meter, registry } = this
    new Gauge({
      name: 'sluice_fields_without_rule',
      help: 'Fields of the newest schema of an entity type that no rule of the policy names, so that nobody is shown them.',
      labelNames: ['entity_type'],
      registers: [registry],
      collect() {
        this.reset()
        for (const [entityType, count] of meter.fieldsWithoutRule) this.set({ entity_type: entityType }, count)
      },
    })
  }

  private addDependencies(): void {
    const { meter } = this
    this.addOfDependencies('sluice_dependency_up', '1 where what the process needs from outside answers, 0 where it does not.', (name) =>
      Number(meter.dependencies.get(name)!.isUp()),
    )
    this.addOfDependencies(
      'sluice_dependency_success_age_seconds',
      'Time since it was last seen to answer, from its first answer on.',
      (name) => {
        const ageMs = meter.dependencies.get(name)!.ageMs()
        return ageMs === undefined ? undefined : ageMs / 1000
      },
    )
  }

  private addOfDependencies(name: string, help: string, read: (dependency: DependencyName) => number | undefined): void {
    const { meter, registry } = this
    new Gauge({
      name,
      help,
      labelNames: ['dependency'],
      registers: [registry],
      collect() {
        this.reset()
        for (const dependency of meter.dependencies.keys()) {
          const value = read(dependency)
          if (value !== undefined) this.set({ dependency }, value)
        }
      },
    })
  }

  private addCertificate(expiresAtMs: number): void {
    const help = 'When the certificate ends that clients are shown, in seconds since the epoch.'
    new Gauge({ name: 'sluice_certificate_expiry_timestamp_seconds', help, registers: [this.registry] }).set(expiresAtMs / 1000)
  }

  private addLag(): void {
    const { meter, registry } = this
    new Gauge({
      name: 'sluice_partition_lag_records',
      help: 'Records between the position in a partition and the end of its log.',
      labelNames: ['topic', 'partition'],
      registers: [registry],
      collect() {
        this.reset()
        for (const [key, lag] of meter.lag) {
          // A topic's name holds no slash.
          const [topic = '', partition = ''] = key.split('/')
          this.set({ topic, partition }, lag())
        }
      },
    })
  }
}

function setTo(read: () => number): (this: Gauge) => void {
  return function () {
    this.set(read())
  }
}

function countTo(read: () => number): (this: Counter) => void {
  return function () {
    this.reset()
    this.inc(read())
  }
}
