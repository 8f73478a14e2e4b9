import type { Kernel } from '../ledger/kernel.ts'
import { lendingStop } from '../loans/lending-state.ts'
import { runningLoans } from '../loans/loan-store.ts'

/**
 * A new life stands by what earlier lives lent, and then lends again (ARCHITECTURE §5). Call it when the cloud has said
 * that nothing is missing here; nothing happens while lending is not stopped. `epoch` is the cloud's.
 */
export async function standByLoans(kernel: Kernel, epoch: number): Promise<void> {
  const stopped = lendingStop(kernel.db)
  if (stopped === undefined) return
  const { incarnation } = kernel
  const caller = 'system'
  for (const { terms, stated } of runningLoans(kernel.db, { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER })) {
    if (stated.incarnation === incarnation) continue
    const key = `confirm-${incarnation}-${terms.loanId}`
    await kernel.submit({ kind: 'confirmLoan', caller, key, input: terms })
  }
  const key = `resume-lending-${incarnation}-${stopped.sinceMs}`
  await kernel.submit({ kind: 'resumeLending', caller, key, input: { epoch } })
}
