import type { Owner, VirtualTime } from './virtual-time.ts'

/** How the wire of a site is: what is asked and what is answered fail apart, loudly or in silence. */
export interface Wire {
  readonly asks: 'open' | 'refused' | 'silent'
  readonly answers: 'open' | 'silent'
}

export const openWire: Wire = { asks: 'open', answers: 'open' }

/** A kind of traffic between a site and the cloud. */
export type Flow = 'enrol' | 'handshake' | 'recover' | 'heartbeat' | 'stream' | 'shape' | 'other'

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: ArrayBuffer
}

/** One call of a site to the cloud, on its way there or back. */
export interface Message {
  id: number
  readonly site: string
  readonly life: Owner
  readonly flow: Flow
  /** Makes the request anew, as often as it arrives. */
  readonly make: (signal?: AbortSignal) => Request
  readonly path: string
  state: 'asked' | 'at the cloud' | 'answered'
  answer: Answer | undefined
  /** The process that it is at, or came from. */
  at: string | undefined
  readonly gone: AbortController
  /** Stops listening to the caller. */
  readonly letGo: () => void
  readonly resolve: (answer: Response) => void
  readonly reject: (error: unknown) => void
}

/** A call that has ended for its caller. */
interface Past {
  readonly life: Owner
  readonly make: () => Request
}

/** A past call that arrives, for the first time or another one. */
export interface Repeated {
  readonly life: Owner
  /** Whether it was given up before it arrived. */
  readonly isLate: boolean
  readonly answered: Promise<string>
}

/** A process of the cloud that answers requests. */
export interface Door {
  readonly name: string
  fetch(request: Request): Promise<Response>
}

const pastMax = 32
/** Node's `fetch` waits so long for an answer to begin. */
const answerMaxMs = 300_000

/** All calls between sites and the cloud. Nothing arrives unless the simulation says so. */
export class Network {
  readonly #time: VirtualTime
  readonly #wires = new Map<string, Wire>()
  readonly #past: Past[] = []
  /** What was given up before it arrived; it may arrive yet. */
  readonly #late: Past[] = []
  #fresh: Message[] = []
  #messages: Message[] = []
  #lives = new Map<string, { readonly site: string; readonly life: Owner }>()
  #ids = 0
  /** Hears that a call is about to move, while it still stands where it was. */
  onMoving: () => void = () => {}
  /** Hears how each call ended, for the trace. */
  onMoved: (what: string, message: Message, status?: number) => void = () => {}
  /** Where the next request goes. */
  door: () => Door = () => ({ name: 'cloud', fetch: async () => new Response(null, { status: 503 }) })

  constructor(time: VirtualTime) {
    this.#time = time
  }

  /** Puts this network in the place of the machine's for the whole process. */
  install(): void {
    Object.assign(globalThis, {
      fetch: (url: string | URL, init?: RequestInit) => this.#call(String(url), init),
    })
  }

  reset(): void {
    this.#wires.clear()
    this.#past.length = 0
    this.#late.length = 0
    this.#fresh = []
    this.#messages = []
    this.#lives.clear()
    this.#ids = 0
  }

  /** Lets a life of a site call the cloud under a host name of its own. */
  join(host: string, site: string, life: Owner): void {
    this.#lives.set(host, { site, life })
  }

