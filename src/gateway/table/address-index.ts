/** Into how many parts the index is divided: it grows part by part, so that ten million rows never move at a time. */
export const indexParts = 1024
const partShift = 22
const slotsMin = 8
/** Fuller than this a part grows. */
const fullness = 0.7
const empty = -1
const removed = -2

/** The part to which a hash belongs. */
export function partOf(hash: number): number {
  return hash >>> partShift
}

/** Leads from the hash of an id to the addresses of the rows with that hash, whoever tells them apart. */
export class AddressIndex {
  private readonly parts: (Part | undefined)[] = Array.from({ length: indexParts }, () => undefined)
  private taken = 0

  get size(): number {
    return this.taken
  }

  /** The first address of this hash that is the one; `empty` where none is. */
  find(hash: number, isIt: (address: number) => boolean): number | undefined {
    const part = this.parts[partOf(hash)]
    const slot = part?.find(hash, isIt)
    return slot === undefined ? undefined : part!.addresses[slot]
  }

  /** The address must not be there yet. */
  add(hash: number, address: number): void {
    const before = this.parts[partOf(hash)]
    let part = before ?? this.grown(hash, slotsMin)
    if (before?.isFull === true) part = this.grown(hash, before.sizeToGrowTo(), before)
    part.add(hash, address)
    this.taken++
  }

  /** The row has another address now. */
  move(hash: number, from: number, to: number): void {
    const part = this.parts[partOf(hash)]!
    part.addresses[part.find(hash, (address) => address === from)!] = to
  }

  remove(hash: number, address: number): void {
    const part = this.parts[partOf(hash)]!
    part.remove(part.find(hash, (one) => one === address)!)
    this.taken--
  }

  /** The addresses in one of the parts as of now. What is added later comes to the part that its hash says, and stays there. */
  inPart(part: number): Float64Array {
    return this.parts[part]?.addresses.filter((address) => address >= 0) ?? new Float64Array()
  }

  private grown(hash: number, slots: number, from?: Part): Part {
    const part = new Part(slots)
    from?.moveTo(part)
    this.parts[partOf(hash)] = part
    return part
  }
}

/** An open table with linear probing. */
class Part {
  readonly addresses: Float64Array
  private readonly hashes: Uint32Array
  private taken = 0
  /** Slots that hold an address or held one. */
  private used = 0

  constructor(slots: number) {
    this.addresses = new Float64Array(slots).fill(empty)
    this.hashes = new Uint32Array(slots)
  }

  get isFull(): boolean {
    return this.used >= this.addresses.length * fullness
  }

  /** The same again where many slots only held something. */
  sizeToGrowTo(): number {
    return this.taken * 2 > this.used ? this.addresses.length * 2 : this.addresses.length
  }

  find(hash: number, isIt: (address: number) => boolean): number | undefined {
    const { addresses, hashes } = this
    const last = addresses.length - 1
    for (let slot = hash & last; addresses[slot] !== empty; slot = (slot + 1) & last) {
      if (hashes[slot] === hash && addresses[slot]! >= 0 && isIt(addresses[slot]!)) return slot
    }
    return undefined
  }

  add(hash: number, address: number): void {
    const { addresses } = this
    const last = addresses.length - 1
    let slot = hash & last
    while (addresses[slot] !== empty) slot = (slot + 1) & last
    addresses[slot] = address
    this.hashes[slot] = hash
    this.taken++
    this.used++
  }

  remove(slot: number): void {
    this.addresses[slot] = removed
    this.taken--
  }

  moveTo(other: Part): void {
    for (const [slot, address] of this.addresses.entries()) if (address >= 0) other.add(this.hashes[slot]!, address)
  }
}
