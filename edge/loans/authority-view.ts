import type { AuthorityView } from '@gatehouse/shared/api/authority-view'
import type { Interval } from '@gatehouse/shared/calendar/opening'
import { authorityOver, standingOnSite } from '@gatehouse/shared/loans/authority'
import type { Kernel } from '../ledger/kernel.ts'
import { acknowledgedHead } from '../sync/upload-position.ts'
import { loansWithSales } from './lending-pool.ts'
import { lendingStop, mayBeLent } from './lending-state.ts'
import type { LoanEnvironment } from './loan-commands.ts'
import { runningLoans } from './loan-store.ts'

/** What is asked: an interval, epoch ms, of one space or of all that are not combined. */
export interface AskedAuthority extends Interval {
  readonly spaceId?: string | undefined
  readonly nowMs: number
}

/** Who may sell what until when, as this site knows it (ARCHITECTURE §2). */
export function authorityView(
  { directory }: LoanEnvironment,
  kernel: Pick<Kernel, 'db' | 'incarnation' | 'sells'>,
  asked: AskedAuthority,
): AuthorityView {
  const { db, incarnation } = kernel
  const { fromMs, toMs, nowMs } = asked
  const acknowledged = acknowledgedHead(db, incarnation).seq
  const { epoch } = directory.position()
  const sold = loansWithSales(db, 0)
  const loans = runningLoans(db, { fromMs, toMs })
    .filter(({ terms }) => asked.spaceId === undefined || terms.spaceId === asked.spaceId)
    .flatMap((loan) => {
      const { stated } = loan
      const reached = stated.incarnation === incarnation && stated.seq <= acknowledged
      return standingOnSite(loan, { acknowledged: reached, epoch }) ?? []
    })
  const spaces = [...directory.all('space')]
    .filter(
      ([id, { bookable, parts = [] }]) => bookable && parts.length === 0 && (asked.spaceId ?? id) === id,
    )
    .sort(([a], [b]) => (a < b ? -1 : 1))
  const never = new Set(spaces.filter(([id]) => !mayBeLent(db, directory, id)).map(([id]) => id))
  const siteStopped = whyStopped(kernel)
  const context = { nowMs, loans, never, ...(siteStopped ? { siteStopped } : {}) }
  return {
    ...{ siteId: directory.siteId, fromMs, toMs, nowMs, asSeenBy: 'site' as const },
    ...(siteStopped ? { siteStopped } : {}),
    spaces: spaces.map(([spaceId, { name }]) => ({
      ...{ spaceId, name },
      spans: authorityOver({ spaceId, fromMs, toMs }, context),
    })),
    loans: loans
      .map((loan) => ({ ...loan, sold: sold.get(loan.loanId) ?? 0 }))
      .sort((a, b) => a.fromMs - b.fromMs || (a.spaceId < b.spaceId ? -1 : 1)),
  }
}

function whyStopped({ sells, db }: Pick<Kernel, 'sells' | 'db'>): AuthorityView['siteStopped'] {
  if (!sells) return 'site_fenced'
  return lendingStop(db) === undefined ? undefined : 'lending_stopped'
}
