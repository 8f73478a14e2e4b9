import type { Translate } from '@gatehouse/shared/ui/language.ts'
import { en } from '../words/en.ts'

type HqWord = keyof typeof en
type Line = Extract<HqWord, `books.line.${string}`>
type Part = Extract<HqWord, `books.part.${string}`>

const isLine = (key: string): key is Line => Object.hasOwn(en, key)
const isPart = (key: string): key is Part => Object.hasOwn(en, key)

/**
 * Says what a line of the books compares: `bookings confirmed` → "Bookings: confirmed",
 * `takings EUR cash` → "Takings: EUR, cash". Words this version does not know stay as they are.
 */
export function lineName(what: string, t: Translate<HqWord>): string {
  const [first = '', ...rest] = what.split(' ')
  const key = `books.line.${first}`
  if (!isLine(key)) return what
  const parts = rest.map((part) => {
    const partKey = `books.part.${part}`
    return isPart(partKey) ? t(partKey) : part
  })
  return parts.length === 0 ? t(key) : `${t(key)}: ${parts.join(', ')}`
}
