import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseXml } from './xml.ts'

test('reads elements by local name, the first of several, text and CDATA', () => {
  const text =
    '<?xml version="1.0"?><n:a xmlns:n="urn:x" id="7"><b> 1 </b><b>2</b><c><![CDATA[<d>]]></c></n:a>'
  expect(parseXml(text)).toEqual({ a: { b: '1', c: '<d>' } })
  expect(parseXml('<a>x &amp; y</a>')).toEqual({ a: 'x & y' })
})

const laughs = `<!DOCTYPE l [<!ENTITY a "${'ha'.repeat(50)}"><!ENTITY b "${'&a;'.repeat(50)}">]><l>&b;</l>`

test.each([
  ['entities that grow', laughs],
  ['a document type', '<!DOCTYPE a><a/>'],
  ['an entity of a file', '<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]><a>&f;</a>'],
  ['an entity that nobody declared', '<a>&b;</a>'],
  ['an open element', '<a><b></b>'],
  ['crossed elements', '<a><b></a></b>'],
  ['no element', 'plate'],
  ['nothing', ''],
  ['depth without end', '<a>'.repeat(10_000)],
  ['more elements than a message has', `<a>${'<b/>'.repeat(6_000)}</a>`],
])('refuses %s', (_what, text) => {
  expect(parseXml(text)).toBeUndefined()
})

test('names that every object has are only names', () => {
  expect(parseXml('<a><__proto__>1</__proto__><constructor>2</constructor></a>')).toMatchObject({
    a: { constructor: '2' },
  })
  expect(({} as Record<string, unknown>).polluted).toBeUndefined()
})

test('never throws, wherever it is cut and whatever comes', () => {
  const whole = '<?xml version="1.0"?><a x="1"><b>&lt;1</b><!-- c --><c><![CDATA[d]]></c></a>'
  for (let end = 0; end < whole.length; end += 1) expect(parseXml(whole.slice(0, end))).toBeUndefined()
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      parseXml(text)
      parseXml(`<a>${text}</a>`)
    }),
  )
})
