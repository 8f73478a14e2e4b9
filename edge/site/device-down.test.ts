import { expect, it } from 'vitest'
import { isDown } from './device-down.ts'

it.each([
  ['answers', { online: true, heardMs: 5 }, false, false],
  ['does not answer', { online: false }, false, true],
  ['fell silent', { online: false, heardMs: 5 }, false, true],
  ['was not heard since the site started', { online: false, awaited: true }, false, false],
  ['is a screen that nobody opened', { online: false }, true, false],
  ['is a screen that was closed', { online: false, heardMs: 5 }, true, true],
])('a device that %s', (_what, status, callsUs, down) => {
  expect(isDown(status, callsUs)).toBe(down)
})
