// A gateway of @fastify/http-proxy: SHA-256 of the key, its holder, and what the holder's role may call.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import httpProxy from '@fastify/http-proxy'
import Fastify from 'fastify'

const setting = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const lines = (name) => readFileSync(join(setting.directory, name), 'utf8').trimEnd().split('\n')

const holders = new Map(lines('keys.txt').map((line) => line.split(' ')))
const paths = new Set(lines('paths.txt'))
const pattern = new RegExp(`^(?:${lines('patterns.txt').join('|')})$`)

function checkKeyAndPath (request, reply, done) {
  const authorization = request.headers.authorization ?? ''
  const holder = authorization.startsWith('Bearer ')
    ? holders.get(createHash('sha256').update(authorization.slice(7)).digest('hex'))
    : undefined
  if (holder === undefined) {
    reply.code(401).send({ message: 'no such key' })
    return
  }
  const asked = `${holder.slice(0, holder.indexOf('-'))}:${request.method}:${request.url.split('?', 1)[0]}`
  if (!paths.has(asked) && !pattern.test(asked)) {
    reply.code(403).send({ message: 'not allowed' })
    return
  }
  request.holder = holder
  done()
}

const server = Fastify({ logger: true, disableRequestLogging: true })
server.decorateRequest('holder', '')
server.addHook('onResponse', (request, reply, done) => {
  request.log.info({ holder: request.holder, method: request.method, url: request.url, status: reply.statusCode })
  done()
})
server.register(httpProxy, {
  upstream: setting.upstream,
  prefix: setting.prefix,
  preHandler: checkKeyAndPath,
  replyOptions: {
    rewriteRequestHeaders: (request, headers) => ({ ...headers, authorization: setting.authorization })
  }
})
await server.listen({ host: '127.0.0.1', port: setting.port })
