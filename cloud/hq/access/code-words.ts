import type { Translate } from '@gatehouse/shared/ui/language.ts'
import { accessEn } from '../words/access-words.ts'

type AccessTranslate = Translate<keyof typeof accessEn>
type AccessWord = Parameters<AccessTranslate>[0]

const isWord = (key: string): key is AccessWord => Object.hasOwn(accessEn, key)

/** The sentence for a code of a site, `access.reason` + `no_right`; codes of later sites stay as they are. */
export function codeWords(t: AccessTranslate, family: string, code: string): string {
  const key = `${family}.${code}`
  return isWord(key) ? t(key) : code
}

/** The codes of a family that have words, for a choice. */
export function codesOf(family: string): readonly string[] {
  return Object.keys(accessEn)
    .filter((key) => key.startsWith(`${family}.`))
    .map((key) => key.slice(family.length + 1))
}
