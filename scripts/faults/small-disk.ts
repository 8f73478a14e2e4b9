import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { EdgeProgram } from '@gatehouse/edge/edge-program'

/** A disk that can be filled to the last byte and emptied again. */
export interface SmallDisk {
  /** `tmpfs`: a real file system of its own. `page limit`: SQLite is told that there are no more pages. */
  readonly kind: 'tmpfs' | 'page limit'
  fill(program: EdgeProgram): void
  /** Where SQLite only pretends, the released reserve has to be pretended as well. */
  releaseReserve(program: EdgeProgram): void
  free(program: EdgeProgram): void
  remove(): void
}

const pagesMax = 1_073_741_823
const reservePages = 2_000

/** Makes a disk of 64 MiB at `folder`: a real one where this account may mount, else a limit inside SQLite. */
export function openSmallDisk(folder: string): SmallDisk {
  mkdirSync(folder, { recursive: true })
  try {
    execFileSync('/bin/mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', folder], { stdio: 'ignore' })
  } catch {
    return pageLimit(folder)
  }
  const ballast = join(folder, 'ballast')
  return {
    kind: 'tmpfs',
    fill: () => {
      for (const bytes of [1 << 20, 1 << 16, 1 << 12]) fillWith(ballast, Buffer.alloc(bytes))
    },
    releaseReserve: () => {},
    free: () => rmSync(ballast, { force: true }),
    remove: () => {
      execFileSync('/bin/umount', [folder])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function fillWith(path: string, chunk: Buffer): void {
  for (;;) {
    try {
      appendFileSync(path, chunk)
    } catch {
      return
    }
  }
}

function pageLimit(folder: string): SmallDisk {
  const db = (program: EdgeProgram) => program.site?.kernel.db
  const more = (program: EdgeProgram, pages: number) => {
    const now = Number(db(program)?.pragma('page_count', { simple: true }))
    db(program)?.pragma(`max_page_count = ${now + pages}`)
  }
  return {
    kind: 'page limit',
    fill: (program) => more(program, 0),
    releaseReserve: (program) => more(program, reservePages),
    free: (program) => db(program)?.pragma(`max_page_count = ${pagesMax}`),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
