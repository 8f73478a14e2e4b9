import { expect, it } from 'vitest'
import { callerAddress } from './address.ts'

const proxies = new Set(['10.0.0.1', '10.0.0.2'])

it('believes the socket, not a header, when no proxy of ours sent the request', () => {
  expect(callerAddress('203.0.113.9', '198.51.100.1', proxies)).toBe('203.0.113.9')
})

it('believes a trusted proxy up to the first address that is not one', () => {
  expect(callerAddress('::ffff:10.0.0.1', '1.2.3.4, 198.51.100.7, 10.0.0.2', proxies)).toBe('198.51.100.7')
})

it('falls back to the proxy when it names nobody', () => {
  expect(callerAddress('10.0.0.1', undefined, proxies)).toBe('10.0.0.1')
})
