import type { ActDetail, ActView } from '@gatehouse/shared/api/audit-view'
import { formatMoney, formatTime } from '@gatehouse/shared/ui/format.ts'
import { useLanguage } from '@gatehouse/shared/ui/language.ts'
import { useQuery } from '@tanstack/react-query'
import { auditSummaryQuery } from './queries.ts'
import { namedWord, useAuditWords } from './words/words.ts'

type DetailValue = ActDetail[string]

/** One field of an act's details: what it was and what it became. */
export interface DetailLine {
  readonly name: string
  readonly before?: DetailValue | undefined
  readonly after?: DetailValue | undefined
  /** Of an amount, when the act names it. */
  readonly currency?: string | undefined
}

const briefLinesMax = 3
const briefIdsMax = 3
/** What every site is told of. */
const atEverySite: ReadonlySet<string> = new Set(['plan', 'member', 'credential'])

/**
 * The fields of an act's details in the order in which they were written; lists without members are left out, and a
 * currency is part of its amounts.
 */
export function detailLines({ before = {}, after = {} }: Pick<ActView, 'before' | 'after'>): DetailLine[] {
  const names = [...new Set([...Object.keys(after), ...Object.keys(before)])]
  const currency = names.some(isAmount) ? (after.currency ?? before.currency) : undefined
  return names
    .filter((name) => name !== 'currency' || currency === undefined)
    .map((name) => ({
      ...{ name, before: before[name], after: after[name] },
      currency: isAmount(name) && typeof currency === 'string' ? currency : undefined,
    }))
    .filter((line) => !(isEmpty(line.before) && isEmpty(line.after)))
}

const isAmount = (name: string) => name.endsWith('Minor')

function isEmpty(value: DetailValue | undefined): boolean {
  return value === undefined || (Array.isArray(value) && value.length === 0)
}

/** Whether a field says something new: it has no former value, or another one. */
function isChange({ before, after }: DetailLine): boolean {
  return JSON.stringify(before) !== JSON.stringify(after)
}

/** Writes the parts of an act in the viewer's language; names that this page does not know stay as they are. */
export function useActText() {
  const t = useAuditWords()
  const { locale } = useLanguage()
  const sites = useQuery(auditSummaryQuery).data?.sites ?? []
  const word = (family: string, name: string, values?: Record<string, string>) => {
    const key = namedWord(family, name)
    return key === undefined ? undefined : t(key, values)
  }
  const siteNamed = (id: unknown) => sites.find((site) => site.id === id)?.name ?? id
  const value = (line: DetailLine, side: 'before' | 'after', idsMax = Number.POSITIVE_INFINITY): string => {
    const { name, currency, [side]: of } = line
    if (of === undefined || isEmpty(of)) return '–'
    const named = typeof of === 'string' ? word(name, of) : undefined
    if (named !== undefined) return named
    if (name.endsWith('Ms') && typeof of === 'number') return formatTime(of, locale, 'fullDateTime')
    if (currency !== undefined && typeof of === 'number') return formatMoney(of, currency, locale)
    if (typeof of === 'number') return of.toLocaleString(locale)
    if (Array.isArray(of)) {
      const members = name === 'siteIds' ? of.map(siteNamed) : of
      return members.slice(0, idsMax).join(', ') + (of.length > idsMax ? ' …' : '')
    }
    return typeof of === 'object' ? JSON.stringify(of) : String(of)
  }
  const field = (name: string) => word('field', name) ?? name
  const brief = (act: ActView) =>
    detailLines(act)
      .filter((line) => isChange(line) && line.name !== 'sites')
      .slice(0, briefLinesMax)
      .map((line) => {
        const young = value(line, 'after', briefIdsMax)
        return line.before === undefined
          ? `${field(line.name)}: ${young}`
          : `${field(line.name)}: ${value(line, 'before', briefIdsMax)} → ${young}`
      })
      .join(' · ')
  const actor = ({ actor: { kind, id, role }, actorName }: ActView) => {
    const name = actorName ?? word('actor', kind, { id }) ?? id
    return role === undefined ? name : `${name} (${word('role', role) ?? role})`
  }
  return {
    act: (code: string) => word('act', code) ?? code,
    subject: ({ subject: { kind, id }, subjectName: name = id }: ActView) =>
      word('subject', kind, { id: name }) ?? `${kind} ${name}`,
    site: ({ siteId, siteName, subject }: ActView) =>
      siteName ?? siteId ?? (atEverySite.has(subject.kind) ? t('allSites') : '–'),
    ...{ actor, brief, field, value },
  }
}
