interface Reference {
  readonly name: string
  readonly subject: string
  readonly version: number
}

/** Registers an Avro schema at a registry with Confluent's API. Answers its id. @throws Error where the registry refuses it. */
export async function registerSchema(
  registryUrl: string,
  subject: string,
  schema: object,
  references: readonly Reference[] = [],
): Promise<number> {
  const response = await fetch(`${registryUrl}/subjects/${encodeURIComponent(subject)}/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schemaType: 'AVRO', schema: JSON.stringify(schema), references }),
  })
  if (!response.ok) throw new Error(`the registry refused ${subject}: ${response.status} ${await response.text()}`)
  return ((await response.json()) as { id: number }).id
}

/** With all its versions. Confluent's registry keeps what was deleted once; others know nothing of it by the second time. */
export async function deleteSubject(registryUrl: string, subject: string): Promise<void> {
  for (const query of ['', '?permanent=true']) {
    const response = await fetch(`${registryUrl}/subjects/${encodeURIComponent(subject)}${query}`, { method: 'DELETE' })
    if (!response.ok && response.status !== 404)
      throw new Error(`the registry does not delete ${subject}: ${response.status} ${await response.text()}`)
  }
}

/** Sets the compatibility level of one subject, or the global one. @throws Error where the registry refuses it. */
export async function setLevel(registryUrl: string, subject: string | undefined, compatibility: string): Promise<void> {
  const response = await fetch(`${registryUrl}/config${subject === undefined ? '' : `/${encodeURIComponent(subject)}`}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ compatibility }),
  })
  if (!response.ok) throw new Error(`the registry refused the level of ${subject ?? 'all'}: ${response.status} ${await response.text()}`)
}
