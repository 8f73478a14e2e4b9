import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Random } from '@gatehouse/shared/random/random'

export interface DigestServerOptions {
  readonly username: string
  readonly password: string
  readonly random: Random
  readonly algorithm?: 'MD5' | 'SHA-256'
  /** How often a nonce may be used; then a new one is wanted. */
  readonly usesMax?: number
}

/** The web server of a simulated device behind HTTP Digest, which takes each count of a nonce once, in order. */
export interface DigestServer {
  /** What it did, in order: `challenged`, `served 1`, `stale`, `refused`. */
  readonly log: readonly string[]
  readonly handle: (request: IncomingMessage, response: ServerResponse) => void
}

const realm = 'simulated device'

/** Makes one; give its `handle` to an HTTP server. */
export function createDigestServer(options: DigestServerOptions): DigestServer {
  const { username, password, random, algorithm = 'SHA-256', usesMax = Number.POSITIVE_INFINITY } = options
  const log: string[] = []
  let nonce = ''
  let uses = 0
  const digest = (...parts: string[]) =>
    createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
      .update(parts.join(':'))
      .digest('hex')
  const challenge = (response: ServerResponse, what: 'challenged' | 'stale' | 'refused') => {
    log.push(what)
    nonce = Buffer.from(random.bytes(12)).toString('hex')
    uses = 0
    const stale = what === 'stale' ? ', stale=true' : ''
    const header = `Digest realm="${realm}", qop="auth", algorithm=${algorithm}, nonce="${nonce}"${stale}`
    response.writeHead(401, { 'www-authenticate': header }).end()
  }
  return {
    log,
    handle: (request, response) => {
      const header = request.headers.authorization
      if (header === undefined) return challenge(response, 'challenged')
      const field = (name: string) => new RegExp(`\\b${name}="?([^",]*)`).exec(header)?.[1] ?? ''
      const counted = Number.parseInt(field('nc'), 16)
      const secret = digest(username, realm, password)
      const asked = digest(request.method ?? '', request.url ?? '')
      const right = digest(secret, nonce, field('nc'), field('cnonce'), 'auth', asked)
      if (field('response') !== right || field('nonce') !== nonce || counted !== uses + 1) {
        return challenge(response, 'refused')
      }
      if (counted > usesMax) return challenge(response, 'stale')
      uses = counted
      log.push(`served ${counted}`)
      response.writeHead(200, { 'content-type': 'text/plain' }).end('well')
    },
  }
}
