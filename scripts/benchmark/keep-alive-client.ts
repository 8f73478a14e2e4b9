import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

const headEnd = '\r\n\r\n'
/** An answer that grows beyond this is not one that the benchmark asks for. */
const answerBytesMax = 64 * 1024

interface Waiting {
  readonly resolve: (status: number) => void
  readonly reject: (cause: Error) => void
}

/**
 * One HTTP/1.1 connection that is kept open: it sends the bytes of a whole request, then reads one whole answer by its
 * `Content-Length` before the next. It shares the cores with the edge, and is therefore kept
 * cheaper than Node.js' own client.
 */
export class KeepAliveClient {
  readonly #socket: Socket
  #read = ''
  #waiting: Waiting | undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    // Latin-1 keeps one character per byte, so that lengths can be compared.
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => this.#take(text))
    socket.once('error', (cause) => this.#fail(cause))
    socket.once('close', () => this.#fail(new RangeError('the edge closed the connection')))
  }

  /** Connects to a port of this machine. */
  static async to(port: number): Promise<KeepAliveClient> {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true })
    await once(socket, 'connect')
    return new KeepAliveClient(socket)
  }

  /** Sends a request (head and body) and resolves with the status once the whole answer has been read. */
  send(request: string): Promise<number> {
    if (this.#waiting) throw new TypeError('one request at a time')
    if (this.#socket.destroyed) return Promise.reject(new RangeError('the edge closed the connection'))
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
      this.#socket.write(request)
    })
  }

  close(): void {
    this.#waiting = undefined
    this.#socket.destroy()
  }

  #take(text: string): void {
    this.#read += text
    const end = this.#read.indexOf(headEnd)
    if (end < 0) return
    const head = this.#read.slice(0, end)
    const status = /^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1]
    const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1]
    const bytes = end + headEnd.length + Number(length)
    if (status === undefined || length === undefined || bytes > answerBytesMax) {
      this.#fail(new RangeError(`an answer cannot be read: ${head}`))
    } else if (this.#read.length > bytes) {
      this.#fail(new RangeError('an answer is longer than it says'))
    } else if (this.#read.length === bytes) {
      const waiting = this.#waiting
      this.#read = ''
      this.#waiting = undefined
      waiting?.resolve(Number(status))
    }
  }

  #fail(cause: Error): void {
    this.#waiting?.reject(cause)
    this.#waiting = undefined
    this.#socket.destroy()
  }
}

/** The bytes of `POST path` with a JSON body of ASCII characters. */
export function postRequest(path: string, headers: Readonly<Record<string, string>>, body: string): string {
  const lines = Object.entries({ ...headers, 'content-length': String(body.length) })
  return `POST ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`
}
