import { assertNever } from '../result/result.ts'
import { blockInside, isAtOrBefore, sameBlock } from './block.ts'
import type { CloudLoanCommand } from './cloud-command.ts'
import type { KnownCloudLoan, Sale } from './cloud-loan.ts'

type Settled = Extract<CloudLoanCommand, { kind: 'settleSale' }>

/**
 * Takes over what the site made of a booking's row: its word stands. Blocks that rows up to this one gave up are free
 * again, but where the holder was there first (`too_late`). Answers to rows before the booking's last one change only
 * what those gave up.
 */
export function settleSale<L extends KnownCloudLoan>(loan: L, settled: Settled): L {
  const { bookingId, outcome, position } = settled
  switch (outcome) {
    case 'taken':
    case 'known':
    case 'freed':
      return { ...loan, freed: stillFreed(loan, settled) }
    case 'too_late':
      return standAsTheSiteSays(loan, settled)
    case 'displaced': {
      const isDisplaced = (sale: Sale) =>
        sale.bookingId === bookingId && isAtOrBefore(sale.position, position)
      return {
        ...loan,
        sales: loan.sales.filter((sale) => !isDisplaced(sale)),
        freed: stillFreed(loan, settled),
      }
    }
    default:
      return assertNever(outcome)
  }
}

function stillFreed(loan: KnownCloudLoan, { bookingId, position }: Settled) {
  return loan.freed.filter((one) => one.bookingId !== bookingId || !isAtOrBefore(one.position, position))
}

// Final: once the holder came, or the site ended the booking, it answers every later row of it alike.
function standAsTheSiteSays<L extends KnownCloudLoan>(loan: L, settled: Settled): L {
  const { bookingId, standing, position } = settled
  const gone = leaveSale(loan, bookingId)
  const known = [...loan.sales, ...loan.freed].filter((one) => one.bookingId === bookingId)
  // A booking may have moved between loans: its standing block is another one's then.
  if (standing === null || !known.some((block) => sameBlock(block, standing))) return gone
  if (!blockInside(standing, loan.terms)) return gone
  const { fromMs, blockToMs } = standing
  const sale: Sale = { bookingId, fromMs, blockToMs, status: 'confirmed', position }
  return { ...gone, sales: [...gone.sales, sale] }
}

/** Forgets all blocks of a booking that the site ended by itself; they may be sold again while the loan is open. */
export function leaveSale<L extends KnownCloudLoan>(loan: L, bookingId: string): L {
  return {
    ...loan,
    sales: loan.sales.filter((sale) => sale.bookingId !== bookingId),
    freed: loan.freed.filter((block) => block.bookingId !== bookingId),
  }
}
