import { expect, it } from 'vitest'
import { csv } from './csv.ts'

it('quotes separators, quotes and line ends', () => {
  expect(csv(['a', 'b'], [['x,y', 'he said "no"\nand left']])).toBe(
    'a,b\r\n"x,y","he said ""no""\nand left"\r\n',
  )
})

it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1'])(
  'disarms %j, which a spreadsheet would run',
  (text) => {
    const [, line] = csv(['a'], [[text]]).split('\r\n')
    expect(line?.replace(/^"/, '').startsWith("'")).toBe(true)
  },
)

it('leaves negative numbers numbers', () => {
  expect(csv(['a'], [[-5, null]])).toBe('a\r\n-5,\r\n')
})
