import { batch, computed, signal, type Signal } from '@preact/signals'
import { exactJson } from '#client/exact.js'
import { type ClientState, type EntityState, SluiceClient, type Unsubscribe } from '#client/sluice-client.js'
import type { LeafAnswer, LeafRightsAnswer, PersonAnswer, RightsAnswer } from '../../answers.js'
import { later } from '../surroundings.js'
import { absent, type Cell, cellOf, hidden } from './cell.js'

/** How long a change is marked. */
export const markedMs = 1500

export interface LiveCell extends Cell {
  /** When it changed last, by the page's own clock; 0 where it has not. */
  readonly changedAt: number
}

const nothing: LiveCell = { ...absent, changedAt: 0 }

/** What may hold up drawing. */
export interface ColumnScreen {
  readonly isPaused: () => boolean
  /** Whether somebody has selected text of this cell. */
  readonly isHeld: (cellId: string) => boolean
}

/** A cell that is held is looked at again after this time. */
const heldMs = 250

/** A connection that was cut on purpose, to be seen coming back. */
export interface Cut {
  /** Undefined until the subscription goes on; then whether it does so without a gap. */
  readonly resumed: boolean | undefined
  readonly reason: string | undefined
  /** The time of the latest change that anybody had been told of. */
  readonly after: string
  /** Somebody whose connection was left alone. */
  readonly witness: Column | undefined
}

/** Reading slowly, on purpose, or having done so. */
interface Slow {
  readonly isOn: boolean
  /** Changes that were left out, as the gateway has told. */
  readonly leftOut: number
}

/** An hour of the sample shop's order. */
const timesMax = 3600

/** It takes a moment to come back, so that something happens meanwhile. */
const backoff = { leastMs: 4000 }

type State = EntityState<Record<string, unknown>>

/** One person, and what they are shown of the entity that is looked at, over a connection with a token of their own. */
export class Column {
  readonly client: SluiceClient<Record<string, Record<string, unknown>>>
  readonly connection: Signal<ClientState>
  readonly status = signal<State['status']>('waiting')
  readonly error = signal<string | undefined>(undefined)
  readonly rights = signal<RightsAnswer | undefined>(undefined)
  /** Whether there was something before there was nothing. */
  readonly wasThere = signal(false)
  /** Changes that were told, the first state apart. */
  readonly updates = signal(0)
  /** When its connection was cut on purpose, and what became of it. */
  readonly cut = signal<Cut | undefined>(undefined)
  readonly slow = signal<Slow | undefined>(undefined)
  readonly clientId = `console-${crypto.randomUUID()}`
  private readonly rightsByPath = computed(() => new Map(this.rights.value?.leaves.map((its) => [its.path, its])))
  private readonly cells = new Map<string, Signal<LiveCell>>()
  private leaves: readonly LeafAnswer[] = []
  /** When the changes happened that were told last. */
  private readonly told = signal<readonly string[]>([])
  /** Of what was told last, the first state included. */
  private readonly toldAt = signal('')
  private following: readonly Unsubscribe[] = []
  private followed = ''
  /** The latest that was told, and whether it is on the screen. */
  private latest: State | undefined
  private isWaiting = false

  constructor(
    readonly person: PersonAnswer,
    socketUrl: string,
    private readonly screen: ColumnScreen,
  ) {
    this.client = new SluiceClient(socketUrl, { token: person.token, clientId: this.clientId, parse: exactJson('bigint'), backoff })
    this.connection = signal(this.client.state.getSnapshot())
    this.client.state.subscribe((state) => {
      this.connection.value = state
      // Its next connection reads as any other.
      if (state.status !== 'live' && this.slow.peek()?.isOn === true) this.slow.value = undefined
    })
    this.client.on('resumed', ({ resumed, reason }) => {
      if (this.cut.value !== undefined) this.cut.value = { ...this.cut.value, resumed, reason }
    })
  }

