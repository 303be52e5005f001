/** For tests that mean to meet no fault. */
export function throwFault(_at: string, _entityType: string, error: unknown): never {
  throw error
}
