import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'tap'

// What can be held of .deploy/Dockerfile where no container engine is. What it copies into the image: test/packing/image-files.test.ts.

const dockerfile = readFileSync('.deploy/Dockerfile', 'utf8').replaceAll('\\\n', '')

interface Manifest {
  readonly license: string
  readonly engines: { readonly node: string }
  readonly scripts: { readonly start: string }
}
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest

/** Of an instruction that is written as a list, so that no shell stands between. */
function wordsOf(instruction: string): string[] {
  return JSON.parse(new RegExp(`^${instruction} +(\\[.*\\])$`, 'm').exec(dockerfile)![1]!) as string[]
}

test('the image runs Node itself as nobody, with the options of npm start', async (t) => {
  t.match(dockerfile, /^USER 65532:65532$/m)
  t.match(dockerfile, /^STOPSIGNAL SIGTERM$/m)
  t.match(dockerfile, `org.opencontainers.image.licenses="${manifest.license}"`)
  t.equal(manifest.scripts.start, `exec ${wordsOf('ENTRYPOINT').join(' ')}`)
  const [, node] = /NODE_IMAGE=node:(\d+)-bookworm/.exec(dockerfile)!
  t.ok(manifest.engines.node.split(' || ').includes(node!), 'a Node that is supported, on glibc')
  t.notMatch(dockerfile, /^(ADD|CMD|VOLUME|MAINTAINER)\b/m)
  t.equal(dockerfile.match(/^USER/gm)?.length, 1)
  t.ok(dockerfile.lastIndexOf('USER') > dockerfile.lastIndexOf('COPY'), 'what it runs is not its own to change')
})

test('the image is built from named files alone', async (t) => {
  const lines = readFileSync('.dockerignore', 'utf8').split('\n')
  const [first, ...others] = lines.filter((line) => line !== '' && !line.startsWith('#'))
  t.equal(first, '*')
  for (const line of others) t.match(line, /^!\w[\w.-]*$/)
})

test('the check of its health passes while the node is ready, and fails otherwise', async (t) => {
  let status = 200
  const asked: string[] = []
  const server = createServer(({ url }, response) => {
    asked.push(url!)
    response.writeHead(status).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const [, ...args] = wordsOf('HEALTHCHECK .*CMD')
  const codeAt = async (port: number): Promise<unknown> => {
    const checking = execFile(process.execPath, args, { env: { ADMIN_PORT: String(port) } })
    const [code] = (await once(checking, 'exit')) as [number]
    return code
  }
  const { port } = server.address() as AddressInfo
  t.equal(await codeAt(port), 0)
  status = 503
  t.equal(await codeAt(port), 1)
  t.same(asked, ['/readyz', '/readyz'])
  t.equal(await codeAt(1), 1, 'nobody listens')
})