  /** Forgets a life: what it asked may still arrive, its answers have nobody to go to. */
  leave(life: Owner): void {
    for (const [host, known] of this.#lives) if (known.life === life) this.#lives.delete(host)
    for (const message of this.#messages)
      if (message.life === life && message.state === 'asked') keep(this.#late, message)
    this.#messages = this.#messages.filter((message) => message.life !== life)
  }

  /** One call that a process was working on when it stopped: its caller sees the connection break. Tells whether there was one. */
  breakOne(at: string): boolean {
    const message = this.#messages.find((one) => one.state === 'at the cloud' && one.at === at)
    if (message) this.#fail(message)
    return message !== undefined
  }

  setWire(site: string, wire: Wire): void {
    this.#wires.set(site, wire)
  }

  wireOf(site: string): Wire {
    return this.#wires.get(site) ?? openWire
  }

  /** Numbers what was asked since, in an order that does not depend on helper threads. */
  arrange(): void {
    const fresh = this.#fresh.sort((a, b) => order(a).localeCompare(order(b)))
    for (const message of fresh) message.id = ++this.#ids
    this.#messages.push(...fresh)
    this.#fresh = []
  }

  /** What could move now: calls on an open way to the cloud, answers on an open way back. */
  movable(): readonly Message[] {
    return this.#messages.filter(({ state, site }) => {
      const { asks, answers } = this.wireOf(site)
      return (state === 'asked' && asks === 'open') || (state === 'answered' && answers === 'open')
    })
  }

  /** Every call that has not ended. */
  underWay(): readonly Message[] {
    return this.#messages
  }

  /** Moves a call one leg: to the cloud, or its answer home. */
  move(message: Message, door?: Door): void {
    this.onMoving()
    if (message.state === 'asked') {
      this.#toCloud(message, door ?? this.door())
      return
    }
    if (message.state !== 'answered' || !message.answer) return
    const { status, headers, body } = message.answer
    this.#end(message)
    this.onMoved('answered', message, status)
    this.#time.owner = message.life
    message.resolve(new Response(status === 204 || status === 304 ? null : body, { status, headers }))
  }

  /** Loses a call where it is; the caller learns it at once, or only by waiting too long. */
  lose(message: Message, silently: boolean): void {
    this.onMoved(silently ? 'lost in silence' : 'lost', message)
    if (message.state === 'asked' && silently) keep(this.#late, message)
    // Whoever asked learns of a silent loss only by waiting too long.
    if (silently) this.#messages = this.#messages.filter((other) => other !== message)
    else this.#fail(message)
  }

  /** Something of a wanted life that was given up arrives late, or arrives again; nobody waits for the answer. */
  repeat(pick: (count: number) => number, isWanted: (life: Owner) => boolean): Repeated | undefined {
    const late = this.#late.filter(({ life }) => isWanted(life))
    const again = this.#past.filter(({ life }) => isWanted(life))
    const isLate = late.length > 0 && (again.length === 0 || pick(2) === 0)
    const pile = isLate ? late : again
    if (pile.length === 0) return undefined
    const past = pile[pick(pile.length)]
    if (!past) return undefined
    if (isLate) this.#late.splice(this.#late.indexOf(past), 1)
    return { life: past.life, isLate, answered: this.#again(past.make()) }
  }

  async #again(request: Request): Promise<string> {
    const door = this.door()
    this.#time.owner = door.name
    const answer = await door.fetch(request)
    await answer.arrayBuffer()
    return `${flowOf(new URL(request.url).pathname)} ${answer.status}`
  }

  #call(url: string, init: RequestInit = {}): Promise<Response> {
    const { host, pathname } = new URL(url)
    const known = this.#lives.get(host)
    // A process that was killed goes on waiting for ever.
    if (!known) return new Promise(() => {})
    const { signal, ...rest } = init
    if (signal?.aborted) return Promise.reject(signal.reason)
    const gone = new AbortController()
    const address = url.replace(host, 'cloud.simulated')
    const make = (signal?: AbortSignal) => new Request(address, { ...rest, ...(signal && { signal }) })
    return new Promise((resolve, reject) => {
      if (this.wireOf(known.site).asks === 'refused') return reject(broken())
      const abandon = () => this.#abandon(message, signal?.reason)
      const late = setTimeout(() => this.#abandon(message, broken()), answerMaxMs)
      const letGo = () => {
        clearTimeout(late)
        signal?.removeEventListener('abort', abandon)
      }
      const message: Message = {
        ...{ id: 0, ...known, flow: flowOf(pathname), path: pathname, make, gone, letGo, resolve, reject },
        state: 'asked',
        answer: undefined,
        at: undefined,
      }
      signal?.addEventListener('abort', abandon)
      this.#fresh.push(message)
    })
  }

  #abandon(message: Message, reason: unknown): void {
    if (message.state === 'asked') keep(this.#late, message)
    this.#end(message)
    message.gone.abort()
    message.reject(reason)
  }

  #toCloud(message: Message, door: Door): void {
    keep(this.#past, message)
    message.state = 'at the cloud'
    message.at = door.name
    this.onMoved('arrived', message)
    this.#time.owner = door.name
    door.fetch(message.make(message.gone.signal)).then(
      async (answer) => {
        const body = await answer.arrayBuffer()
        if (message.state !== 'at the cloud') return
        message.answer = { status: answer.status, headers: answer.headers, body }
        message.state = 'answered'
      },
      () => this.#fail(message),
    )
  }

  #fail(message: Message): void {
    this.#end(message)
    this.#time.owner = message.life
    message.reject(broken())
  }

  #end(message: Message): void {
    message.letGo()
    this.#messages = this.#messages.filter((other) => other !== message)
    this.#fresh = this.#fresh.filter((other) => other !== message)
  }
}

function keep(pile: Past[], { make, flow, life }: Message): void {
  // Asking for the directory changes nothing, however often.
  if (flow === 'shape') return
  pile.push({ life, make: () => make() })
  if (pile.length > pastMax) pile.shift()
}

function broken(): TypeError {
  return new TypeError('fetch failed')
}

function order({ site, flow, path }: Message): string {
  return `${site} ${flow} ${path}`
}

function flowOf(path: string): Flow {
  const name = path.split('/')[3]
  const known: readonly Flow[] = ['enrol', 'handshake', 'recover', 'heartbeat', 'stream', 'shape']
  return known.find((flow) => flow === name) ?? 'other'
}
