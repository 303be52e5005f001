import { registryIdMax } from '#registry/wire-format.js'

/** Few producers have many schemas. The number is limited, as a header may hold any GUID. */
const guidsMax = 10_000

/** Gives schemas that are named by a GUID numbers that no registry gives, so that a value is kept with its schema's number, whoever named it. */
export class GuidNumbers {
  private readonly numbers = new Map<string, number>()
  private readonly guids: string[] = []

  /** Undefined where there are too many. The same GUID has the same number for as long as the process runs. */
  numberOf(guid: string): number | undefined {
    const known = this.numbers.get(guid)
    if (known !== undefined || this.guids.length === guidsMax) return known
    const number = registryIdMax + this.guids.push(guid)
    this.numbers.set(guid, number)
    return number
  }

  /** Undefined for a number that a registry has given. */
  guidOf(number: number): string | undefined {
    return this.guids[number - registryIdMax - 1]
  }
}
