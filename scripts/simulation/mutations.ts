import type { Emphasis } from './run-seed.ts'

/** A change of one compiled file: `from` becomes `to`, wherever it stands. */
interface Edit {
  /** End of the path of the compiled file. */
  readonly file: string
  readonly from: string
  readonly to: string
}

/** A mistake that is planted from outside, to see whether the simulation finds it. */
export interface Mutation {
  readonly name: string
  readonly edits: readonly Edit[]
  /** What has to happen oftener than usual for this one to be found soon. */
  readonly emphasis?: Emphasis
  /** What happens one after the other, again and again, where chance alone would take long to find it. */
  readonly schedule?: readonly string[]
}

const openAnyLoan = `await tx.query(\`INSERT INTO loans (site_id, loan_id, space_id, from_ms, to_ms, sell_until_ms, terms_epoch, state,
  incarnation, granted_ms, changed_ms)
  SELECT $1, 'ln_planted_' || extract(epoch FROM now())::text || random()::text, $2, $3, $4, $4, 1, 'open', 1, 0, 0
  WHERE NOT EXISTS (SELECT 1 FROM loans WHERE site_id = $1 AND space_id = $2)\`,
  [asked.siteId, asked.spaceId, asked.fromMs, asked.toMs + 3600000]);`

const edgeReclaims = `kernel.db.prepare("UPDATE loans SET kind = 'ended' WHERE kind <> 'ended'"
  + " AND CAST(terms ->> 'sellUntilMs' AS INTEGER) <= ?").run(at.wallMs);`

/** What a close asks of the store, without the locks of the site's directory and of its loans. */
const unlocked = `const query = (text, values) => tx.query(values[1] === 0 && text.includes('directory_heads')
  ? 'SELECT epoch, rev, site_key FROM directory_heads JOIN site_secrets USING (site_id) WHERE site_id = $1 AND $2 = 0'
  : text.replace(' FOR UPDATE', ''), values);`

/** A sale inside a loan, learned by the site and forgotten by a cloud that comes back older. */
const olderCloud: readonly string[] = [
  'the cloud starts',
  'a copy of the cloud is taken',
  ...Array<string>(6).fill('a site lends'),
  ...Array<string>(3).fill('messages move'),
  ...Array<string>(10).fill('hold in the app'),
  ...Array<string>(4).fill('pay in the app'),
  ...Array<string>(4).fill('messages move'),
  'the cloud is restored from a copy',
  'time passes',
  ...Array<string>(4).fill('messages move'),
]

/** A loan that is over, and open again in a cloud that comes back older. */
const loanForgotten: readonly string[] = [
  'the cloud starts',
  ...Array<string>(6).fill('a site lends'),
  ...Array<string>(4).fill('messages move'),
  'a copy of the cloud is taken',
  ...Array<string>(4).fill('a site asks a loan back'),
  ...Array<string>(5).fill('messages move'),
  'time passes',
  ...Array<string>(5).fill('messages move'),
  'the cloud is restored from a copy',
  ...Array<string>(2).fill('messages move'),
]

/** Loans whose cut-off comes while the other process sells in them. */
const closesMeetHolds: readonly string[] = [
  'the cloud starts',
  ...Array<string>(6).fill('a site lends'),
  ...Array<string>(4).fill('messages move'),
  ...Array<string>(2).fill('a close meets a hold'),
  ...Array<string>(3).fill('messages move'),
  ...Array<string>(2).fill('pay in the app'),
  ...Array<string>(2).fill('hold at the kiosk'),
  'time passes',
]

/** Credits that are asked back while their site has spent of them and not said so yet. */
const creditsAskedBack: readonly string[] = [
  'the cloud starts',
  'credits are given',
  ...Array<string>(3).fill('credits are moved'),
  ...Array<string>(3).fill('messages move'),
  ...Array<string>(3).fill('pay by credits at the kiosk'),
  ...Array<string>(2).fill('credits are moved'),
  ...Array<string>(3).fill('messages move'),
  'time passes',
]

/** An upload of a life that ended arrives after the next life has asked where to go on. */
const uploadArrivesLate: readonly string[] = [
  'the cloud starts',
  ...Array<string>(3).fill('messages move'),
  ...Array<string>(3).fill('hold at the kiosk'),
  'a site loses power',
  'a site starts',
  'messages move',
  ...Array<string>(2).fill('a message comes again'),
  ...Array<string>(3).fill('messages move'),
  'time passes',
]

/** A disk that goes back behind what the cloud and its witness have heard, and sells on its own. */
const olderDisk: readonly string[] = [
  'the cloud starts',
  ...Array<string>(3).fill('messages move'),
  'a copy of a disk is taken',
  ...Array<string>(3).fill('hold at the kiosk'),
  ...Array<string>(4).fill('messages move'),
  ...Array<string>(6).fill('time passes'),
  'an older disk is put back',
  ...Array<string>(4).fill('hold at the kiosk'),
  ...Array<string>(8).fill('messages move'),
]

