import { batch, signal, type Signal } from '@preact/signals'
import { exactJson } from '#client/exact.js'
import { type ClientState, type EntityState, SluiceClient, type Unsubscribe } from '#client/sluice-client.js'
import type { LeafAnswer, PersonAnswer, RightsAnswer } from '../../answers.js'
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

type State = EntityState<Record<string, unknown>>

/** One person, and what they are shown of the entity that is looked at, over a connection with a token of their own. */
export class Column {
  readonly client: SluiceClient<Record<string, Record<string, unknown>>>
  readonly connection: Signal<ClientState>
  readonly status = signal<State['status']>('waiting')
  readonly error = signal<string | undefined>(undefined)
  readonly rights = signal<RightsAnswer | undefined>(undefined)
  readonly updates = signal(0)
  private readonly cells = new Map<string, Signal<LiveCell>>()
  private leaves: readonly LeafAnswer[] = []
  private leave: Unsubscribe | undefined
  private followed = ''
  /** The latest that was told, and whether it is on the screen. */
  private latest: State | undefined
  private isWaiting = false

  constructor(
    readonly person: PersonAnswer,
    socketUrl: string,
    private readonly screen: ColumnScreen,
  ) {
    this.client = new SluiceClient(socketUrl, { token: person.token, parse: exactJson('bigint') })
    this.connection = signal(this.client.state.getSnapshot())
    this.client.state.subscribe((state) => (this.connection.value = state))
  }

  follow(entityType: string, entityId: string, leaves: readonly LeafAnswer[]): void {
    const what = JSON.stringify([entityType, entityId, leaves])
    if (what === this.followed) return
    this.followed = what
    this.leave?.()
    this.leaves = leaves
    this.latest = undefined
    batch(() => {
      for (const cell of this.cells.values()) cell.value = nothing
      this.updates.value = 0
      this.status.value = 'waiting'
      this.error.value = undefined
    })
    this.leave = this.client.entity(entityType, entityId).subscribe((state) => this.take(state))
  }

  cell(path: string): Signal<LiveCell> {
    let cell = this.cells.get(path)
    if (cell === undefined) this.cells.set(path, (cell = signal(nothing)))
    return cell
  }

  cellId(path: string): string {
    return `${this.person.name}/${path}`
  }

  /** Puts the latest on the screen. */
  draw(): void {
    this.isWaiting = false
    const state = this.latest
    if (state === undefined) return
    const now = performance.now()
    batch(() => {
      const isFirst = this.status.value !== 'live'
      this.status.value = state.status
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
    this.leave?.()
    this.client.close()
  }

  private take(state: State): void {
    if (state.status === 'live' && this.latest !== undefined) this.updates.value++
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

function cellIn(state: State, leaf: LeafAnswer): Cell {
  if (state.status === 'live' || state.status === 'stale') return cellOf(state.data, leaf)
  return state.status === 'failed' ? hidden : absent
}
