/** What once meant something, and why it does not any more. */
const retired: Readonly<Record<string, string>> = {
  KAFKA_GROUP_PREFIX: 'no consumer group is joined any more',
}

/** A sentence for each that is still set: whoever set it should know that it changes nothing. */
export function retiredVariables(values: Readonly<Record<string, string | undefined>>): readonly string[] {
  return Object.keys(retired).flatMap((name) => (values[name] ? [`${name} is set and means nothing any more: ${retired[name]!}.`] : []))
}
