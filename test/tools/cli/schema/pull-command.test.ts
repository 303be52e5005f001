import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { runCommandLine } from '#tools/cli/command-line.js'
import { schemaCommand } from '#tools/cli/schema/schema-command.js'
import { uniqueName } from '../../../support/kafka/kafka-topics.js'
import { realParts, skipRealParts } from '../../../support/real-parts/real-parts.js'
import { registerSchema } from '../../../support/schemas/registry-subjects.js'
import { TicketFolder } from '../../../support/schemas/ticket-folder.js'
import { FakeTerminal } from '../../../support/tools/fake-terminal.js'

async function sluice(registryUrl: string | undefined, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const terminal = new FakeTerminal()
  const code = await runCommandLine(['schema', ...args], [schemaCommand({ registryUrl })], terminal)
  return { code, out: terminal.out, err: terminal.err }
}

const recordIn = (folder: string, name: string) => JSON.parse(readFileSync(join(folder, `${name}.avsc`), 'utf8')) as { name: string }

test('schema pull writes what schema register has written, and nothing when it is asked again', { skip: skipRealParts }, async (t) => {
  const { registryUrl } = await realParts()
  const { folder, entityType } = new TicketFolder(t)
  await sluice(registryUrl, 'register', folder)
  const pulled = join(t.testdir(), 'pulled')
  const pull = (...more: string[]) => sluice(registryUrl, 'pull', pulled, '--entities', entityType, ...more)
  const line = `${join(pulled, `${entityType}.avsc`)} (${entityType}.create-value, version 1)\n`
  t.same(await pull(), { code: 0, out: `written    ${line}`, err: '' })
  t.same(await pull(), { code: 0, out: `unchanged  ${line}`, err: '' })
  t.match(await sluice(undefined, 'lint', pulled), { code: 0, out: 'Nothing was found.' })
  t.match(await sluice(undefined, 'check', pulled, '--against', folder), { code: 0 }, 'the types that it shares are written in')
  writeFileSync(join(pulled, `${entityType}.avsc`), '{}')
  t.match(await pull(), { code: 1, out: `kept       ${line}`, err: /--force replaces it/ })
  t.match(await pull('--force'), { code: 0, out: `written    ${line}` })
})

test('schema pull finds subjects of any naming strategy', { skip: skipRealParts }, async (t) => {
  const { registryUrl } = await realParts()
  const name = uniqueName('order').replaceAll('-', '_')
  const record = (of: string) => ({ type: 'record', name: of, namespace: name, fields: [{ name: 'id', type: 'string' }] })
  await registerSchema(registryUrl, `${name}-${name}.ByTopicAndRecord`, record('ByTopicAndRecord'))
  await registerSchema(registryUrl, `${name}.ByRecord`, record('ByRecord'))
  const definition = (topic: string, of: string) => ({ layout: 'single-topic', envelope: 'none', topic, record: `${name}.${of}` })
  const entities = {
    both: definition(name, 'ByTopicAndRecord'),
    record: definition(uniqueName('elsewhere'), 'ByRecord'),
    nobody: definition(uniqueName('nowhere'), 'Nobody'),
  }
  const folder = t.testdir({ 'entities.json': JSON.stringify(entities) })
  const { code, err } = await sluice(registryUrl, 'pull', folder, '--entities', join(folder, 'entities.json'))
  t.same([code, err], [1, 'nobody has no subject with a record of it in the registry.\n'])
  t.same([recordIn(folder, 'both').name, recordIn(folder, 'record').name], ['ByTopicAndRecord', 'ByRecord'])
})

test('schema pull asks which record is meant where a topic has several, and takes the only one', { skip: skipRealParts }, async (t) => {
  const { registryUrl } = await realParts()
  const name = uniqueName('order').replaceAll('-', '_')
  const record = (of: string) => ({ type: 'record', name: of, namespace: name, fields: [{ name: 'id', type: 'string' }] })
  await registerSchema(registryUrl, `${name}-${name}.One`, record('One'))
  const folder = t.testdir({ 'entities.json': JSON.stringify({ order: { layout: 'single-topic', envelope: 'none', topic: name } }) })
  const pull = () => sluice(registryUrl, 'pull', folder, '--entities', join(folder, 'entities.json'))
  t.match(await pull(), { code: 0 })
  t.equal(recordIn(folder, 'order').name, 'One')
  await registerSchema(registryUrl, `${name}-${name}.Two`, record('Two'))
  t.match(await pull(), { code: 78, err: `order may be ${name}.One or ${name}.Two: its entry must say which it is ("record").` })
})

test('schema pull wants to be told of which entities', async (t) => {
  t.match(await sluice('http://127.0.0.1:1', 'pull'), { code: 64, err: /The entities \(--entities or ENTITIES\) are not set/ })
  t.match(await sluice('http://127.0.0.1:1', 'pull', '--entities', '*'), { code: 64, err: /must be named/ })
})
