import { randomBytes } from 'node:crypto'
import { until } from '../kafka/source-reader.js'
import { spawnTethered } from '../running/tethered-process.js'
import { examplePages, sampleTokens } from './example-pages.js'
import { listen } from './site.js'

// `npm run examples`: the sample shop, and the example pages as each of its users sees them, until Ctrl-C.
const port = 8081
const names = ['plain', 'react', 'svelte', 'list']

const secret = randomBytes(32).toString('hex')
const environment = { ...process.env, JWT_SECRET: secret, POLICY_FILE: 'schemas/policy.json' }
const gateway = spawnTethered(process.execPath, ['dist/src/main.js'], { env: environment, stdout: 'pipe', stderr: process.stderr.fd })
gateway.stdout!.resume()
gateway.once('exit', (code) => process.exit(code ?? 1))
// A page that comes earlier would find no library.
await until('the gateway is ready', async () => (await fetch('http://localhost:8080/readyz').catch(() => undefined))?.ok === true, 60_000)

const tokens = await sampleTokens(secret)
const linksOf = (user: string) => names.map((name) => `<a href="${user}/${name}.html">${name}</a>`).join(' ')
const lines = Object.keys(tokens).map((user) => `<div><dt>as ${user}</dt> <dd>${linksOf(user)}</dd></div>`)
const index = `<!doctype html><title>Sluice</title><link rel="stylesheet" href="ada/order.css"><main><h1>order-1001</h1><br><dl>${lines.join('')}</dl></main>`
await listen({ '/': index, ...(await examplePages('localhost:8080', tokens)) }, port)
process.stdout.write(`The examples: http://localhost:${port}/\n`)
