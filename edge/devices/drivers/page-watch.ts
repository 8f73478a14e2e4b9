import type { HttpPull, PulledPage, PullRefusal } from '../transports/http-pull.ts'
import type { Attachment, DeviceReport } from './attachment.ts'

/** Pause between two questions, milliseconds. */
const askMs = 30_000
/** One lost answer is no news; so many in a row are. */
const missesMax = 2

/**
 * Watches a device that calls the edge by asking for a page of its own: a camera that died is missed before the next car
 * comes. What the device posts counts as a sign of life all the same.
 */
export function watchPage(pull: HttpPull, path: string, report: DeviceReport): Attachment {
  let misses = 0
  let ended = false
  const ask = async () => {
    const page = await pull.get(path)
    if (ended) return
    const problem = page.ok ? statusProblem(page.value) : page.error
    misses = problem === undefined ? 0 : misses + 1
    if (problem === undefined) report.presence({ online: true })
    else if (misses >= missesMax || isCertain(problem)) report.presence({ online: false, detail: problem })
  }
  void ask()
  const timer = setInterval(() => void ask(), askMs)
  timer.unref()
  return {
    detach: () => {
      ended = true
      clearInterval(timer)
      pull.close()
    },
  }
}

type PageProblem = PullRefusal | 'page_missing' | 'device_failing'

/** A second question would be answered alike. */
function isCertain(problem: PageProblem): boolean {
  return problem === 'wrong_password' || problem === 'no_digest' || problem === 'page_missing'
}

function statusProblem({ status }: PulledPage): PageProblem | undefined {
  if (status >= 500) return 'device_failing'
  if (status === 401 || status === 403) return 'wrong_password'
  return status >= 400 ? 'page_missing' : undefined
}
