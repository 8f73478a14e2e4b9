import fc from 'fast-check'
import { expect, test } from 'vitest'
import { digestAnswer, digestChallenge } from './http-digest.ts'

// The example of RFC 7616 §3.9.1.
const nonce = '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v'
const opaque = 'FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS'
const offer = (algorithm: string) =>
  `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, nonce="${nonce}", opaque="${opaque}"`
const asked = {
  ...{ username: 'Mufasa', password: 'Circle of Life', method: 'GET', uri: '/dir/index.html', count: 1 },
  clientNonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
}
const answerTo = (header: string) => {
  const challenge = digestChallenge(header)
  return challenge ? digestAnswer({ ...asked, challenge }) : ''
}

test.each([
  ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
  ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
])('answers the published example with %s', (algorithm, response) => {
  const answer = answerTo(offer(algorithm))
  expect(answer).toContain(`response="${response}"`)
  for (const field of [`algorithm=${algorithm}`, 'nc=00000001', 'qop=auth', `opaque="${opaque}"`]) {
    expect(answer).toContain(field)
  }
})

test('answers the example of RFC 2069 as corrected, in which nothing is counted', () => {
  const challenge = digestChallenge(
    'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"',
  )
  const old = { username: 'Mufasa', password: 'CircleOfLife', method: 'GET', uri: '/dir/index.html' }
  expect(challenge && digestAnswer({ ...old, challenge, count: 1, clientNonce: 'x' })).toContain(
    'response="1949323746fe6a43ef61f9606e7febea"',
  )
})

test('prefers the stronger of several challenges, in one header or in several', () => {
  expect(digestChallenge(`${offer('MD5')}, Basic realm="x", ${offer('SHA-256')}`)).toMatchObject({
    algorithm: 'SHA-256',
    nonce,
  })
  expect(digestChallenge('Basic realm="x"')).toBeUndefined()
})

test.each([
  ['an algorithm that nobody knows', offer('SHA-512-256')],
  ['a quality that needs the body', offer('MD5').replace('auth, auth-int', 'auth-int')],
  ['no nonce', 'Digest realm="x", qop="auth"'],
  ['an empty nonce', 'Digest realm="x", nonce="", qop="auth"'],
  ['nothing', ''],
])('finds nothing to answer in a challenge with %s', (_what, header) => {
  expect(digestChallenge(header)).toBeUndefined()
})

test('quotes what it repeats, and reads what was quoted', () => {
  const challenge = digestChallenge('Digest realm="a \\"b\\" \\\\c", nonce="n", qop=auth, stale=TRUE')
  expect(challenge).toMatchObject({ realm: 'a "b" \\c', stale: true })
  expect(challenge && digestAnswer({ ...asked, challenge })).toContain('realm="a \\"b\\" \\\\c"')
})

test('no header makes it throw or run away', () => {
  fc.assert(fc.property(fc.string({ maxLength: 500 }), (text) => void digestChallenge(`Digest ${text}`)))
  digestChallenge(`Digest ${'a="b",'.repeat(100_000)}`)
  digestChallenge(`Digest a="${'\\"'.repeat(100_000)}`)
})
