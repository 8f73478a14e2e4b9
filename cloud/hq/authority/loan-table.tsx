import type { AuthorityView } from '@gatehouse/shared/api/authority-view'
import { type ChipState, StateChip } from '@gatehouse/shared/ui/state-chip.tsx'
import { IntervalText, RelativeTime, TimeText } from '@gatehouse/shared/ui/time-text.tsx'
import type { ReactNode } from 'react'
import { ScrollBox } from '../frame/scroll-box.tsx'
import { useAuthorityWords } from './words/words.ts'

type Loan = AuthorityView['loans'][number]
type Standing = Loan['standing'] | 'sell_until_passed'

const chips: Readonly<Record<Standing, ChipState>> = {
  cloud_sells: 'free',
  sell_until_passed: 'held',
  recalled: 'held',
  end_on_its_way: 'held',
  grant_on_its_way: 'held',
  site_restored: 'out',
  cloud_restored: 'out',
}

/** Past the cut-off nobody sells, until the site has the end of the loan. */
function standingNow({ standing, sellUntilMs }: Loan, nowMs: number): Standing {
  return standing === 'cloud_sells' && nowMs >= sellUntilMs ? 'sell_until_passed' : standing
}

/** The loans of a site: space, time, until when the cloud sells, who sells now, what was sold, and how old the right is. */
export function LoanTable(props: { readonly view: AuthorityView; readonly timeZone: string }): ReactNode {
  const t = useAuthorityWords()
  const { view, timeZone } = props
  const names = new Map(view.spaces.map(({ spaceId, name }) => [spaceId, name]))
  const sold = view.loans.reduce((sum, loan) => sum + loan.sold, 0)
  return (
    <>
      <p>{t('summary', { count: view.loans.length, sold })}</p>
      <ScrollBox className="gh-card" label={t('table')}>
        <table className="hq-table hq-stack">
          <thead>
            <tr>
              <th scope="col">{t('space')}</th>
              <th scope="col">{t('lentFor')}</th>
              <th scope="col">{t('seller')}</th>
              <th scope="col">{t('soldUntil')}</th>
              <th scope="col" className="number">
                {t('sold')}
              </th>
              <th scope="col">{t('age')}</th>
            </tr>
          </thead>
          <tbody>
            {view.loans.map((loan) => {
              const standing = standingNow(loan, view.nowMs)
              return (
                <tr key={loan.loanId} data-loan={loan.loanId}>
                  <th scope="row">{names.get(loan.spaceId) ?? loan.spaceId}</th>
                  <td>
                    <IntervalText fromMs={loan.fromMs} toMs={loan.toMs} timeZone={timeZone} />
                  </td>
                  <td>
                    <StateChip state={chips[standing]}>{t(`standing.${standing}`)}</StateChip>
                  </td>
                  <td data-label={t('soldUntil')}>
                    <TimeText ms={loan.sellUntilMs} timeZone={timeZone} style="dateTime" />
                  </td>
                  <td className="number" data-label={t('sold')}>
                    {loan.sold}
                  </td>
                  <td data-label={t('age')}>
                    {loan.sinceMs === undefined ? '–' : <RelativeTime ms={loan.sinceMs} />}
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </ScrollBox>
    </>
  )
}
