import type { LiveMessage } from '@gatehouse/shared/api/views'
import { describe, expect, it } from 'vitest'
import { LiveHub } from './live-hub.ts'

type Changed = Extract<LiveMessage, { kind: 'changed' }>

class SlowSocket {
  readonly sent: LiveMessage[] = []
  closed = false
  readonly #pending: ((error?: Error) => void)[] = []

  send(text: string, done: (error?: Error) => void): void {
    this.sent.push(JSON.parse(text))
    this.#pending.push(done)
  }

  close(): void {
    this.closed = true
  }

  /** Lets everything that was handed over leave. */
  drain(error?: Error): void {
    for (const done of this.#pending.splice(0)) done(error)
  }
}

const change = (siteId: string, topic: Changed['topic'], ids: string[]): Changed => ({
  kind: 'changed',
  siteId,
  topic,
  ids,
})

describe('live hub', () => {
  it('greets, then sends a change at once', () => {
    const hub = new LiveHub()
    const socket = new SlowSocket()
    hub.add(socket, (message) => message, 7)
    hub.publish(change('a', 'plan', ['s1']))
    expect(socket.sent).toEqual([
      { kind: 'hello', nowMs: 7, answersBeats: true },
      change('a', 'plan', ['s1']),
    ])
  })

  it('merges what a slow screen did not take yet, per site and topic', () => {
    const hub = new LiveHub()
    const socket = new SlowSocket()
    hub.add(socket, (message) => message, 0)
    for (let index = 0; index < 50; index += 1) hub.publish(change('a', 'plan', [`s${index}`]))
    hub.publish(change('b', 'plan', ['x']))
    expect(socket.sent).toHaveLength(2)
    socket.drain()
    socket.drain()
    expect(socket.sent).toHaveLength(4)
    expect((socket.sent[2] as Changed).ids).toHaveLength(49)
    expect(socket.sent[3]).toEqual(change('b', 'plan', ['x']))
  })

  it('names no ids when more changed than a message holds', () => {
    const hub = new LiveHub()
    const socket = new SlowSocket()
    hub.add(socket, (message) => message, 0)
    for (let index = 0; index < 150; index += 1) hub.publish(change('a', 'plan', [`s${index}`]))
    socket.drain()
    expect((socket.sent[2] as Changed).ids).toEqual([])
  })

  it('sends a screen away whose queue is full', () => {
    const hub = new LiveHub()
    const socket = new SlowSocket()
    hub.add(socket, (message) => message, 0)
    for (let index = 0; index < 2_100; index += 1) hub.publish(change(`site-${index}`, 'plan', []))
    expect(socket.closed).toBe(true)
    expect(hub.size).toBe(0)
  })

  it('keeps from a screen what it may not know, and forgets a broken one', () => {
    const hub = new LiveHub()
    const mine = new SlowSocket()
    const broken = new SlowSocket()
    hub.add(mine, (message) => (message.siteId === 'mine' ? message : undefined), 0)
    hub.add(broken, (message) => message, 0)
    hub.publish(change('other', 'ledger', []))
    expect(mine.sent).toHaveLength(1)
    broken.drain(new TypeError('gone'))
    expect(hub.size).toBe(1)
  })
})
