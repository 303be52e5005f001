import { isDeepStrictEqual } from 'node:util'
import type { Change, CollectionState } from '#client/api.js'
import type { SluiceClient } from '#client/sluice-client.js'

export type ListFilter = Readonly<Record<string, string>>

/** A list of a client as its store shows it, and as whoever follows its changes has it. */
export class FollowedList {
  private readonly followed = new Map<string, unknown>()
  private last: ReadonlyMap<string, unknown> = new Map()
  private isRefused = false
  private state: CollectionState<unknown> | undefined

  /** @param shown with each row that is shown anew, which may be that of any version where no time is said */
  constructor(
    client: SluiceClient,
    entityType: string,
    readonly where: ListFilter,
    private readonly shown: (id: string, data: unknown, timestamp?: string) => void,
    missed: () => void,
  ) {
    const list = client.collection(entityType, { where })
    list.subscribe((state) => this.show(state))
    list.changes().subscribe({
      next: (change) => {
        if (change.missed !== undefined) missed()
        this.follow(change)
      },
      // Refused at the very first, it has ended; the store is told once it is not refused any more.
      error: () => (this.isRefused = true),
    })
  }

  get isEmpty(): boolean {
    return this.last.size === 0
  }

  /** What it holds otherwise than it should, if anything. @param visible by the ids of all that there are */
  wrong(visible: ReadonlyMap<string, unknown>): string | undefined {
    const passing = [...visible].filter(([, data]) => this.passes(data))
    const expected = new Map(passing.sort(([one], [other]) => (one < other ? -1 : 1)))
    // Rights to none of what the filter names end a list, which has nothing then.
    const isSettled = this.state?.status === 'live' || (this.state?.status === 'failed' && expected.size === 0)
    const isRight = [this.last, ...(this.isRefused ? [] : [this.followed])].every((rows) => isDeepStrictEqual(sorted(rows), expected))
    if (isSettled && isRight) return undefined
    const text = (rows: ReadonlyMap<string, unknown>) => JSON.stringify([...sorted(rows)])
    return `${JSON.stringify(this.where)}: ${this.state?.status} ${text(this.last)}, ${text(this.followed)} instead of ${text(expected)}`
  }

  private passes(data: unknown): boolean {
    return data !== undefined && Object.entries(this.where).every(([name, value]) => (data as Record<string, unknown>)[name] === value)
  }

  private show(state: CollectionState<unknown>): void {
    // What has not changed is the same object.
    for (const [id, data] of state.rows) if (this.last.get(id) !== data) this.shown(id, data)
    this.state = state
    this.last = state.rows
  }

  private follow({ entityId, data, timestamp }: Change<Record<string, unknown>>): void {
    if (data === undefined) return void this.followed.delete(entityId)
    this.shown(entityId, data, timestamp)
    this.followed.set(entityId, data)
  }
}

function sorted(rows: ReadonlyMap<string, unknown>): Map<string, unknown> {
  return new Map([...rows].sort(([one], [other]) => (one < other ? -1 : 1)))
}
