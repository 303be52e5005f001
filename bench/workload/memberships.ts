/** The region of all orders of the workload. */
const region = 'eu'
/** With so many a user's claims have some 240 bytes. */
const teams = 12

/** Claims of users that change while their tokens last: each user is of a region of their own, or of that of the orders. */
export class Memberships {
  private readonly members = new Set<number>()

  /** What stands on the topic of claims for each of so many users. */
  records(users: readonly number[]) {
    return users.map((user) => ({ key: userIdOf(user), value: JSON.stringify(this.claimsOf(user)) }))
  }

  /** These come into the region of the orders, or leave it. */
  move(users: readonly number[]): void {
    for (const user of users) if (!this.members.delete(user)) this.members.add(user)
  }

  /** How many of them see what members of the region see. */
  membersAmong(users: readonly number[]): number {
    return users.filter((user) => this.members.has(user)).length
  }

  private claimsOf(user: number) {
    const names = Array.from({ length: teams }, (_none, nth) => `team-${String(teams * user + nth).padStart(9, '0')}`)
    return { region: this.members.has(user) ? region : ownRegionOf(user), teams: names }
  }
}

export function userIdOf(user: number): string {
  return `user-${user}`
}

export function ownRegionOf(user: number): string {
  return `region-${user}`
}
