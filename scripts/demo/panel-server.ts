import { existsSync, readFileSync, statSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { isSiteError, SiteError } from '@gatehouse/shared/errors/site-error'
import { type WebSocket, WebSocketServer } from 'ws'
import { type PanelAction, type PanelAnswer, type PanelState, panelActionSchema } from './panel-contract.ts'

/** What the panel shows and does; the supervisor gives it. */
export interface PanelControl {
  state(): PanelState
  /** Carries an action out through devices or processes; refuses with a `SiteError`. */
  act(action: PanelAction): Promise<PanelAnswer>
}

export interface PanelServer {
  /** Tells open panels that something changed; at most one message every 200 ms goes out. */
  changed(): void
  close(): Promise<void>
}

export interface PanelServerOptions {
  readonly port: number
  readonly host: string
  /** Folder of the built page. */
  readonly webFolder: string
  readonly control: PanelControl
}

const bodyBytesMax = 64 * 1024
const quietMs = 200
const mediaTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
  '.png': 'image/png',
}

/** Serves the simulator panel's page, its state and its actions. Only the demo supervisor starts it. */
export async function startPanelServer(options: PanelServerOptions): Promise<PanelServer> {
  const { control } = options
  const server = createServer((request, response) => {
    void answer(request, response, options).catch((error: unknown) => sendProblem(response, error))
  })
  const sockets = new WebSocketServer({ server, path: '/api/live', maxPayload: 1024 })
  const message = () => JSON.stringify({ kind: 'state', state: control.state() })
  const hosts = new WeakMap<WebSocket, string>()
  sockets.on('connection', (socket: WebSocket, request) => {
    if (!sameOrigin(request)) return socket.close(1008, 'another origin')
    const { host = '' } = request.headers
    hosts.set(socket, host)
    socket.on('error', () => socket.terminate())
    socket.send(reachableAt(message(), host))
  })
  let timer: NodeJS.Timeout | undefined
  const changed = () => {
    timer ??= setTimeout(() => {
      timer = undefined
      if (sockets.clients.size === 0) return
      const text = message()
      for (const socket of sockets.clients) {
        if (socket.readyState === socket.OPEN) socket.send(reachableAt(text, hosts.get(socket) ?? ''))
      }
    }, quietMs)
  }
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, () => resolve())
  })
  return {
    changed,
    close: () => {
      clearTimeout(timer)
      for (const socket of sockets.clients) socket.terminate()
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

/** The links of a state as the viewer's machine reaches them: under the address it called the panel by. */
function reachableAt(text: string, host: string): string {
  const name = /^([A-Za-z0-9.-]+)(:\d+)?$/.exec(host)?.[1]
  return name === undefined ? text : text.replaceAll('"http://127.0.0.1:', `"http://${name}:`)
}

// A page of another origin in the same browser must not drive the demo.
function sameOrigin(request: IncomingMessage): boolean {
  const { origin, host = '' } = request.headers
  // A name that somebody else's DNS could point here is refused; addresses and localhost cannot be.
  if (!/^(localhost|\d+\.\d+\.\d+\.\d+|\[[0-9a-f:]+\])(:\d+)?$/i.test(host)) return false
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === host)
}

async function answer(request: IncomingMessage, response: ServerResponse, options: PanelServerOptions) {
  const { pathname } = new URL(request.url ?? '/', 'http://panel')
  if (pathname.startsWith('/api/') && !sameOrigin(request)) {
    throw refusal('forbidden_origin', 'Open the panel at its own address.')
  }
  if (request.method === 'GET' && pathname === '/api/state') {
    const text = JSON.stringify(options.control.state())
    return sendText(response, 200, reachableAt(text, request.headers.host ?? ''))
  }
  if (request.method === 'POST' && pathname === '/api/actions') {
    const action = panelActionSchema.safeParse(await readJson(request))
    if (!action.success) {
      const [issue] = action.error.issues
      throw refusal('invalid_input', `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not allowed'}`)
    }
    return sendJson(response, 200, await options.control.act(action.data))
  }
  if (request.method === 'GET') return sendFile(response, options.webFolder, pathname)
  throw refusal('not_found', 'The panel knows GET /api/state and POST /api/actions.')
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  let bytes = 0
  const parts: Buffer[] = []
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length
    if (bytes > bodyBytesMax) throw refusal('body_too_large', `At most ${bodyBytesMax} bytes.`)
    parts.push(part)
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString('utf8'))
  } catch {
    throw refusal('invalid_json', 'Send a JSON object.')
  }
}

function sendFile(response: ServerResponse, folder: string, pathname: string): void {
  const wanted = normalize(join(folder, decodeURIComponent(pathname)))
  const isFile = wanted.startsWith(folder) && existsSync(wanted) && statSync(wanted).isFile()
  const file = isFile ? wanted : join(folder, 'index.html')
  if (!existsSync(file)) throw refusal('not_built', 'The panel was not built; run npm run screens.')
  response.writeHead(200, {
    'Content-Type': mediaTypes[extname(file)] ?? 'application/octet-stream',
    'Cache-Control': pathname.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
  })
  response.end(readFileSync(file))
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  sendText(response, status, JSON.stringify(body))
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' })
  response.end(text)
}

const statusByCode: Record<string, number> = {
  invalid_input: 400,
  invalid_json: 400,
  body_too_large: 413,
  forbidden_origin: 403,
  not_found: 404,
  not_built: 404,
}

function sendProblem(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  const problem = isSiteError(error)
    ? { code: error.code, title: error.hint, hint: error.hint }
    : { code: 'internal', title: 'The demo could not do that.', hint: String(error) }
  const status = statusByCode[problem.code] ?? (problem.code === 'internal' ? 500 : 409)
  response.writeHead(status, { 'Content-Type': 'application/problem+json' })
  response.end(JSON.stringify({ type: 'about:blank', status, ...problem }))
}

function refusal(code: string, hint: string): SiteError {
  return new SiteError({ code, op: 'panel', hint, retryable: false })
}
