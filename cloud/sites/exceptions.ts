import type { Transaction } from '../database/pool.ts'
import { type NewException, openException as raise } from '../exceptions/raise.ts'

/** Opens an exception for which both sides are in the entries themselves. Tells whether it is news. */
export function openException(tx: Transaction, found: Omit<NewException, 'sides'>): Promise<boolean> {
  return raise(tx, { ...found, sides: [] })
}
