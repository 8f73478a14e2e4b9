import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as ids from '@gatehouse/shared/ids/ids'
import { cloudKeys } from '@gatehouse/shared/passes/testing/sample-passes'
import { SeededRandom } from '@gatehouse/shared/random/random'
import type { EntryBody, EntryType } from '@gatehouse/shared/wire/v1/entries'
import type { LoanEnd, LoanTerms, SoldBooking } from '@gatehouse/shared/wire/v1/loans'
import { accessModule } from '../../access/access-module.ts'
import { passKnowledge } from '../../access/pass-keys.ts'
import { accessBookings } from '../../bookings/booking-lookup.ts'
import {
  type BookingSite,
  friday10,
  hour,
  minute,
  openBookingSite,
} from '../../bookings/testing/booking-site.ts'
import type { EffectHandler } from '../../ledger/effects.ts'
import { readEntries } from '../../ledger/entry-store.ts'
import type { KernelOptions } from '../../ledger/kernel.ts'
import type { AppliedRow, Directory } from '../../sync/directory.ts'
import { bookingOfPass } from '../adopt-pass.ts'
import { AskBack } from '../ask-back.ts'
import { DirectorySales } from '../directory-sales.ts'
import { LendingRounds } from '../lending-round.ts'

/** A coworking site that can lend, and the cloud's side of the wire in the hands of the test. */
export interface LoanSite extends BookingSite {
  readonly sales: DirectorySales
  /** Rows that could not be carried out: code and key. */
  readonly refused: string[]
  readonly grant: (change?: Partial<LoanTerms>) => Promise<unknown>
  readonly recall: (...loanIds: string[]) => Promise<unknown>
  /** Brings rows at the next places, as one change of the directory; `replace` as a whole new copy. */
  readonly bring: (rows: readonly Pick<AppliedRow, 'kind' | 'key' | 'body'>[], replace?: boolean) => void
  /** Whether the cloud is heard; tests set it. */
  readonly link: { state: { state: 'live' | 'offline'; sinceMs: number } }
  readonly rounds: LendingRounds
  /** Strikes that were released. */
  readonly strikes: string[]
  readonly submit: (kind: string, input: object) => Promise<unknown>
  /** The bodies of the entries of a type, in order. */
  readonly entries: <T extends EntryType>(type: T) => EntryBody<T>[]
}

/** Elm from 11:00 to 15:00 of that Friday, sold by the cloud until 14:00. */
export const elmTerms: LoanTerms = {
  loanId: ids.loanIdSchema.parse('ln_elm'),
  spaceId: ids.spaceIdSchema.parse('elm'),
  fromMs: friday10 + hour,
  toMs: friday10 + 5 * hour,
  sellUntilMs: friday10 + 4 * hour,
  epoch: 1,
}

/** A paid hour of Elm from noon on, with its gap, sold in the loan above. */
export const elmSale: SoldBooking = {
  status: 'confirmed',
  loanIds: [elmTerms.loanId],
  spaceId: elmTerms.spaceId,
  holder: { kind: 'member', memberId: ids.memberIdSchema.parse('m-1') },
  reference: 'HH-C7A4D',
  fromMs: friday10 + 2 * hour,
  toMs: friday10 + 3 * hour,
  blockToMs: friday10 + 3 * hour + 15 * minute,
  price: {
    currency: 'EUR',
    lines: [],
    totalMinor: 1200,
    taxMinor: 192,
    taxRatePercent: 19,
    tariffId: ids.tariffIdSchema.parse('rooms'),
    tariffVersion: 1,
    tzdataVersion: '2025c',
  },
  payments: [{ paymentId: ids.paymentIdSchema.parse('pay_cloud_1'), method: 'card', amountMinor: 1200 }],
}

/** The row that ends the loan above and names what stays sold in it. */
export function endOf(terms: LoanTerms, change: Partial<LoanEnd> = {}): LoanEnd {
  const { spaceId, fromMs, toMs } = terms
  return { reason: 'return', spaceId, fromMs, toMs, kept: [], freed: [], ...change }
}

/** Opens the site on a real SQLite file. */
export function openLoanSite(folder = mkdtempSync(join(tmpdir(), 'loans-'))): LoanSite {
  const asking: { back?: AskBack } = {}
  const strikes: string[] = []
  const site = openBookingSite(
    folder,
    undefined,
    async (wanted) => asking.back?.ask(wanted),
    (directory) => doors(directory, strikes),
  )
  const refused: string[] = []
  const { kernel, directory, db, clock } = site
  const link: LoanSite['link'] = { state: { state: 'live', sinceMs: 0 } }
  const rounds = new LendingRounds({ kernel, directory, clock, random: new SeededRandom(5), link })
  asking.back = new AskBack({
    ...{ kernel, directory, clock, link },
    onWanted: (spaceId) => rounds.noteSiteOverLent(spaceId),
    // The cloud of a test answers at once or never.
    wait: () => new Promise((resolve) => setImmediate(resolve)),
  })
  const sales = new DirectorySales({
    kernel,
    directory,
    onRefused: (reason, row) => refused.push(`${reason} ${row}`),
  })
  let keys = 0
  const submit = async (kind: string, input: object) => {
    keys += 1
    const key = `test-${kernel.head.seq}-${keys}`
    const outcome = await kernel.submit({ kind, caller: 'system', key, input })
    return outcome.ok ? outcome.value : { refused: outcome.refusal.code }
  }
  return {
    ...site,
    ...{ sales, refused, link, rounds, strikes },
    submit,
    grant: (change = {}) => submit('grantLoan', { ...elmTerms, ...change }),
    recall: (...loanIds) => submit('recallLoans', { loanIds, reason: 'kiosk' }),
    bring: (rows, replace = false) => {
      const { epoch, rev } = directory.position()
      const placed = rows.map((row, at) => ({ ...row, epoch, rev: rev + at + 1 }))
      const position = { epoch, rev: rev + rows.length, handle: undefined, offset: String(rev + rows.length) }
      directory.apply(placed, position, replace)
    },
    entries: (type) =>
      readEntries(db, { incarnation: 1, afterSeq: 0, limit: 10_000 })
        .map(({ text }) => JSON.parse(text))
        .filter((entry) => entry.type === type)
        .map(({ body }) => body),
  }
}

/** Doors that believe passes of the test's cloud; each release is noted. */
function doors(directory: Directory, strikes: string[]): Pick<KernelOptions, 'modules' | 'effects'> {
  const access = accessModule({
    directory,
    bookingsOf: (db, memberId, atMs) => accessBookings(db, directory, { memberId, atMs }),
    directoryAgeMs: () => 0,
    passes: passKnowledge(directory, {
      cloudPublicKey: Buffer.from(cloudKeys.publicKey).toString('base64url'),
    }),
    bookingOfPass: (db, pass, atMs) => bookingOfPass(directory, db, pass, atMs),
  })
  const strike: EffectHandler = {
    kind: 'strike',
    afterCrash: 'unknown',
    perform: async ({ body }) => {
      strikes.push(String(body.deviceId))
      return { outcome: 'done' }
    },
  }
  return { modules: [access], effects: [strike] }
}
