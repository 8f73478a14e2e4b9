export type KeyboardLanguage = 'en' | 'de'
export type KeyboardKind = 'text' | 'plate' | 'code' | 'digits'

/** One key: a character to type, or something it does. `span` is its width in single keys. */
export type Key =
  | { readonly kind: 'character'; readonly character: string; readonly span: number }
  | { readonly kind: 'space' | 'shift' | 'erase'; readonly span: number }

const textRows: Record<KeyboardLanguage, readonly string[]> = {
  en: ['qwertyuiop', 'asdfghjkl-', "zxcvbnm'."],
  de: ['qwertzuiopü', 'asdfghjklöä', 'yxcvbnmß-.'],
}

const plateRows: Record<KeyboardLanguage, readonly string[]> = {
  en: ['1234567890', 'QWERTYUIOP', 'ASDFGHJKL', 'ZXCVBNM-'],
  de: ['1234567890', 'QWERTZUIOPÜ', 'ASDFGHJKLÖÄ', 'YXCVBNM-'],
}

const codeRows: Record<KeyboardLanguage, readonly string[]> = {
  en: plateRows.en,
  de: ['1234567890', 'QWERTZUIOP', 'ASDFGHJKL', 'YXCVBNM-'],
}

const digitRows = ['123', '456', '789']

function character(value: string): Key {
  return { kind: 'character', character: value, span: 1 }
}

function characters(row: string): Key[] {
  return Array.from(row, character)
}

/**
 * The rows of keys of a keyboard in the layout of a language.
 *
 * `shifted` gives capital letters and matters to `text` only; plates and codes are always capitals.
 */
export function keyboardRows(
  kind: KeyboardKind,
  language: KeyboardLanguage,
  shifted: boolean,
): readonly (readonly Key[])[] {
  switch (kind) {
    case 'digits':
      return [...digitRows.map(characters), [{ kind: 'erase', span: 1 }, character('0')]]
    case 'code':
      return withErase(codeRows[language].map(characters))
    case 'plate':
      return withErase(plateRows[language].map(characters))
    case 'text': {
      const rows = textRows[language].map((row) => characters(shifted ? capitals(row) : row))
      const last = rows.at(-1) ?? []
      return [
        ...rows.slice(0, -1),
        [{ kind: 'shift', span: 1 }, ...last, { kind: 'erase', span: 1 }],
        [{ kind: 'space', span: 6 }],
      ]
    }
  }
}

/** Capital letters without turning ß into two characters. */
function capitals(row: string): string {
  return Array.from(row, (one) => (one === 'ß' ? one : one.toUpperCase())).join('')
}

function withErase(rows: readonly (readonly Key[])[]): readonly (readonly Key[])[] {
  const last = rows.at(-1) ?? []
  return [...rows.slice(0, -1), [...last, { kind: 'erase', span: 2 }]]
}

/** What the text becomes when `key` is pressed; never longer than `lengthMax` characters. */
export function pressKey(text: string, key: Key, lengthMax: number): string {
  switch (key.kind) {
    case 'character':
      return append(text, key.character, lengthMax)
    case 'space':
      return text === '' || text.endsWith(' ') ? text : append(text, ' ', lengthMax)
    case 'erase':
      return Array.from(text).slice(0, -1).join('')
    case 'shift':
      return text
  }
}

function append(text: string, more: string, lengthMax: number): string {
  return Array.from(text).length >= lengthMax ? text : text + more
}

/** True when the next letter of a name should be a capital: at the start, after a space or a hyphen. */
export function startsWord(text: string): boolean {
  return text === '' || text.endsWith(' ') || text.endsWith('-')
}
