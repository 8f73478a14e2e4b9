import { join } from 'node:path'
import { openDatabase } from '@gatehouse/edge/ledger/database'
import { Kernel } from '@gatehouse/edge/ledger/kernel'
import { checkpointFile } from '@gatehouse/edge/retention/checkpoint-file'
import { Retention } from '@gatehouse/edge/retention/retention'
import { replayModules } from '@gatehouse/edge/site/replay-modules'
import { storeFile } from '@gatehouse/edge/site/store-file'
import { loadIdentity } from '@gatehouse/edge/sync/site-identity'
import { SystemClock } from '@gatehouse/edge/system-clock'
import { systemRandom } from '@gatehouse/edge/system-random'
import { SiteError } from '@gatehouse/shared/errors/site-error'

// Prunes a site's ledger as the running edge does, and dies at the n-th time it comes to a place: FOLDER NAME N.
const [, , dataFolder = '', name, nth] = process.argv
const identity = loadIdentity(dataFolder)
if (!identity) {
  const hint = `${dataFolder} holds no site.`
  throw new SiteError({ code: 'not_enrolled', op: 'faults.prune', hint, retryable: false })
}
const random = systemRandom
const clock = new SystemClock()
const db = openDatabase({ path: join(dataFolder, storeFile), locking: 'exclusive' })
const modules = replayModules({ dataFolder, random }, db, identity)
const { siteId, incarnation, siteKey } = identity
const kernel = new Kernel({
  ...{ db, siteId, incarnation, clock, random, modules, receiptKey: siteKey, effects: [] },
  onBug: () => process.exit(2),
})
let hits = 0
const retention = new Retention({
  ...{ kernel, modules, clock, keptDays: 35, path: join(dataFolder, checkpointFile) },
  rest: async () => {},
  onFailure: () => process.exit(3),
  failpoint: (reached) => {
    if (reached !== name) return
    hits += 1
    // The signal is delivered before this call returns: nothing after it runs.
    if (hits === Number(nth)) process.kill(process.pid, 'SIGKILL')
  },
})
await retention.run()
kernel.close()
db.close()