/** The mistakes of issue 3, and further ones of the same kind. Each has to be found. */
export const mutations: readonly Mutation[] = [
  {
    name: 'skip dedupe',
    schedule: uploadArrivesLate,
    edits: [
      { file: 'cloud/dist/ingest/decide-append.js', from: 'if (known === sealed.hash)', to: 'if (false)' },
    ],
  },
  {
    name: 'acknowledge before commit',
    emphasis: { 'hold at the kiosk': 4, 'a failpoint is armed': 4 },
    edits: [
      {
        file: 'edge/dist/ledger/transaction.js',
        from: 'return true;\n    });\n    return isDurable',
        to: 'for (const [at, run] of runs.entries()) batch[at]?.answer(run.outcome); return true; });\n return isDurable',
      },
    ],
  },
  {
    name: 'act before commit',
    edits: ['tryCommand', 'runCommand'].map((run) => ({
      file: 'edge/dist/ledger/kernel.js',
      from: `batch, ${run})`,
      to: `batch, (env, head, pending) => { const ran = ${run}(env, head, pending);
        for (const effect of ran?.effects ?? []) this.#effects.start(effect); return ran; })`,
    })),
  },
  {
    name: 'sell before the grant is ingested',
    edits: [
      {
        file: 'cloud/dist/bookings/booking-service.js',
        from: 'const byLoan = await',
        to: `await inTransaction(pool, async (tx) => { ${openAnyLoan} }); const byLoan = await`,
      },
    ],
  },
  {
    name: 'reclaim by timeout',
    emphasis: { 'a site lends': 3, 'the cloud is killed': 3 },
    edits: [
      {
        file: 'edge/dist/bookings/booking-sweep.js',
        from: 'const site = directory.site();',
        to: `${edgeReclaims} const site = directory.site();`,
      },
    ],
  },
  {
    name: 'stamp a close without the lock',
    schedule: closesMeetHolds,
    edits: [
      {
        file: 'cloud/dist/loans/end-loans.js',
        from: 'const desk = await LoanDesk.open(tx, ',
        to: `${unlocked} const desk = await LoanDesk.open({ query }, `,
      },
    ],
  },
  {
    name: 'forget the fence',
    emphasis: { 'a machine is replaced and goes on': 20 },
    edits: [
      {
        file: 'cloud/dist/sites/decide-handshake.js',
        from: 'if (facts.incarnation < facts.currentIncarnation)',
        to: 'if (false)',
      },
    ],
  },
  {
    name: 'keep loans across an epoch',
    schedule: loanForgotten,
    edits: [{ file: 'cloud/dist/sites/epoch.js', from: 'await startLoanEpoch(tx);', to: '' }],
  },
  {
    name: 'let a refetch delete a sale',
    schedule: olderCloud,
    edits: [
      {
        file: 'edge/dist/sync/directory.js',
        from: "this.#db.exec('DELETE FROM directory')",
        to: `(this.#db.exec('DELETE FROM directory'), this.#db.exec(
          'DELETE FROM booking_blocks WHERE booking_id IN (SELECT booking_id FROM cloud_bookings)'))`,
      },
    ],
  },
  {
    name: 'ignore the witness',
    schedule: olderDisk,
    edits: [
      {
        file: 'edge/dist/site/witness.js',
        from: 'if (witness === undefined || !isAhead(',
        to: 'if (true || !isAhead(',
      },
    ],
  },
  {
    name: 'forget what an older disk recorded',
    schedule: olderDisk,
    edits: [
      {
        file: 'edge/dist/recovery/recover-site.js',
        from: "how === 'recovered' ? ownLaterEntries(db, from.incarnation) : []",
        to: '[]',
      },
    ],
  },
  {
    name: 'keep the reserve when the disk is full',
    emphasis: { 'a disk fills up': 6, 'somebody comes to a full disk': 5, 'hold at the kiosk': 3 },
    edits: [{ file: 'edge/dist/site/site-core.js', from: 'releaseReserve(db, reserve);', to: '' }],
  },
  {
    name: 'give back credits that were spent',
    schedule: creditsAskedBack,
    edits: [
      {
        file: 'shared/dist/credits/site-allowance.js',
        from: 'Math.min(row.askedBackMinor, before + Math.max(0, left))',
        to: 'row.askedBackMinor',
      },
    ],
  },
  {
    name: 'open for a revoked card',
    emphasis: { 'a card is revoked or given again': 6, 'show a card': 6 },
    edits: [
      { file: 'shared/dist/access/decide-access.js', from: 'if (credential.revoked)', to: 'if (false)' },
    ],
  },
  {
    name: 'forget that a vehicle backed out',
    emphasis: { drive: 20 },
    edits: [{ file: 'cloud/dist/ingest/evolve.js', from: 'noteStay(rows, event, { seq, atMs });', to: '' }],
  },
  {
    name: 'forget what was paid for a booking',
    emphasis: { 'hold at the kiosk': 3, 'pay at the kiosk': 6 },
    edits: [
      {
        file: 'cloud/dist/ingest/evolve-payment.js',
        from: 'row.paid_minor += body.amountMinor;',
        to: '',
      },
    ],
  },
]
