import { expect, test } from 'vitest'
import { nodeAes } from './aes.ts'
import { encodeCommand, type OsdpCommand } from './commands.ts'
import { encodeFrame } from './frame.ts'
import {
  decryptData,
  defaultKey,
  encryptData,
  frameMac,
  initialReplyMac,
  isWeakKey,
  panelCryptogram,
  readerCryptogram,
  sessionKeys,
  startsWith,
} from './secure-channel.ts'

const hex = (text: string) => Uint8Array.from(Buffer.from(text.replace(/[^0-9a-f]/gi, ''), 'hex'))
const toHex = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString('hex')

test('session keys, cryptograms and first MAC are those of the specification (annex E)', () => {
  const randoms = { panel: hex('b0b1b2b3b4b5b6b7'), reader: hex('a0a1a2a3a4a5a6a7') }
  const keys = sessionKeys(nodeAes, defaultKey, randoms.panel)
  expect(toHex(keys.mac1)).toBe('5e86c676603bdee2d8beafe178637332')
  expect(toHex(keys.mac2)).toBe('6fda86e857777e81132035758239172e')
  expect(toHex(keys.encryption)).toBe('bf8dc2a8329acb8c67c6d0cd9a451682')
  const proof = panelCryptogram(nodeAes, keys, randoms)
  expect(toHex(proof)).toBe('26d3356e07762d262801fc8e6665a891')
  expect(toHex(readerCryptogram(nodeAes, keys, randoms))).toBe('fde5d2f428ec16312471ea3c02bd7796')
  expect(toHex(initialReplyMac(nodeAes, keys, proof))).toBe('b2a30057eb98ba2229ec1f875662b524')
})

// NIST SP 800-38A F.2.1 and the values that libosdp's tests derive from it.
const nistKey = hex('2b7e151628aed2a6abf7158809cf4f3c')
const nistIv = hex('000102030405060708090a0b0c0d0e0f')
const nistKeys = { encryption: nistKey, mac1: nistKey, mac2: nistKey }
const nistPlain = hex(
  '6bc1bee22e409f96e93d7e117393172a ae2d8a571e03ac9c9eb76fac45af8e51 30c81c46a35ce411e5fbc1191a0a52ef f69f2445df4f9b17ad2b417be66c3710',
)

test('a MAC is the last block of the chain, with whole and with started blocks', () => {
  const mac = (bytes: Uint8Array) => toHex(frameMac(nodeAes, nistKeys, nistIv, bytes))
  expect(mac(nistPlain.subarray(0, 16))).toBe('7649abac8119b246cee98e9b12e9197d')
  expect(mac(nistPlain)).toBe('3ff1caa1681fac09120eca307586e1a7')
  expect(mac(hex('000102030405060708090a0b0c0d0e'))).toBe('c5311f3d23d086ea86f5ee7f85247b40')
})

test.each([
  ['', '4c08220c79d9191022dc6674874ceaf8'],
  ['000102030405060708090a0b0c0d0e', 'c5311f3d23d086ea86f5ee7f85247b40'],
  ['000102030405060708090a0b0c0d0e0f', '7df76b0c1ab899b33e42f047b91b546fe2fe5bd6c1dfcdd19124f03e1a134d3b'],
])('data %s is encrypted and decrypted', (plain, encrypted) => {
  const otherMac = nistIv.map((byte) => ~byte)
  expect(toHex(encryptData(nodeAes, nistKeys, otherMac, hex(plain)))).toBe(encrypted)
  expect(toHex(decryptData(nodeAes, nistKeys, otherMac, hex(encrypted)))).toBe(plain)
})

test('data that is cut off or not filled up as it must be is refused', () => {
  const unmarked = nodeAes.encryptCbc(
    nistKey,
    nistIv.map((byte) => ~byte),
    new Uint8Array(16),
  )
  for (const data of [new Uint8Array(0), new Uint8Array(15), unmarked]) {
    expect(decryptData(nodeAes, nistKeys, nistIv, data)).toBeUndefined()
  }
})

// Whole frames of OSDP.Net's tests: every key and the last reply MAC are zero.
const zero = new Uint8Array(16)
const zeroKeys = { encryption: zero, mac1: zero, mac2: zero }

test.each<readonly [OsdpCommand, string]>([
  [{ kind: 'poll' }, '53-00-0E-00-0E-02-15-60-4B-32-76-77-73-B6'],
  [
    { kind: 'setCommunication', address: 1, baudRate: 9600 },
    '53-00-1E-00-0E-02-17-6E-AC-A3-C2-FF-E4-D9-E5-99-CD-77-1B-8E-F3-D1-3F-23-FA-AB-63-4E-08-95',
  ],
  [
    { kind: 'capabilities' },
    '53-00-1E-00-0E-02-17-62-D1-4E-B7-AD-98-2C-C5-F9-AA-25-31-8A-7E-AE-D6-26-0F-6A-2A-A7-38-70',
  ],
  [
    { kind: 'setKey', key: hex('00 01 02 03 04 05 06 07 00 01 02 03 04 05 06 07') },
    '53-00-2E-00-0E-02-17-75-F0-DD-EC-9A-0E-D8-CE-4C-80-BA-F5-D5-5C-18-43-6F-91-89-FD-66-C9-F2-23-DC-04-14-86-D8-33-57-DF-98-6C-1D-4B-C2-B2-F2',
  ],
])('a secured %o is the published frame', (command, frame) => {
  const { code, data } = encodeCommand(command)
  const encrypted = data.length > 0 ? encryptData(nodeAes, zeroKeys, zero, data) : data
  const security = { type: data.length > 0 ? 0x17 : 0x15, data: new Uint8Array(0) }
  const parts = {
    address: 0,
    fromReader: false,
    sequence: 2,
    check: 'crc',
    security,
    code,
    data: encrypted,
  } as const
  const written = encodeFrame(parts, (covered) => frameMac(nodeAes, zeroKeys, zero, covered))
  expect(toHex(written)).toBe(toHex(hex(frame)))
})

test('keys that are tried first are weak', () => {
  const weak = [
    '30313233343536373839 3a3b3c3d3e3f',
    '00'.repeat(16),
    'ff'.repeat(16),
    '0f0e0d0c0b0a09080706050403020100',
  ]
  for (const key of [...weak, '0001020304050607'.repeat(2), '0011'.repeat(8), 'aabb']) {
    expect(isWeakKey(hex(key))).toBe(true)
  }
  expect(isWeakKey(nistKey)).toBe(false)
})

test('a comparison takes no empty or longer part', () => {
  expect(startsWith(hex('0102'), hex('01'))).toBe(true)
  expect(startsWith(hex('0102'), hex('0103'))).toBe(false)
  expect(startsWith(hex('0102'), hex(''))).toBe(false)
  expect(startsWith(hex('01'), hex('0100'))).toBe(false)
})
