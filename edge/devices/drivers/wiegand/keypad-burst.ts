import { err, ok, type Result } from '@gatehouse/shared/result/result'

const keys = '0123456789*#'

/**
 * The key of a keypad that sends each press by itself: 4 bits are its number, 8 bits are its number after the same bits
 * turned round. 10 is `*`, 11 is `#`. Refuses `key_check` for halves that do not match and `key_unknown` for 12 to 15;
 * undefined for any other count of bits, which is a card.
 */
export function keyOfBurst(
  bits: readonly (0 | 1)[],
): Result<string, 'key_check' | 'key_unknown'> | undefined {
  if (bits.length !== 4 && bits.length !== 8) return undefined
  const value = (part: readonly (0 | 1)[]) => part.reduce<number>((sum, bit) => sum * 2 + bit, 0)
  const number = value(bits.slice(-4))
  if (bits.length === 8 && value(bits.slice(0, 4)) !== 15 - number) return err('key_check')
  const key = keys[number]
  return key === undefined ? err('key_unknown') : ok(key)
}
