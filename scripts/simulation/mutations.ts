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
}

const openAnyLoan = `await tx.query(\`INSERT INTO loans (site_id, loan_id, space_id, from_ms, to_ms, sell_until_ms, terms_epoch, state,
  incarnation, granted_ms, changed_ms)
  SELECT $1, 'ln_planted_' || extract(epoch FROM now())::text || random()::text, $2, $3, $4, $4, 1, 'open', 1, 0, 0
  WHERE NOT EXISTS (SELECT 1 FROM loans WHERE site_id = $1 AND space_id = $2)\`,
  [asked.siteId, asked.spaceId, asked.fromMs, asked.toMs + 3600000]);`

const edgeReclaims = `kernel.db.prepare("UPDATE loans SET kind = 'ended' WHERE kind <> 'ended'"
  + " AND terms ->> 'sellUntilMs' <= ?").run(at.wallMs);`

/** The mistakes of issue 3, and further ones of the same kind. Each has to be found. */
export const mutations: readonly Mutation[] = [
  {
    name: 'skip dedupe',
    edits: [
      { file: 'cloud/dist/ingest/decide-append.js', from: 'if (known === sealed.hash)', to: 'if (false)' },
    ],
  },
  {
    name: 'acknowledge before commit',
    edits: [
      {
        file: 'edge/dist/ledger/kernel.js',
        from: "this.#env.failpoint('commit.before');",
        to: "for (const [at, run] of runs.entries()) batch?.[at]?.answer?.(run.outcome); this.#env.failpoint('commit.before');",
      },
    ],
  },
  {
    name: 'act before commit',
    edits: [
      {
        file: 'edge/dist/ledger/kernel.js',
        from: "this.#env.failpoint('commit.before');",
        to: "for (const run of runs) for (const effect of run.effects) this.#effects.start(effect); this.#env.failpoint('commit.before');",
      },
    ],
  },
  {
    name: 'repeat what may have been done before a crash',
    edits: [
      {
        file: 'edge/dist/ledger/effects.js',
        from: "handler?.afterCrash === 'repeat'",
        to: 'handler',
      },
    ],
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
    edits: [
      {
        file: 'edge/dist/bookings/booking-sweep.js',
        from: 'const site = directory.site();',
        to: `${edgeReclaims} const site = directory.site();`,
      },
    ],
  },
  {
    name: 'keep loans across an epoch',
    edits: [{ file: 'cloud/dist/sites/epoch.js', from: 'await startLoanEpoch(tx);', to: '' }],
  },
  {
    name: 'let a refetch delete a sale',
    edits: [
      {
        file: 'edge/dist/sync/directory.js',
        from: "this.#db.exec('DELETE FROM directory')",
        to: `(this.#db.exec('DELETE FROM directory'), this.#db.exec(
          'DELETE FROM booking_blocks WHERE booking_id IN (SELECT booking_id FROM cloud_bookings)'))`,
      },
    ],
  },
]
