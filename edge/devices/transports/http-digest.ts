import { createHash } from 'node:crypto'

/** A challenge of HTTP Digest (RFC 7616) that can be answered. */
export interface DigestChallenge {
  readonly realm: string
  readonly nonce: string
  readonly opaque?: string
  readonly algorithm: DigestAlgorithm
  /** False for servers of before 1999, which know no counter. */
  readonly counts: boolean
  /** The name and password were right, only the nonce is too old. */
  readonly stale: boolean
}

/** In the order in which they are preferred. */
const algorithms = ['SHA-256', 'SHA-256-sess', 'MD5', 'MD5-sess'] as const
export type DigestAlgorithm = (typeof algorithms)[number]

/** One challenge of a `WWW-Authenticate` header. */
interface Challenge {
  readonly scheme: string
  readonly parameters: ReadonlyMap<string, string>
}

/** Longest header that is read, characters. */
const headerCharactersMax = 4_096
const part =
  /\s*,?\s*(?:([A-Za-z0-9_*-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))|([A-Za-z][A-Za-z0-9_-]*))/y

/** The best challenge of Digest in a header; undefined when there is none that can be answered. */
export function digestChallenge(header: string): DigestChallenge | undefined {
  const offered = readChallenges(header)
    .filter(({ scheme }) => scheme.toLowerCase() === 'digest')
    .flatMap(({ parameters }) => readDigest(parameters) ?? [])
  const rank = ({ algorithm }: DigestChallenge) => algorithms.indexOf(algorithm)
  return offered.sort((one, other) => rank(one) - rank(other))[0]
}

function readChallenges(header: string): Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = []
  const text = header.slice(0, headerCharactersMax)
  part.lastIndex = 0
  for (let found = part.exec(text); found; found = part.exec(text)) {
    const [, name, quoted, plain, scheme] = found
    if (scheme !== undefined) challenges.push({ scheme, parameters: new Map() })
    else if (name !== undefined) {
      challenges.at(-1)?.parameters.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '')
    }
  }
  return challenges
}

function readDigest(parameters: ReadonlyMap<string, string>): DigestChallenge | undefined {
  const realm = parameters.get('realm')
  const nonce = parameters.get('nonce')
  const asked = (parameters.get('algorithm') ?? 'MD5').toLowerCase()
  const algorithm = algorithms.find((each) => each.toLowerCase() === asked)
  const qop = parameters.get('qop')
  const counts = qop !== undefined
  const takesAuth = !counts || qop.split(',').some((each) => each.trim().toLowerCase() === 'auth')
  if (realm === undefined || !nonce || !algorithm || !takesAuth) return undefined
  const opaque = parameters.get('opaque')
  const stale = parameters.get('stale')?.toLowerCase() === 'true'
  return { realm, nonce, algorithm, counts, stale, ...(opaque !== undefined && { opaque }) }
}

/** What a challenge is answered for. `count` is 1 for the first use of a nonce and never the same twice. */
export interface DigestAsk {
  readonly challenge: DigestChallenge
  readonly username: string
  readonly password: string
  readonly method: string
  /** Path and query as they are sent. */
  readonly uri: string
  readonly count: number
  /** Drawn anew for each nonce. */
  readonly clientNonce: string
}

/** The `Authorization` header that answers a challenge (RFC 7616 §3.4). */
export function digestAnswer(ask: DigestAsk): string {
  const { challenge, username, uri, clientNonce } = ask
  const { realm, nonce, algorithm, counts, opaque } = challenge
  const count = ask.count.toString(16).padStart(8, '0')
  const fields = [
    `username="${quoted(username)}"`,
    `realm="${quoted(realm)}"`,
    `nonce="${quoted(nonce)}"`,
    `uri="${quoted(uri)}"`,
    `response="${response(ask, count)}"`,
    `algorithm=${algorithm}`,
    ...(counts ? ['qop=auth', `nc=${count}`] : []),
    ...(counts || isSession(algorithm) ? [`cnonce="${clientNonce}"`] : []),
    ...(opaque === undefined ? [] : [`opaque="${quoted(opaque)}"`]),
  ]
  return `Digest ${fields.join(', ')}`
}

function response(
  { challenge, username, password, method, uri, clientNonce }: DigestAsk,
  count: string,
): string {
  const { realm, nonce, algorithm, counts } = challenge
  const digest = (...parts: string[]) =>
    createHash(algorithm.startsWith('MD5') ? 'md5' : 'sha256')
      .update(parts.join(':'))
      .digest('hex')
  const user = digest(username, realm, password)
  const secret = isSession(algorithm) ? digest(user, nonce, clientNonce) : user
  const asked = digest(method, uri)
  return counts ? digest(secret, nonce, count, clientNonce, 'auth', asked) : digest(secret, nonce, asked)
}

const isSession = (algorithm: DigestAlgorithm) => algorithm.endsWith('-sess')

const quoted = (text: string) => text.replace(/["\\]/g, '\\$&')
