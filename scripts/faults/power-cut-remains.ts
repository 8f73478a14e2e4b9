import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** How the folder of every disk begins; the process that made it follows. */
export const powerCutPrefix = 'gatehouse-power-cut-'

/** A mounted file system: where, and from which device. */
export interface Mounted {
  readonly folder: string
  readonly device: string
}

/** What is mounted at `folder` and below, the innermost first. */
export function mountsUnder(folder: string): Mounted[] {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').trim().split('\n')
  return lines
    .map((line) => {
      // proc_pid_mountinfo(5): the mount point is the fifth field; after the lone dash come type and source.
      const [before = '', after = ''] = line.split(' - ')
      return { folder: before.split(' ')[4] ?? '', device: after.split(' ')[1] ?? '' }
    })
    .filter((mounted) => mounted.folder === folder || mounted.folder.startsWith(`${folder}/`))
    .reverse()
}

/** Removes disks whose run died: their edges, which may stand still for ever, their mounts and their folders. */
export function clearDeadDisks(): void {
  for (const name of readdirSync(tmpdir())) {
    const owner = new RegExp(`^${powerCutPrefix}(\\d+)-`).exec(name)?.[1]
    if (owner === undefined || existsSync(`/proc/${owner}`)) continue
    const folder = join(tmpdir(), name)
    endEdgesOf(folder)
    for (const mounted of mountsUnder(folder)) {
      // An edge that was just ended may hold it for a moment more.
      execFileSync('/bin/umount', ['--lazy', mounted.folder], { stdio: 'pipe' })
    }
    rmSync(folder, { recursive: true, force: true })
  }
}

function endEdgesOf(folder: string): void {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const parts = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
      if (parts.some((part) => part.startsWith(`${folder}/`))) process.kill(Number(pid), 'SIGKILL')
    } catch {
      // It ended in the meantime.
    }
  }
}
