/** Whether values lie in more lists and objects than this. Goes no deeper itself, so that any JSON may be asked about. */
export function isDeeperThan(levels: number, json: unknown): boolean {
  if (typeof json !== 'object' || json === null) return false
  return levels === 0 || Object.values(json).some((part) => isDeeperThan(levels - 1, part))
}