  follow(entityType: string, entityId: string, leaves: readonly LeafAnswer[]): void {
    const what = JSON.stringify([entityType, entityId, leaves])
    if (what === this.followed) return
    this.followed = what
    this.stop()
    this.leaves = leaves
    this.latest = undefined
    batch(() => {
      for (const cell of this.cells.values()) cell.value = nothing
      this.updates.value = 0
      this.told.value = []
      this.toldAt.value = ''
      this.cut.value = undefined
      this.slow.value = this.slow.peek()?.isOn === true ? { isOn: true, leftOut: 0 } : undefined
      this.status.value = 'waiting'
      this.wasThere.value = false
      this.error.value = undefined
    })
    this.following = [
      this.client.entity(entityType, entityId).subscribe((state) => this.take(state)),
      this.client.subscribe(entityType, entityId).subscribe(({ operation, timestamp = '', missed }) => {
        if (timestamp > this.toldAt.peek()) this.toldAt.value = timestamp
        if (operation === 'snapshot') return
        if (missed?.because === 'slow') this.noteLeftOut(missed.count ?? 0)
        this.told.value = [...this.told.value.slice(1 - timesMax), timestamp]
        this.updates.value++
      }),
    ]
  }

  cell(path: string): Signal<LiveCell> {
    let cell = this.cells.get(path)
    if (cell === undefined) this.cells.set(path, (cell = signal(nothing)))
    return cell
  }

  /** What the rules say of a leaf to this person; undefined where they are not known. */
  rightsTo(path: string): LeafRightsAnswer | undefined {
    return this.rightsByPath.value.get(path)
  }

  cellId(path: string): string {
    return `${this.person.name}/${path}`
  }

  /** How many changes were told that happened after this time; one that was told twice counts twice. */
  toldSince(time: string): number {
    return this.told.value.filter((one) => one > time).length
  }

  latestTime(): string {
    return this.toldAt.value
  }

  /** Puts the latest on the screen. */
  draw(): void {
    this.isWaiting = false
    const state = this.latest
    if (state === undefined || this.screen.isPaused()) return
    const now = performance.now()
    batch(() => {
      const isFirst = this.status.value !== 'live'
      this.status.value = state.status
      if (isThere(state)) this.wasThere.value = true
      this.error.value = state.status === 'failed' ? state.error.message : undefined
      const held = this.leaves.filter((leaf) => !this.drawCell(leaf, cellIn(state, leaf), isFirst ? 0 : now))
      if (held.length > 0) this.drawLater((draw) => later(heldMs, draw))
    })
  }

  /** The leaves that are shown now. */
  shownPaths(): string[] {
    return this.leaves.map(({ path }) => path).filter((path) => !['hidden', 'absent'].includes(this.cell(path).peek().kind))
  }

  /** What was told last. */
  data(): unknown {
    return this.latest?.data
  }

  close(): void {
    this.stop()
    this.client.close()
  }

  private noteLeftOut(count: number): void {
    const slow = this.slow.peek()
    if (slow !== undefined) this.slow.value = { ...slow, leftOut: slow.leftOut + count }
  }

  private stop(): void {
    for (const leave of this.following) leave()
  }

  private take(state: State): void {
    this.latest = state
    // Once a frame, however many changes come.
    if (!this.screen.isPaused()) this.drawLater(requestAnimationFrame)
  }

  private drawLater(later: (draw: () => void) => void): void {
    if (this.isWaiting) return
    this.isWaiting = true
    later(() => this.draw())
  }

  /** What somebody has selected stays as it is until they let go of it. Answers whether the screen has it now. */
  private drawCell(leaf: LeafAnswer, next: Cell, now: number): boolean {
    const cell = this.cell(leaf.path)
    const was = cell.peek()
    if (was.kind === next.kind && was.text === next.text) return true
    if (this.screen.isHeld(this.cellId(leaf.path))) return false
    cell.value = { ...next, changedAt: [was.kind, next.kind].includes('absent') ? 0 : now }
    return true
  }
}

function isThere(state: State): state is Extract<State, { readonly status: 'live' | 'stale' }> {
  return state.status === 'live' || state.status === 'stale'
}

function cellIn(state: State, leaf: LeafAnswer): Cell {
  if (isThere(state)) return cellOf(state.data, leaf)
  return state.status === 'failed' ? hidden : absent
}
